import { isAxiosError } from 'axios'

import { Failure } from '@/lib/failure'

import type { Problem } from './types'

export function toFailure(error: unknown): Failure {
  if (!isAxiosError(error)) return new Failure('UNEXPECTED')
  const { response } = error
  // A gateway whose server is gone answers with a page of its own, not with a problem document.
  if (!response || !isProblem(response.data)) return new Failure('UNREACHABLE')

  const problem = response.data
  const fields: Record<string, string> = Object.fromEntries(
    (problem.errors ?? []).map(({ field, code }) => [field, code]),
  )
  return new Failure(problem.code, {
    status: response.status,
    fields,
    retryAfterSeconds: retryAfter(response.headers['retry-after']),
  })
}

function isProblem(data: unknown): data is Problem {
  const { code, errors } = (data ?? {}) as { code?: unknown; errors?: unknown }
  const fields = errors ?? []
  const isField = (error: unknown) => typeof error === 'object' && error !== null
  return typeof code === 'string' && Array.isArray(fields) && fields.every(isField)
}

function retryAfter(header: unknown): number | undefined {
  const seconds = Number(header)
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : undefined
}
