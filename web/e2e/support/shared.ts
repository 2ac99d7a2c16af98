import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { freePort } from './server'

const run = promisify(execFile)
const mariadb = '../scripts/with-mariadb.sh'
// Debian puts servers where only root looks.
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }

/** What the processes of one installation share: a MariaDB with the two databases, and a NATS. */
export class Shared {
  private constructor(
    readonly authDatabase: string,
    readonly chatDatabase: string,
    readonly nats: string,
    private readonly processes: readonly ChildProcess[],
    private readonly folder: string,
  ) {}

  static async start(): Promise<Shared> {
    const folder = await mkdtemp(join(tmpdir(), 'cloud-chat-shared-'))
    await run(mariadb, ['prepare', folder])
    const [databasePort, natsPort] = [await freePort(), await freePort()]
    const processes = [
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
    const nats = `nats://127.0.0.1:${natsPort}`
    return new Shared(`${database}/auth_db`, `${database}/chat_db`, nats, processes, folder)
  }

  async stop(): Promise<void> {
    for (const process of this.processes) await end(process)
    await rm(this.folder, { recursive: true, force: true })
  }
}

export async function end(process: ChildProcess): Promise<void> {
  const exit = once(process, 'exit')
  process.kill('SIGKILL')
  await exit
}

/** Until somebody takes connections there. */
export async function listens(port: number): Promise<void> {
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
