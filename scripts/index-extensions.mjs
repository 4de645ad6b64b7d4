// Writes src/matches/index.ts and src/targets/index.ts from the folder listings.
// With --check it writes nothing and fails when they are stale.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const check = process.argv.includes('--check')
let stale = false

for (const folder of ['matches', 'targets']) {
  const directory = new URL(`../src/${folder}/`, import.meta.url)
  const imports = []
  const names = []
  for (const file of readdirSync(directory).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file === 'index.ts') continue
    const kind = folder === 'matches' ? 'defineMatch' : 'defineTarget'
    const text = readFileSync(new URL(file, directory), 'utf8')
    const found = [...text.matchAll(new RegExp(`^export const (\\w+) = ${kind}\\(`, 'gm'))].map((match) => match[1])
    if (found.length === 0) continue
    imports.push(`import { ${found.join(', ')} } from './${file}'`)
    names.push(...found)
  }
  const type = folder === 'matches' ? 'AnyMatch' : 'AnyTarget'
  const text = `// Written by scripts/index-extensions.mjs from the folder listing: do not edit.
import type { ${type} } from '../xtables/index.ts'
${imports.join('\n')}

/** Every ${folder === 'matches' ? 'match' : 'target'} that hookline knows. */
export const ${folder}: readonly ${type}[] = [
${names.map((name) => `  ${name},`).join('\n')}
]
`
  const index = new URL('index.ts', directory)
  let current = ''
  try {
    current = readFileSync(index, 'utf8')
  } catch {
    // Not there yet: stale.
  }
  if (current === text) continue
  stale = true
  if (!check) writeFileSync(index, text)
}

if (check && stale) {
  console.error('src/matches/index.ts or src/targets/index.ts is stale: run npm run index')
  process.exit(1)
}
