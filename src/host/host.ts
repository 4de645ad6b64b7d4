import { VERDICT, type Verdict } from '../expression/action.ts'
import type { Environment, Hook } from '../expression/environment.ts'
import { visitTests } from '../expression/test.ts'
import { createSets, provideSets } from '../ipset/index.ts'
import { provideSockets } from '../matches/socket-table.ts'
import type { Nat } from '../nat/nat.ts'
import type { Table, TableName } from '../netfilter/glossary.ts'
import type { Tracer } from '../netfilter/trace.ts'
import { traverse } from '../netfilter/traverse.ts'
import type { Connection } from '../packet/connection.ts'
import type { Device } from '../packet/device.ts'
import type { DeviceSettings } from '../route/device-settings.ts'
import { Fib4 } from '../route/fib4.ts'
import { Fib6 } from '../route/fib6.ts'
import { Routing4 } from '../route/routing4.ts'
import { Routing6 } from '../route/routing6.ts'
import { SourceSelection4 } from '../route/source4.ts'
import { SourceSelection6 } from '../route/source6.ts'
import { VirtualClock } from '../util/clock.ts'
import { UsageError } from '../util/errors.ts'
import { Random } from '../util/random.ts'
import type { Words } from '../util/words.ts'
import { prepareRuleset } from '../xtables/index.ts'
import type { HostConfig } from './config.ts'
import { Reassembler, type ReassemblyResult } from './fragment.ts'
import { type HookFunctionName, hasFunction, hookFunctions } from './hooks.ts'
import { newPeer, type Peer } from './icmp-limit.ts'
import { receive } from './path.ts'
import { type Fate, Report } from './report.ts'
import { RuleEnvironment } from './rule-environment.ts'
import { type SenderSocket, sendLocally } from './send.ts'
import { deviceSettings, ipv6Forwarding, type Sysctls } from './sysctl.ts'
import { createTracking, type Tracking } from './tracking.ts'
import type { Traveller } from './traveller.ts'

/** How a host is run. */
export interface HostOptions {
  /** Seed of everything random. */
  readonly seed?: string | number
  /** Receives every step; null for none. */
  readonly tracer?: Tracer | null
  readonly clock?: VirtualClock
}

type HookTable = Readonly<Record<Hook, readonly HookFunctionName[]>>

/**
 * One network namespace: devices, routes, tables, connections, and the time that passes in it.
 *
 * Life-cycle: made from a {@link HostConfig}; packets go in one after the other by {@link inject} and
 * {@link sendFromProcess}, each returning the report of all it caused. Between packets nothing is under way except
 * fragments that wait. Invariant: `report` is the one of the packet being worked on.
 */
export class Host {
  readonly config: HostConfig
  readonly clock: VirtualClock
  readonly devices: ReadonlyMap<number, Device>
  readonly sysctls: Sysctls
  readonly routing4: Routing4
  readonly routing6: Routing6
  readonly hooks: { readonly 4: HookTable; readonly 6: HookTable }
  readonly environment: RuleEnvironment
  readonly tracking: Tracking
  readonly nat: Nat
  readonly forwards6: boolean
  readonly errorsUseInbound: boolean
  readonly updatesPriority: boolean
  /** Unsigned 32-bit random numbers, by the seed. */
  readonly randomNumber: () => number
  tracer: Tracer | null
  /** The hook being run, for rules that ask. */
  hook: Hook = 'PREROUTING'
  /** Whether a copy made by TEE is on its way, which makes none itself. Source: Linux current->in_nf_duplicate. */
  isDuplicating = false
  report = new Report()
  private readonly byName: ReadonlyMap<string, Device>
  private readonly tables: { readonly 4: ReadonlyMap<TableName, Table>; readonly 6: ReadonlyMap<TableName, Table> }
  private readonly reassembler = new Reassembler()
  private readonly peers = new Map<string, Peer>()
  private readonly waiting: { readonly packet: Traveller; readonly device: Device }[] = []
  /** Above 0 while loopback packets must wait, as in the kernel's softirq. */
  private depth = 0
  private identification = 1

  constructor(config: HostConfig, options: HostOptions = {}) {
    this.config = config
    this.clock = options.clock ?? new VirtualClock()
    this.tracer = options.tracer ?? null
    const random = new Random(options.seed ?? 1)
    this.randomNumber = () => random.next()
    this.sysctls = config.sysctls
    this.devices = new Map(config.devices.map((one) => [one.index, one]))
    this.byName = new Map(config.devices.map((one) => [one.name, one]))
    this.forwards6 = ipv6Forwarding(config.sysctls)
    this.errorsUseInbound = this.sysctls.number('net.ipv4.icmp_errors_use_inbound_ifaddr', 0) !== 0
    this.updatesPriority = this.sysctls.number('net.ipv4.ip_forward_update_priority', 1) !== 0
    const settings = (index: number) => this.settingsOf(index)
    const loopback = config.devices.find((one) => one.link === 'loopback') as Device
    const sources4 = new SourceSelection4(config.devices, settings)
    const fib4 = new Fib4(
      config.routes.filter((one) => one.family === 4),
      config.rules.ipv4,
      config.customLocalRoutes,
    )
    this.routing4 = new Routing4(fib4, sources4, config.devices, settings, loopback)
    const sources6 = new SourceSelection6(config.devices, settings)
    const fib6 = new Fib6(
      config.routes.filter((one) => one.family === 6),
      config.rules.ipv6,
    )
    this.routing6 = new Routing6(fib6, sources6, loopback)
    this.tables = { 4: config.rulesets[4]?.tables ?? new Map(), 6: config.rulesets[6]?.tables ?? new Map() }
    this.environment = new RuleEnvironment(this)
    this.tracking = createTracking(this)
    this.nat = this.tracking.nat
    this.hooks = { 4: this.hookTable(4), 6: this.hookTable(6) }
    if (config.sets !== null) provideSets(this.environment, createSets(config.sets, this.jiffies()))
    if (config.sockets !== null) provideSockets(this.environment, config.sockets)
    for (const family of [4, 6] as const) {
      const ruleset = config.rulesets[family]
      if (ruleset) prepareRuleset(ruleset, this.environment)
    }
  }

  private hookTable(family: 4 | 6): HookTable {
    const ruleset = this.config.rulesets[family]
    const tracks = ruleset?.needsConntrack ?? false
    const reassembles = tracks || asksSockets(this.tables[family])
    const has = hasFunction(this.tables[family], tracks, reassembles)
    return {
      PREROUTING: hookFunctions('PREROUTING', has),
      INPUT: hookFunctions('INPUT', has),
      FORWARD: hookFunctions('FORWARD', has),
      OUTPUT: hookFunctions('OUTPUT', has),
      POSTROUTING: hookFunctions('POSTROUTING', has),
    }
  }

  /** A packet arrives on a device. */
  inject(packet: Traveller, device: Device): Report {
    this.begin()
    this.depth++
    receive(this, packet, device)
    this.depth--
    this.drain()
    return this.report
  }

  /** A process sends a packet. */
  sendFromProcess(packet: Traveller, socket: SenderSocket): Report {
    this.begin()
    this.report.error = sendLocally(this, packet, socket)
    this.drain()
    return this.report
  }

  private begin(): void {
    this.report = new Report()
    this.reassembler.expire(this.clock.now())
  }

  /** Runs what an answer of the host causes; what comes back by `lo` waits until then. */
  asAnswer(run: () => void): void {
    this.report.answers++
    this.aside(run)
  }

  /** Sends a packet in the middle of another's way; what comes back by `lo` waits until then. */
  aside(run: () => void): void {
    this.depth++
    run()
    this.depth--
    if (this.depth === 0) this.drain()
  }

  /** A packet comes in by `lo`, or is looped back: at once for a process, later inside another packet's way. */
  queue(packet: Traveller, device: Device): void {
    this.waiting.push({ packet, device })
    if (this.depth === 0) this.drain()
  }

  private drain(): void {
    this.depth++
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      receive(this, next.packet, next.device)
    }
    this.depth--
  }

  /** A packet leaves by a device. */
  send(packet: Traveller, device: Device): void {
    const { tracer } = this
    if (tracer !== null) tracer({ kind: 'sent', device: device.name, packet })
    this.report.send(packet, device)
  }

  /** A packet reached the end of INPUT. */
  deliver(packet: Traveller): void {
    const device = packet.inDevice as Device
    const { tracer } = this
    if (tracer !== null) tracer({ kind: 'delivered', device: device.name, packet })
    this.report.deliver(packet, device)
  }

  /** A packet's way ended otherwise. */
  end(packet: Traveller, fate: Fate): void {
    // A connection that was not confirmed goes with its packet; an answer only borrows one.
    if (!packet.borrowsConnection) this.tracking.release(packet)
    this.report.end(packet, fate)
  }

  /** Runs a table's chain of a hook; accept where the table does not exist. */
  traverse(name: TableName, hook: Hook, packet: Traveller): Verdict {
    const table = this.tables[packet.family as 4 | 6].get(name)
    if (table === undefined) return VERDICT.accept
    const { tracer } = this
    return traverse(table, hook, packet, this.environment as Environment, tracer)
  }

  /** The conntrack hook. */
  track(packet: Traveller, hook: Hook): Verdict {
    return this.tracking.track(packet, hook)
  }

  /** The hook that puts new connections into the table. */
  confirm(packet: Traveller): Verdict {
    return this.tracking.confirm(packet)
  }

  /** A reset of the host closes the connection. Source: Linux nf_ct_set_closing(). */
  setClosing(connection: Connection): void {
    this.tracking.setClosing(connection)
  }

  /** Takes a fragment for `user`. */
  reassemble(packet: Traveller, user: string): ReassemblyResult {
    return this.reassembler.add(packet, this.clock.now(), user)
  }

  /** Why the latest fragment was dropped. */
  get reassemblyProblem(): string {
    return this.reassembler.reason
  }

  /** Source: Linux jiffies, HZ = 250. */
  jiffies(): number {
    return Math.floor(this.clock.now() / 4)
  }

  /** Milliseconds since 1970. */
  wall(): number {
    return this.clock.wall()
  }

  /** Milliseconds since midnight UTC, as IP timestamps count. Source: Linux inet_current_timestamp(). */
  timestamp(): number {
    return Math.floor(this.clock.wall()) % 86_400_000
  }

  /** The sysctls of a device. */
  settingsOf(index: number): DeviceSettings {
    return this.config.settings.get(index) ?? deviceSettings(this.sysctls, '')
  }

  /** The device with this name. Throws UsageError. */
  deviceNamed(name: string): Device {
    const device = this.byName.get(name)
    if (device) return device
    throw new UsageError(`there is no device "${name}"; the host has ${[...this.byName.keys()].join(', ')}`)
  }

  /** What is remembered of an address that the host answered. */
  peer(family: number, address: Words): Peer {
    const key = `${family} ${address.join()}`
    const known = this.peers.get(key) ?? newPeer(this.jiffies())
    this.peers.set(key, known)
    return known
  }

  /** Identifications of IPv4 packets that the host makes: a counter, never 0. */
  nextIdentification(): number {
    this.identification = (this.identification % 0xffff) + 1
    return this.identification
  }
}

/** TPROXY and `-m socket` need whole packets, tracking or not. Source: Linux nf_defrag_ipv4_enable() in tproxy_tg4_check(), socket_mt_enable_defrag(). */
function asksSockets(tables: ReadonlyMap<TableName, Table>): boolean {
  for (const table of tables.values()) {
    for (const chain of table.chains.values()) {
      for (const { test, target } of chain.rules) {
        if (target.kind === 'actions' && target.actions.some((one) => one.kind === 'tproxy')) return true
        let asks = false
        visitTests(test, (part) => {
          asks ||= part.kind === 'computed' && part.name === 'socket'
        })
        if (asks) return true
      }
    }
  }
  return false
}
