// After `vite build`: licences, compressed copies beside each file, the hash of the sources that `dist` was made from, and whether it is small enough.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { licences } from './licences.mjs'

const root = new URL('..', import.meta.url).pathname
const dist = join(root, 'dist')
/** Smaller files fit into one packet either way. */
const COMPRESS_BYTES_MIN = 1024
/** The server writes a nonce into it, so that it cannot be compressed beforehand. */
const WRITTEN_BY_SERVER = 'index.html'
/** What the first page needs, gzipped, without fonts. */
const FIRST_LOAD_BYTES_MAX = 200_000
const COMPRESSED_ALREADY = /\.(woff2|png|br|gz)$/

function filesIn(folder, base = folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path, base) : [path.slice(base.length + 1)]
  })
}

/** One line for each file, as `sha256sum` prints it, in byte order of the paths; the hash is that of all lines. */
function sourceHash() {
  const files = [
    ...['index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts'],
    ...['src', 'public', 'scripts'].flatMap((folder) => filesIn(join(root, folder)).map((file) => `${folder}/${file}`)),
  ].filter((file) => !/\.test\.tsx?$/.test(file))
  files.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
  const lines = files.map((file) => `${sha256(readFileSync(join(root, file)))}  ${file}\n`)
  return sha256(lines.join(''))
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

writeFileSync(join(dist, 'licences.txt'), licences(root))
for (const file of filesIn(dist)) {
  const path = join(dist, file)
  if (file === WRITTEN_BY_SERVER || COMPRESSED_ALREADY.test(file) || statSync(path).size < COMPRESS_BYTES_MIN) continue
  const bytes = readFileSync(path)
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
}
writeFileSync(join(dist, '.source-hash'), `${sourceHash()}\n`)

const page = readFileSync(join(dist, 'index.html'), 'utf8')
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, file]) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length)
const firstBytes = first.reduce((sum, bytes) => sum + bytes, 0)
console.log(`first load: ${firstBytes} bytes of ${FIRST_LOAD_BYTES_MAX}`)
if (firstBytes > FIRST_LOAD_BYTES_MAX) {
  console.error('the first load is too large\nhint: load what the first page does not need when it is needed')
  process.exit(1)
}
