import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { freePort, Server } from './server'

const run = promisify(execFile)
const mariadb = '../scripts/with-mariadb.sh'
// Debian puts servers where only root looks.
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }

/** Servers side by side: one installation, on a MariaDB and a NATS of its own. */
export class Nodes {
  private constructor(
    readonly servers: readonly Server[],
    private readonly shared: readonly ChildProcess[],
    private readonly folder: string,
  ) {}

  static async start(count: number): Promise<Nodes> {
    const folder = await mkdtemp(join(tmpdir(), 'cloud-chat-nodes-'))
    await run(mariadb, ['prepare', folder])
    const [databasePort, natsPort] = [await freePort(), await freePort()]
    const shared = [
      spawn(mariadb, ['serve', folder, String(databasePort)], { stdio: 'ignore' }),
      spawn('nats-server', ['--addr', '127.0.0.1', '--port', String(natsPort)], {
        env,
        stdio: 'ignore',
      }),
    ]
    await Promise.all([listens(databasePort), listens(natsPort)])
    const root = ['--no-defaults', '--host=127.0.0.1', `--port=${databasePort}`, '--user=root']
    await run('mariadb', [...root, '--execute=CREATE DATABASE auth_db; CREATE DATABASE chat_db'])
    const database = `mysql://root@127.0.0.1:${databasePort}`
    const settings = {
      AUTH_DATABASE_URL: `${database}/auth_db`,
      CHAT_DATABASE_URL: `${database}/chat_db`,
      DB_SYNC: 'true',
      NATS_URL: `nats://127.0.0.1:${natsPort}`,
      JWT_SECRET: 'nodes of one installation sign alike',
    }
    const servers = []
    while (servers.length < count) servers.push(await Server.start('localhost', settings))
    return new Nodes(servers, shared, folder)
  }

  async stop(): Promise<void> {
    for (const server of this.servers) await server.stop()
    for (const process of this.shared) {
      const exit = once(process, 'exit')
      process.kill('SIGKILL')
      await exit
    }
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Until somebody takes connections there. */
async function listens(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
