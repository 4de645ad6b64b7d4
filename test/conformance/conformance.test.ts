import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { oracleAvailable } from '../harness/oracle/oracle.ts'
import { compare } from './compare.ts'
import { askHookline, loadEngine } from './hookline.ts'
import { caseNames, readCase, readHost, recordedDirectory } from './recorded.ts'

const engine = await loadEngine()
const kernel = oracleAvailable()
if (!engine) process.stdout.write('conformance skipped: there is no src/host/batch.ts\n')
else if (!kernel.ok) process.stdout.write(`live conformance skipped: ${kernel.reason}\n`)

describe.skipIf(!engine)('hookline gives the answers the kernel gave', () => {
  it.each(caseNames(recordedDirectory))('%s', (name) => {
    const { ruleset, kernel: recorded } = readCase(recordedDirectory, name)
    const answers = askHookline(engine!, ruleset, readHost(recordedDirectory), recorded.packets, recorded)
    expect(compare(recorded, answers).filter(({ explainedBy }) => !explainedBy)).toEqual([])
  })
})

describe.skipIf(!engine || !kernel.ok)('hookline gives the answers the kernel gives', () => {
  it.each(['one', 'two'])('to random rulesets of seed %s', (seed) => {
    const loader = new URL('../harness/typescript.mjs', import.meta.url).href
    const main = fileURLToPath(new URL('./main.ts', import.meta.url))
    const options = ['--seed', seed, '--rulesets', '30', '--conntrack', '--no-minimise']
    const run = spawnSync(process.execPath, ['--import', loader, main, ...options], { encoding: 'utf8' })
    expect(run.stdout).toMatch(/^differences unexplained: 0$/m)
    expect(run.status).toBe(0)
  })
})
