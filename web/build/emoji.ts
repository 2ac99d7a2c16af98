import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const names = ['en', 'fr'].flatMap((locale) =>
  ['data', 'messages'].map((kind) => `${locale}/${kind}.json`),
)

/** Serves what the emoji picker reads from here: it would ask a stranger's server, which must not know who chats. */
export function emoji(): Plugin {
  return {
    name: 'emoji',
    async generateBundle() {
      for (const name of names) {
        this.emitFile({ type: 'asset', fileName: `emoji/${name}`, source: await read(name) })
      }
    },
    configureServer(server) {
      server.middlewares.use('/emoji', (request, response, next) => {
        const name = request.url?.slice(1) ?? ''
        if (!names.includes(name)) {
          next()
          return
        }
        response.setHeader('Content-Type', 'application/json')
        read(name).then((source) => response.end(source), next)
      })
    },
  }
}

function read(name: string): Promise<Buffer> {
  return readFile(fileURLToPath(import.meta.resolve(`emojibase-data/${name}`)))
}
