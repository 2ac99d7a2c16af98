import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { freePort, Server } from './server'
import { end, listens, Shared } from './shared'

const run = promisify(execFile)

/** A node for sockets, and what it says about itself. */
export class SocketNode {
  constructor(
    readonly server: Server,
    private readonly metrics: number,
  ) {}

  /** How many sockets are open on it. */
  async sockets(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.metrics}/metrics`)
    const figure = /^cloud_chat_connections (\d+)$/m.exec(await answer.text())?.[1]
    if (figure === undefined) throw new Error('It does not say how many sockets are open')
    return Number(figure)
  }
}

/** Each service a process, two of them for sockets, behind nginx as it ships, which has the web app. */
export class Services {
  private constructor(
    readonly url: string,
    readonly socketNodes: readonly [SocketNode, SocketNode],
    private readonly servers: readonly Server[],
    private readonly nginx: ChildProcess,
    private readonly shared: Shared,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Services> {
    const folder = await mkdtemp(join(tmpdir(), 'cloud-chat-services-'))
    const [shared] = await Promise.all([Shared.start(), build(join(folder, 'web'))])
    const port = await freePort()
    const url = `http://localhost:${port}`
    const common = {
      JWT_SECRET: 'services of one installation sign alike',
      INTERNAL_API_KEY: 'and-know-each-other-by-this-key',
      NATS_URL: shared.nats,
      DB_SYNC: 'true',
      FRONTEND_URL: url,
      TRUSTED_PROXIES: '127.0.0.1',
    }
    const auth = await Server.start(
      '127.0.0.1',
      { ...common, DATABASE_URL: shared.authDatabase },
      'auth',
    )
    const chat = await Server.start(
      '127.0.0.1',
      { ...common, DATABASE_URL: shared.chatDatabase, AUTH_SERVICE_URL: auth.url },
      'chat',
    )
    const socketNode = async () => {
      const metrics = await freePort()
      const own = { CHAT_SERVICE_INTERNAL: chat.url, METRICS_ADDR: `127.0.0.1:${metrics}` }
      return new SocketNode(await Server.start('127.0.0.1', { ...common, ...own }, 'ws'), metrics)
    }
    const socketNodes = [await socketNode(), await socketNode()] as const
    const sockets = socketNodes.map((node) => node.server)
    const nginx = await wayIn(folder, port, { auth: [auth], chat: [chat], ws: sockets })
    return new Services(url, socketNodes, [auth, chat, ...sockets], nginx, shared, folder)
  }

  async stop(): Promise<void> {
    await end(this.nginx)
    for (const server of this.servers) await server.stop()
    await this.shared.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}

async function build(folder: string): Promise<void> {
  await run('npm', ['exec', '--', 'vite', 'build', '--logLevel', 'warn', '--outDir', folder])
}

/** One process: it goes when it is killed. */
async function wayIn(
  folder: string,
  port: number,
  nodes: Record<'auth' | 'chat' | 'ws', readonly Server[]>,
): Promise<ChildProcess> {
  const list = (servers: readonly Server[]) =>
    servers.map((server) => new URL(server.url).host).join(',')
  const env = {
    PATH: process.env.PATH,
    RUN_DIR: join(folder, 'nginx'),
    WEB_ROOT: join(folder, 'web'),
    HOST: '127.0.0.1',
    PORT: String(port),
    RESOLVER: '127.0.0.1:1',
    AUTH_NODES: list(nodes.auth),
    CHAT_NODES: list(nodes.chat),
    WS_NODES: list(nodes.ws),
  }
  const script = '../deploy/nginx/start.sh'
  const nginx = spawn(script, ['-g', 'master_process off;'], { env, stdio: 'ignore' })
  await listens(port)
  return nginx
}
