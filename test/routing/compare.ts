/** One random network and its packets through the kernel and through hookline. */
import { type BatchPacket, createBatch } from '../../src/host/batch.ts'
import { Random } from '../../src/util/random.ts'
import { KernelOracle } from '../harness/oracle/oracle.ts'
import { drawNetwork, drawPacket, drawRules } from './draw.ts'

interface DevicePacket {
  readonly dev: string
  readonly hex: string
}

/** What became of a packet, as both sides tell it. */
interface Outcome {
  readonly verdict: string
  readonly outputs: readonly DevicePacket[]
  readonly delivered: DevicePacket | null
  readonly path: readonly string[]
}

/** A host as its files describe it, packets, and what the kernel did with them. */
export interface RoutingCase {
  readonly seed: string
  readonly version: 4 | 6
  readonly rules: string
  readonly files: {
    readonly addr: string
    readonly route: string
    readonly rule: string
    readonly link: string
    readonly sysctl: string
  }
  readonly packets: readonly BatchPacket[]
  readonly answers: readonly Outcome[]
}

/** A packet about which hookline and the kernel differ. */
export interface RoutingDifference {
  readonly packet: string
  readonly kernel: string
  readonly hookline: string
}

/** Makes a random network in the kernel and sends packets through it. Needs root and the tools. */
export async function askKernel(seed: string, version: 4 | 6, count: number): Promise<RoutingCase> {
  const random = new Random(seed)
  const network = drawNetwork(random, version)
  const rules = drawRules(random)
  const kernel = await KernelOracle.start({ sysctls: network.sysctls })
  try {
    const loaded = await kernel.load(version === 4 ? rules : undefined, version === 6 ? rules : undefined)
    if (!loaded.loaded) throw new Error(loaded.message)
    // The kernel puts IPv6 addresses to use in the background: wait until none is tentative.
    const script = `ip ${version === 6 ? '-6 ' : ''}-force -batch - 2>/dev/null
      for i in $(seq 500); do ip -6 addr show tentative | grep -q inet6 || break; done`
    await kernel.run('sh', ['-c', script], `${network.commands.join('\n')}\n`)
    const files = await kernel.hostFiles()
    const packets = Array.from({ length: count }, () => drawPacket(random, version))
    const answers = await kernel.send(packets)
    const json = (text: string) => JSON.stringify(JSON.parse(text))
    return {
      seed,
      version,
      rules,
      files: {
        addr: json(files['addr.json']),
        route: json(files['route.json']),
        rule: json(files['rule.json']),
        link: json(files['link.json']),
        sysctl: files['sysctl.conf'],
      },
      packets,
      answers: answers.map(({ verdict, outputs, delivered, path }) => ({ verdict, outputs, delivered, path })),
    }
  } finally {
    await kernel.stop()
  }
}

/** Sends the packets through hookline; what differs from the kernel's answers. */
export function differencesOf({ version, rules, files, packets, answers }: RoutingCase): RoutingDifference[] {
  const batch = createBatch({ ...files, ...(version === 4 ? { rulesV4: rules } : { rulesV6: rules }) })
  const found: RoutingDifference[] = []
  for (const [i, packet] of packets.entries()) {
    const kernel = answers[i] as Outcome
    const ours = batch.run(packet)
    if (isAnswerDelivered(kernel) || isAlike(kernel, ours)) continue
    found.push({ packet: JSON.stringify(packet), kernel: describe(kernel), hookline: describe(ours) })
  }
  return found
}

/**
 * The oracle calls a packet rejected when the host says anything because of it, a redirect too. It takes the steps of
 * a redirect in POSTROUTING for the packet's own, and cuts the path of a multicast whose copy the host rejected.
 */
function isAlike(kernel: Outcome, ours: Outcome): boolean {
  if (describe(kernel) === describe(ours)) return true
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

function describe({ verdict, outputs, delivered, path }: Outcome): string {
  const out = outputs.map(({ dev, hex }) => `${dev} ${withoutId(hex)}`).join(' | ')
  return `${verdict}; out ${out}; delivered ${delivered ? `${delivered.dev} ${delivered.hex}` : 'nothing'}; ${path.join(' ')}`
}

/** The identification of what the host makes itself is a counter of the kernel. */
function withoutId(hex: string): string {
  const isOurs = hex.startsWith('4') && hex.slice(18, 20) === '01'
  return isOurs ? `${hex.slice(0, 8)}....${hex.slice(12, 20)}....${hex.slice(24)}` : hex
}
