import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { connect } from 'node:net'

/** Stands before the server and serves another version of the app's service worker when it is told to. */
export class Proxy {
  version = 1

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(target: string): Promise<Proxy> {
    const { port: targetPort } = new URL(target)
    const server = createServer((incoming, outgoing) => {
      const isWorker = incoming.url === '/sw.js'
      const headers = { ...incoming.headers }
      if (isWorker) {
        delete headers['accept-encoding']
        delete headers['if-none-match']
      }
      const { method, url: path } = incoming
      const onward = request({ port: targetPort, method, path, headers }, (answer) => {
        const sent = { ...answer.headers }
        if (isWorker) delete sent['content-length']
        outgoing.writeHead(answer.statusCode ?? 502, sent)
        answer.pipe(outgoing, { end: !isWorker })
        if (isWorker) answer.on('end', () => outgoing.end(`\n// version ${proxy.version}\n`))
      })
      onward.on('error', () => outgoing.destroy())
      incoming.pipe(onward)
    })
    server.on('upgrade', (incoming, socket, head) => {
      const onward = connect(Number(targetPort), 'localhost', () => {
        const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`]
        for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
          lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`)
        }
        onward.write(`${lines.join('\r\n')}\r\n\r\n`)
        onward.write(head)
        socket.pipe(onward).pipe(socket)
      })
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    server.listen(0, 'localhost')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('No port was given')
    const proxy = new Proxy(server, `http://localhost:${address.port}`)
    return proxy
  }

  stop(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}
