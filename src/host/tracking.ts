import { Conntrack, conntrackSettings, listConnections, stateOf, TrackedConnection } from '../conntrack/index.ts'
import { SCTP_STATES, type SctpState } from '../conntrack/protocols/sctp-state.ts'
import { newTcpState, TCP_STATES } from '../conntrack/protocols/tcp-state.ts'
import type { Verdict } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import { Nat } from '../nat/nat.ts'
import type { Connection, Tuple } from '../packet/connection.ts'
import type { Device } from '../packet/device.ts'
import type { Packet } from '../packet/packet.ts'
import type { Destination } from '../route/destination.ts'
import type { Words } from '../util/words.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import type { ConnectionEntry } from './conntrack-file.ts'
import type { Host } from './host.ts'
import type { Traveller } from './traveller.ts'

/** Connection tracking and NAT as the hooks of a host use them. */
export interface Tracking {
  readonly nat: Nat
  track(packet: Traveller, hook: Hook): Verdict
  confirm(packet: Traveller): Verdict
  /** The packet's way ended before its connection was confirmed: both are gone. */
  release(packet: Traveller): void
  setClosing(connection: Connection): void
  /** Milliseconds until a connection expires. */
  expiresIn(connection: Connection): number
  /** The living connection that has a tuple, in the zone of `zoneOf`; null: the default zone. */
  find(tuple: Tuple, zoneOf: Connection | null): Connection | null
  /** `conntrack -L -o extended`, IPv4 first. */
  list(): string
}

/** Tracking for a host; without rules that need it nothing is ever tracked. */
export function createTracking(host: Host): Tracking {
  const { rulesets } = host.config
  const accounts = rulesets[4]?.needsAccounting || rulesets[6]?.needsAccounting
  const settings = conntrackSettings((name, fallback) =>
    accounts && name.endsWith('nf_conntrack_acct') ? 1 : host.sysctls.number(name, fallback),
  )
  const now = (): number => host.clock.now()
  const conntrack: Conntrack = new Conntrack({ settings, now, onEnd: (connection) => nat.forget(connection) })
  const nat: Nat = new Nat({
    table: conntrack,
    random: host.randomNumber,
    masqueradeSource: (packet) => masqueradeSource(host, packet),
  })
  for (const entry of host.config.connections) restoreConnection(conntrack, entry, now())
  return {
    nat,
    track(packet, hook) {
      const isTracked = packet.ct !== null
      const verdict = conntrack.track(packet, hook)
      if (!isTracked && host.tracer !== null) report(host, packet)
      return verdict
    },
    confirm: (packet) => conntrack.confirm(packet),
    release: (packet) => conntrack.release(packet),
    setClosing: (connection) => conntrack.setClosing(connection),
    expiresIn: (connection) => conntrack.expiresIn(connection),
    find: (tuple, zoneOf) =>
      conntrack.table.find(tuple, zoneOf instanceof TrackedConnection ? zoneOf.zoneOf : undefined)?.connection ?? null,
    list: () =>
      listConnections(
        [...conntrack.table].sort((a, b) => a.original.family - b.original.family),
        (connection) => conntrack.expiresIn(connection) / 1000,
        settings.nf_conntrack_acct !== 0,
      ),
  }
}

/** Puts a connection of the host directory into the table; its windows are learnt from its next packets. */
function restoreConnection(conntrack: Conntrack, entry: ConnectionEntry, now: number): void {
  const connection = conntrack.table.create(entry.original, { id: entry.zone, direction: 'both' })
  if (connection === null) return
  connection.reply = entry.reply
  connection.mark = entry.mark
  connection.status |= entry.status
  connection.expires = entry.seconds * 1000
  connection.protocolState = entry.state
  for (const direction of [0, 1] as const) Object.assign(connection.accounting[direction], entry.accounting[direction])
  const { protocol } = entry.original
  const tcpState = TCP_STATES.find((one) => one === entry.state)
  const sctpState = SCTP_STATES.find((one) => one === entry.state)
  if (protocol === PROTOCOL.tcp && tcpState !== undefined) {
    const tcp = newTcpState()
    tcp.name = tcpState
    // Window scales are not in the file, so windows cannot be checked strictly.
    for (const side of tcp.sides) side.isLiberal = true
    connection.memory = { kind: 'tcp', tcp }
  } else if (protocol === PROTOCOL.sctp && sctpState !== undefined) {
    connection.memory = { kind: 'sctp', sctp: newSctpState(sctpState) }
  } else if (protocol === PROTOCOL.udp) connection.memory = { kind: 'udp', streamFrom: now }
  conntrack.table.confirm(connection)
}

function report(host: Host, packet: Traveller): void {
  const { ct, ctInvalidReason } = packet
  host.tracer?.({ kind: 'conntrack', packet, state: stateOf(packet), connection: ct, reason: ctInvalidReason })
}

function newSctpState(name: SctpState['name']): SctpState {
  return { name, tags: [0, 0], sawInit: [false, false], lastDirection: 0, heartbeatTagFailed: false }
}

/** The address that MASQUERADE takes. Source: Linux inet_select_addr(), ipv6_dev_get_saddr(). */
function masqueradeSource(host: Host, packet: Packet): Words | null {
  const route = packet.route as Destination | null
  const device: Device | null = packet.outDevice
  if (device === null || route === null) return null
  if (packet.family === 6) return host.routing6.sources.select(device, packet.destination)
  const nextHop = route.gateway?.[0] ?? packet.destination[0]
  const address = host.routing4.sources.select(device, nextHop, SCOPE_UNIVERSE)
  return address === 0 ? null : [address, 0, 0, 0]
}

/** Addresses of the widest scope. Source: linux/rtnetlink.h RT_SCOPE_UNIVERSE. */
const SCOPE_UNIVERSE = 0
