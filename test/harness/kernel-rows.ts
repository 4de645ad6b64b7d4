import { toHex } from '../../src/util/bytes.ts'
import { KernelOracle, oracleAvailable } from './oracle/oracle.ts'

/** What a rule's matches say of a packet. */
export type RowOutcome = 'holds' | 'does not hold' | 'drops'

/** A rule (what stands behind `-A CHAIN`) and a packet from its network header on. */
export interface Row {
  readonly rule: string
  readonly packet: Uint8Array
}

/** What the kernel answers itself and sends through loopback is not counted. */
const OTHERS = '-A PREROUTING ! -i t0 -j ACCEPT'

let missing: string | null | undefined

/** Why the kernel cannot be asked here; null when it can. */
export function kernelMissing(): string | null {
  if (missing === undefined) {
    const available = oracleAvailable()
    missing = available.ok ? null : available.reason
  }
  return missing
}

/**
 * Asks the real kernel each row once, in mangle PREROUTING, all with one load. Rows that are expected to drop
 * their packets must be the last ones: from `firstDrop` on.
 *
 * Packet number i meets only rule i: a counting match sends it to a chain with that rule and a bare one behind
 * it. Counters tell: rule and bare rule: holds; bare rule alone: does not hold; none: dropped inside the rule.
 * Counting matches behind a rule that drops are not asked, so from the first such rule on they lag, all alike.
 */
export async function askKernel(rows: readonly Row[], family: 4 | 6, firstDrop: number): Promise<RowOutcome[]> {
  const chains = rows.map(({ rule }, row) => `-A row${row} ${rule}\n-A row${row}`)
  const jumps = rows.map((_, row) => {
    const turn = Math.min(row, firstDrop)
    return `-A PREROUTING -m statistic --mode nth --every 1000000 --packet ${turn} -j row${row}`
  })
  const declared = rows.map((_, row) => `:row${row} - [0:0]`)
  const text = ['*mangle', ...declared, OTHERS, '-A PREROUTING', ...jumps, ...chains, 'COMMIT', ''].join('\n')
  const kernel = await KernelOracle.start()
  try {
    const loaded = await (family === 4 ? kernel.load(text) : kernel.load(undefined, text))
    if (!loaded.loaded) throw new Error(`the kernel refused the rows: ${loaded.message}`)
    await kernel.send(rows.map(({ packet }) => ({ in: 't0', hex: toHex(packet) })))
    const saved = await (family === 4 ? kernel.save4() : kernel.save6())
    const arrived = Number(/^\[(\d+):\d+\] -A PREROUTING$/m.exec(saved)?.[1])
    if (arrived !== rows.length) throw new Error(`only ${arrived} of ${rows.length} packets came to PREROUTING`)
    return outcomes(saved, rows.length)
  } finally {
    await kernel.stop()
  }
}

function outcomes(saved: string, count: number): RowOutcome[] {
  const counters = Array.from({ length: count }, (): number[] => [])
  for (const [, packets, row] of saved.matchAll(/^\[(\d+):\d+\] -A row(\d+)(?: |$)/gm)) {
    counters[Number(row)]?.push(Number(packets))
  }
  return counters.map(([rule, behind]) => (!behind ? 'drops' : rule ? 'holds' : 'does not hold'))
}
