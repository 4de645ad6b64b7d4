/** One random network and its packets through the kernel and through hookline. */
import { createBatch } from '../../src/host/batch.ts'
import { Random } from '../../src/util/random.ts'
import { KernelOracle, type OraclePacket } from '../harness/oracle/oracle.ts'
import { type DrawnNetwork, drawNetwork, drawPacket, drawRules } from './draw.ts'

/** The first difference of a case, or null. */
export interface RoutingDifference {
  readonly packet: OraclePacket
  readonly kernel: string
  readonly hookline: string
  readonly network: DrawnNetwork
  readonly rules: string
}

/** Compares a number of packets on one random network; the differences. */
export async function compareRouting(seed: string, version: 4 | 6, packets: number): Promise<RoutingDifference[]> {
  const random = new Random(seed)
  const network = drawNetwork(random, version)
  const rules = drawRules(random)
  const kernel = await KernelOracle.start({ sysctls: network.sysctls })
  try {
    const loaded = await kernel.load(version === 4 ? rules : undefined, version === 6 ? rules : undefined)
    if (!loaded.loaded) throw new Error(loaded.message)
    const commands = `${network.commands.join('\n')}\n`
    await kernel.run(
      'sh',
      ['-c', `ip ${version === 6 ? '-6 ' : ''}-force -batch - 2>/dev/null || true; sleep 0.05`],
      commands,
    )
    const files = await kernel.hostFiles()
    const batch = createBatch({
      ...(version === 4 ? { rulesV4: rules } : { rulesV6: rules }),
      addr: files['addr.json'],
      route: files['route.json'],
      rule: files['rule.json'],
      link: files['link.json'],
      sysctl: files['sysctl.conf'],
    })
    const lines = Array.from({ length: packets }, () => drawPacket(random, version))
    const answers = await kernel.send(lines)
    const found: RoutingDifference[] = []
    for (const [i, packet] of lines.entries()) {
      const { verdict, outputs, delivered, path } = answers[i]!
      const ours = batch.run(packet)
      if (isAnswerDelivered(answers[i]!)) continue
      const k = describe({ verdict, outputs, delivered, path })
      const h = describe(ours)
      if (k !== h && !isOraclesView(answers[i]!, ours)) found.push({ packet, kernel: k, hookline: h, network, rules })
    }
    return found
  } finally {
    await kernel.stop()
  }
}

interface Outcome {
  readonly verdict: string
  readonly outputs: readonly { readonly dev: string; readonly hex: string }[]
  readonly delivered: { readonly dev: string; readonly hex: string } | null
  readonly path: readonly string[]
}

/**
 * The oracle calls a packet rejected when the host says anything because of it, a redirect too, and cuts the path of
 * a multicast whose copy was rejected on the host.
 */
function isOraclesView(kernel: Outcome, ours: Outcome): boolean {
  const passed = ours.verdict === kernel.verdict || (ours.verdict === 'FORWARDED' && kernel.verdict === 'REJECTED')
  const steps = (one: Outcome) => one.path.filter((step) => !step.includes('POSTROUTING')).join(' ')
  const outputs = (one: Outcome) => one.outputs.map(({ dev, hex }) => `${dev} ${withoutId(hex)}`).join(' ')
  return passed && outputs(kernel) === outputs(ours) && steps(kernel) === steps(ours)
}

/** An answer that comes back to the host by a broadcast or by lo is taken for the packet itself, steps and all. */
function isAnswerDelivered({ delivered }: Outcome): boolean {
  if (delivered === null) return false
  return delivered.hex.startsWith('4') ? delivered.hex.slice(18, 20) === '01' : delivered.hex.slice(12, 14) === '3a'
}

function describe(one: Outcome): string {
  const outputs = one.outputs.map(({ dev, hex }) => `${dev} ${withoutId(hex)}`)
  const delivered = one.delivered === null ? 'nothing' : `${one.delivered.dev} ${one.delivered.hex}`
  return `${one.verdict}\n  out ${outputs.join(' | ')}\n  delivered ${delivered}\n  path ${one.path.join(' ')}`
}

/** The identification of what the host makes itself is a counter of the kernel. */
function withoutId(hex: string): string {
  const isOurs = hex.startsWith('4') && hex.slice(18, 20) === '01'
  return isOurs ? `${hex.slice(0, 8)}....${hex.slice(12, 20)}....${hex.slice(24)}` : hex
}
