import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HOOKS } from '../src/expression/environment.ts'
import { Host, type HostFiles, readHost, Traveller } from '../src/host/index.ts'
import type { Rule } from '../src/netfilter/glossary.ts'
import { parsePacketText } from '../src/packet/language.ts'
import type { IdleTimer } from '../src/targets/IDLETIMER.ts'
import { VirtualClock } from '../src/util/clock.ts'

/** A packet at a kernel tick and the rules it met; or a file read then, and its text. See fixtures/golden/README.md. */
type Step = readonly [tick: number, what: string, answer: readonly number[] | string, device?: string]

interface Case {
  readonly name: string
  readonly family?: 4 | 6
  readonly kernel: string
  readonly rules: string
  readonly sysctl?: Readonly<Record<string, number>>
  /** Seconds since 1970 at tick 0. */
  readonly wall?: number
  readonly minuteswest?: number
  readonly steps: readonly Step[]
  readonly counters: readonly (readonly [packets: number, bytes: number])[]
}

const TICK = 4
const folder = new URL('../fixtures/golden/', import.meta.url)

const device = (index: number, more: object) => ({
  link_type: 'none',
  flags: ['UP', 'POINTOPOINT'],
  mtu: 1500,
  ifindex: index + 2,
  ifname: `t${index}`,
  ...more,
})

function filesOf({ family = 4, rules, sysctl = {} }: Case): HostFiles {
  const settings = { 'net.ipv4.ip_forward': 1, 'net.ipv6.conf.all.forwarding': 1, ...sysctl }
  const addresses = (index: number) => [
    { local: `10.0.${index}.1`, prefixlen: 24 },
    { local: `fd00:0:0:${index}::1`, prefixlen: 64 },
  ]
  return {
    ...(family === 4 ? { rulesV4: rules } : { rulesV6: rules }),
    addr: JSON.stringify([0, 1].map((index) => device(index, { addr_info: addresses(index) }))),
    sysctl: Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(''),
  }
}

/** What the kernel's file would say; lines, which are in the order of a hash there, are sorted. */
function textOf({ environment }: Host, path: string): string {
  const [kind = '', name = ''] = path.split('/').slice(-2)
  if (kind === 'timers') {
    return `${environment.shared<IdleTimer | null>('IDLETIMER', name, () => null)?.secondsLeft(environment)}\n`
  }
  const table = environment.shared<unknown>(kind.replace('xt_', ''), name, () => null)
  return String(table)
    .split(/(?<=\n)/)
    .sort()
    .join('')
}

/** The case played to a host: its steps and counters as the kernel's are written. */
function play(one: Case): Pick<Case, 'steps' | 'counters'> {
  // A host's kernel time zone is UTC: another is told by the wall clock.
  const zone = one.rules.includes('--kerneltz') ? (one.minuteswest ?? 0) : 0
  const clock = new VirtualClock(((one.wall ?? 0) - 60 * zone) * 1000)
  const host = new Host(readHost(filesOf(one)), { clock })
  const chains = host.config.rulesets[one.family ?? 4]?.tables.get('filter')?.chains
  const rules: readonly Rule[] = HOOKS.flatMap((hook) => chains?.get(hook)?.rules ?? [])
  const packet = new Traveller()
  const steps = one.steps.map(([tick, what, , device]): Step => {
    clock.moveTo(tick * TICK)
    if (what.startsWith('/')) return [tick, what, textOf(host, what)]
    const before = rules.map(({ counters }) => counters.packets)
    packet.load(parsePacketText(what).bytes)
    host.inject(packet, host.deviceNamed(device ?? 't0'))
    const rose = rules.flatMap(({ counters }, index) => (counters.packets === before[index] ? [] : [index + 1]))
    return device === undefined ? [tick, what, rose] : [tick, what, rose, device]
  })
  return { steps, counters: rules.map(({ counters }) => [Number(counters.packets), Number(counters.bytes)] as const) }
}

describe.each(readdirSync(folder).filter((name) => name.endsWith('.json')))(
  'what the kernel did over time: %s',
  (file) => {
    const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case[]
    it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
      const { steps, counters } = play(one)
      expect(steps).toEqual(one.steps)
      expect(counters).toEqual(one.counters)
    })
  },
)
