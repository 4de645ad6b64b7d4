/** Scenarios of xtables-monitor: a host directory with packets, and what the real tool printed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { BatchPacket } from '../../../src/host/batch.ts'
import type { HostFiles } from '../../../src/host/index.ts'
import { HOST_FILE_NAMES } from '../../../src/host/index.ts'

/** Where the recorded scenarios are. */
const SCENARIOS = new URL('../../../fixtures/monitor/', import.meta.url).pathname

/** A recorded scenario. */
export interface Scenario {
  readonly name: string
  readonly directory: string
  readonly files: HostFiles
  readonly packets: readonly BatchPacket[]
  /** What xtables-monitor printed, without trace ids. */
  readonly monitor: string
}

/** Every scenario there is, in the order of their names. */
export function readScenarios(): Scenario[] {
  const names = readdirSync(SCENARIOS, { withFileTypes: true }).filter((one) => one.isDirectory())
  return names.map(({ name }) => readScenario(name)).sort((a, b) => a.name.localeCompare(b.name))
}

function readScenario(name: string): Scenario {
  const directory = `${SCENARIOS}${name}/`
  const text = (file: string): string =>
    existsSync(`${directory}${file}`) ? readFileSync(`${directory}${file}`, 'utf8') : ''
  const parts = Object.entries(HOST_FILE_NAMES).filter(([, file]) => existsSync(`${directory}${file}`))
  const lines = text('packets.ndjson')
    .split('\n')
    .filter((line) => line !== '')
  return {
    name,
    directory,
    files: Object.fromEntries(parts.map(([part, file]) => [part, text(file)])),
    packets: lines.map((line) => JSON.parse(line) as BatchPacket),
    monitor: text('monitor.txt'),
  }
}

/** The text without trace ids: the kernel makes them of addresses in its memory, and a packet's changes on its way. */
export function withoutIds(text: string): string {
  return text.replace(/^((?:PACKET| TRACE): (?:2|10) )[0-9a-f]{8} /gm, '$100000000 ')
}
