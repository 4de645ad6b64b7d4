/** `node … test/routing/main.ts FROM TO [COUNT]`: compares random networks with the kernel; `--record` writes recorded.json. */
import { writeFileSync } from 'node:fs'
import { askKernel, differencesOf, type RoutingCase } from './compare.ts'

const record = process.argv.includes('--record')
const [from = 0, to = 10, count = 60] = process.argv
  .slice(2)
  .filter((one) => !one.startsWith('--'))
  .map(Number)
const cases: RoutingCase[] = []
let differences = 0
for (const version of [4, 6] as const) {
  for (let i = from; i < to; i++) {
    const one = await askKernel(`r${i}`, version, count)
    cases.push(one)
    for (const { packet, kernel, hookline } of differencesOf(one)) {
      differences++
      process.stdout.write(`IPv${version} seed r${i}\n${packet}\n  kernel   ${kernel}\n  hookline ${hookline}\n`)
    }
  }
}
process.stdout.write(`${cases.length} networks, ${count} packets each: ${differences} differences\n`)
if (record) {
  const url = new URL('./recorded.json', import.meta.url)
  writeFileSync(url, `[\n${cases.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`)
}
process.exitCode = differences > 0 ? 1 : 0
