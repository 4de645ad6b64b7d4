// Writes docs/support.md and the short lists of README.md and README.zh-CN.md from the definitions of the extensions.
// With --check it writes nothing and fails when they are stale.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extensionFiles, shortList, supportPage, withShortList } from './support-text.ts'

const root = new URL('../', import.meta.url)
const check = process.argv.includes('--check')
let stale = false

function update(path: string, wanted: (current: string) => string): void {
  const url = new URL(path, root)
  const current = existsSync(url) ? readFileSync(url, 'utf8') : ''
  const text = wanted(current)
  if (text === current) return
  stale = true
  if (check) console.error(`${path} is stale: run npm run support`)
  else writeFileSync(url, text)
}

const files = extensionFiles((folder) => {
  const directory = new URL(`src/${folder}/`, root)
  const names = readdirSync(directory).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  return names.map((name) => ({ name, text: readFileSync(new URL(name, directory), 'utf8') }))
})
update('docs/support.md', () => supportPage(files))
for (const [path, language] of [
  ['README.md', 'en'],
  ['README.zh-CN.md', 'zh'],
] as const) {
  if (existsSync(new URL(path, root))) update(path, (current) => withShortList(current, shortList(files, language)))
}
if (check && stale) process.exit(1)
