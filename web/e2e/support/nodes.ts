import { Server } from './server'
import { Shared } from './shared'

/** Servers side by side that each do everything: one installation. */
export class Nodes {
  private constructor(
    readonly servers: readonly Server[],
    private readonly shared: Shared,
  ) {}

  static async start(count: number): Promise<Nodes> {
    const shared = await Shared.start()
    const settings = {
      AUTH_DATABASE_URL: shared.authDatabase,
      CHAT_DATABASE_URL: shared.chatDatabase,
      DB_SYNC: 'true',
      NATS_URL: shared.nats,
      JWT_SECRET: 'nodes of one installation sign alike',
    }
    const servers = []
    while (servers.length < count) servers.push(await Server.start('localhost', settings))
    return new Nodes(servers, shared)
  }

  async stop(): Promise<void> {
    for (const server of this.servers) await server.stop()
    await this.shared.stop()
  }
}
