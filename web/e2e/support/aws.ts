import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'

const binary = process.env.AWS_SHAPE_BIN ?? '../target/debug/aws-shape'

/** Auth, chat and the Lambda on MariaDB, behind what stands for API Gateway and DynamoDB. */
export class AwsShape {
  private constructor(
    readonly url: string,
    readonly api: string,
    readonly ws: string,
    private readonly process: ChildProcess,
    private readonly orders: Writable,
  ) {}

  static async start(): Promise<AwsShape> {
    const process = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface(process.stdout)[Symbol.asyncIterator]()
    const line = await lines.next()
    if (line.done) throw new Error('It ended before it was ready')
    const { frontend, api, ws } = JSON.parse(line.value) as Record<
      'frontend' | 'api' | 'ws',
      string
    >
    return new AwsShape(frontend, api, ws, process, process.stdin)
  }

  /** As API Gateway does after two hours. */
  endConnections(): void {
    this.orders.write('end connections\n')
  }

  async stop(): Promise<void> {
    const exit = once(this.process, 'exit')
    this.orders.end()
    await exit
  }
}
