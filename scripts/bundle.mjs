// The command as a few files instead of hundreds: a process that runs for a tenth of a second would spend most of it on
// opening them. The library in dist/ stays as the compiler wrote it.
import { chmodSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** Writes `hookline.cjs` and its parts into a directory, which is emptied before. */
export async function bundle(directory) {
  const bundled = await rolldown({
    input: { hookline: fileURLToPath(new URL('../src/cli/main.ts', import.meta.url)) },
    platform: 'node',
    external: ['commander', 'picocolors'],
  })
  rmSync(directory, { recursive: true, force: true })
  // CommonJS and short: both load faster than modules as they are written.
  await bundled.write({
    dir: directory,
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  })
  await bundled.close()
  chmodSync(join(directory, 'hookline.cjs'), 0o755)
}
