/** Why a request failed, in the terms that the interface needs: a stable code, never the server's prose. */
export class Failure extends Error {
  override readonly name = 'Failure'

  constructor(
    readonly code: string,
    readonly details: {
      status?: number
      /** Field name -> field code. */
      fields?: Record<string, string>
      retryAfterSeconds?: number
    } = {},
  ) {
    super(code)
  }

  get status(): number {
    return this.details.status ?? 0
  }

  /** No answer came: the server is away or the network is. */
  get isUnreachable(): boolean {
    return this.code === 'UNREACHABLE'
  }
}

export function failureOf(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('UNEXPECTED')
}
