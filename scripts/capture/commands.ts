// `node --import ./test/harness/typescript.mjs scripts/capture/commands.ts`: asks the real tools the calls of
// fixtures/commands/*.json again, in a network namespace, and writes their answers. Needs root and iptables-legacy.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { askReal, type Call, withoutDates } from '../../test/harness/real-tool.ts'

const folder = new URL('../../fixtures/commands/', import.meta.url)
for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
  const file = new URL(name, folder)
  const calls = (JSON.parse(readFileSync(file, 'utf8')) as Call[]).map(
    ({ program, argv, input }): Call => ({ program, argv, ...(input === undefined ? {} : { input }) }),
  )
  const answers = askReal(calls).map(withoutDates)
  const lines = calls.map((call, at) => JSON.stringify({ ...call, ...answers[at] }))
  writeFileSync(file, `[\n  ${lines.join(',\n  ')}\n]\n`)
  console.log(`${name}: ${calls.length} calls`)
}
