import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const binary = process.env.CLOUD_CHAT_BIN ?? '../target/debug/cloud-chat'

/** The real server, one process on a folder of its own. It can be killed and started again. */
export class Server {
  readonly url: string
  private process: ChildProcess | null = null

  private constructor(
    private readonly port: number,
    private readonly folder: string,
    host: string,
  ) {
    this.url = `http://${host}:${port}`
  }

  static async start(host = 'localhost'): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'cloud-chat-'))
    const server = new Server(await freePort(), folder, host)
    await server.run()
    return server
  }

  async run(): Promise<void> {
    const args = ['--port', String(this.port), '--data-dir', this.folder]
    const env = { ...process.env, DEV_MODE: 'true', RATE_LIMITS: 'off', FRONTEND_URL: this.url }
    this.process = spawn(binary, args, { env, stdio: 'ignore' })
    await this.ready()
  }

  /** As a power cut would end it. */
  async kill(): Promise<void> {
    const running = this.process
    this.process = null
    if (!running) return
    const exit = once(running, 'exit')
    running.kill('SIGKILL')
    await exit
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  private async ready(): Promise<void> {
    for (;;) {
      if (this.process?.exitCode != null) throw new Error('The server ended before it was ready')
      const answer = await fetch(`http://127.0.0.1:${this.port}/health`).catch(() => null)
      if (answer?.ok) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  return address.port
}
