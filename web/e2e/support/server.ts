import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const binary = process.env.CLOUD_CHAT_BIN ?? '../target/debug/cloud-chat'

/** The real server, one process on a folder of its own, or one role of several. It can be killed and started again. */
export class Server {
  readonly url: string
  private process: ChildProcess | null = null

  private constructor(
    private readonly port: number,
    private readonly folder: string,
    host: string,
    private readonly settings: Record<string, string>,
    private readonly role: string | null,
  ) {
    this.url = `http://${host}:${port}`
  }

  static async start(
    host = 'localhost',
    settings = {},
    role: string | null = null,
  ): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'cloud-chat-'))
    const server = new Server(await freePort(), folder, host, settings, role)
    await server.run()
    return server
  }

  async run(): Promise<void> {
    const args = this.role === null ? ['--data-dir', this.folder] : [this.role]
    args.push('--port', String(this.port))
    const defaults = { DEV_MODE: 'true', RATE_LIMITS: 'off', FRONTEND_URL: this.url }
    const env = { ...process.env, ...defaults, ...this.settings }
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

  /** The rooms and messages as they are now; with the answer they are set back. Only while it is not running. */
  async backUp(): Promise<() => Promise<void>> {
    const isChat = (name: string) => name.startsWith('chat.db')
    const files = (await readdir(this.folder)).filter(isChat)
    const copies = await mkdtemp(join(this.folder, 'backup-'))
    for (const file of files) await cp(join(this.folder, file), join(copies, file))
    return async () => {
      for (const file of (await readdir(this.folder)).filter(isChat)) {
        await rm(join(this.folder, file))
      }
      for (const file of files) await cp(join(copies, file), join(this.folder, file))
    }
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
