import { readFile, readdir, writeFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import type { Plugin } from 'vite'

const compress = promisify(brotliCompress)
const compressible = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt'])

/** Writes a `.br` beside every compressible file, once, so that no server compresses at run time. */
export function brotli(): Plugin {
  let folder = 'dist'
  return {
    name: 'brotli',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    closeBundle: {
      // After the service worker is written.
      order: 'post',
      sequential: true,
      async handler() {
        const entries = await readdir(folder, { recursive: true, withFileTypes: true })
        const files = entries.filter(
          (entry) => entry.isFile() && compressible.has(extname(entry.name)),
        )
        await Promise.all(files.map((file) => writeBrotli(join(file.parentPath, file.name))))
      },
    },
  }
}

async function writeBrotli(path: string): Promise<void> {
  const source = await readFile(path)
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: source.length,
  }
  await writeFile(`${path}.br`, await compress(source, { params }))
}
