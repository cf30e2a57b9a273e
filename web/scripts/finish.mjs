// After `vite build`: compressed copies beside each file, and the hash of the sources that `dist` was made from.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = new URL('..', import.meta.url).pathname
const dist = join(root, 'dist')
/** Smaller files fit into one packet either way. */
const COMPRESS_BYTES_MIN = 1024
/** The server writes a nonce into it, so that it cannot be compressed beforehand. */
const WRITTEN_BY_SERVER = 'index.html'
const COMPRESSED_ALREADY = /\.(woff2|png|br|gz)$/

function filesIn(folder, base = folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path, base) : [path.slice(base.length + 1)]
  })
}

/** One line for each file, as `sha256sum` prints it, in byte order of the paths; the hash is that of all lines. */
export function sourceHash() {
  const files = [
    ...['index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts', 'scripts/finish.mjs'],
    ...['src', 'public'].flatMap((folder) => filesIn(join(root, folder)).map((file) => `${folder}/${file}`)),
  ].filter((file) => !/\.test\.tsx?$/.test(file))
  files.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
  const lines = files.map((file) => `${sha256(readFileSync(join(root, file)))}  ${file}\n`)
  return sha256(lines.join(''))
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

for (const file of filesIn(dist)) {
  const path = join(dist, file)
  if (file === WRITTEN_BY_SERVER || COMPRESSED_ALREADY.test(file) || statSync(path).size < COMPRESS_BYTES_MIN) continue
  const bytes = readFileSync(path)
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
}
writeFileSync(join(dist, '.source-hash'), `${sourceHash()}\n`)
