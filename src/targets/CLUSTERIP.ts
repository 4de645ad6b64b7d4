import { VERDICT, type Verdict } from '../expression/action.ts'
import type { Environment } from '../expression/environment.ts'
import { CT_INFO } from '../packet/connection.ts'
import { type Packet, PKTTYPE } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { jhashWords, scale } from '../util/jhash.ts'
import { formatMac } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineTarget, flag, numberBetween, optionOf, type RuleContext, uint32 } from '../xtables/index.ts'

const MOST_NODES = 16
const MODES = ['sourceip', 'sourceip-sourceport', 'sourceip-sourceport-destport'] as const
type Mode = (typeof MODES)[number]

const hashMode = optionOf<Mode>({
  words: 1,
  placeholder: 'mode',
  parse: ([word = '']) => {
    const found = MODES.find((mode) => mode === word)
    if (found === undefined) throw new UsageError(`Unknown hashmode "${word}"`)
    return found
  },
  format: (mode) => mode,
})

const groupMac = optionOf<Uint8Array>({
  words: 1,
  placeholder: 'mac',
  parse: ([word = '']) => {
    if (!/^[0-9a-f]{0,2}(:[0-9a-f]{0,2}){5}$/i.test(word)) throw new UsageError('Invalid MAC address specified.')
    const bytes = Uint8Array.from(word.split(':'), (part) => Number.parseInt(part || '0', 16))
    if ((bytes[0]! & 1) === 0) throw new UsageError('MAC has to be a multicast ethernet address')
    return bytes
  },
  format: macText,
})

function macText(mac: Uint8Array): string {
  return formatMac(mac).toUpperCase()
}

/** How an address is shared: set by its first rule, and the same for all others. Source: Linux struct clusterip_config. */
interface Cluster {
  readonly mode: Mode
  readonly nodes: number
  readonly localNode: number
  readonly seed: number
}

/** The number of the node, from 1 on, that a packet belongs to. Source: Linux clusterip_hashfn(). */
function nodeOf({ view, network, end }: Packet, { mode, nodes, seed }: Cluster): number {
  const source = view.getUint32(network + 12)
  const offset = PORTS_AT[view.getUint8(network + 9)]
  const ports = network + (view.getUint8(network) & 15) * 4 + (offset ?? 0)
  const hasPorts = offset !== undefined && ports + 4 <= end
  // The kernel hashes ports as they lie in the memory of a little-endian machine.
  const [sport, dport] = hasPorts ? [view.getUint16(ports, true), view.getUint16(ports + 2, true)] : [0, 0]
  switch (mode) {
    case 'sourceip':
      return scale(jhashWords([source], seed), nodes) + 1
    case 'sourceip-sourceport':
      return scale(jhashWords([source, sport], seed), nodes) + 1
    case 'sourceip-sourceport-destport':
      return scale(jhashWords([source, sport, dport], seed), nodes) + 1
  }
}

/** Source: Linux proto_ports_offset(). */
const PORTS_AT: Readonly<Record<number, number>> = {
  [PROTOCOL.tcp]: 0,
  [PROTOCOL.udp]: 0,
  [PROTOCOL.dccp]: 0,
  [PROTOCOL.esp]: 0,
  [PROTOCOL.sctp]: 0,
  [PROTOCOL.udplite]: 0,
  [PROTOCOL.ah]: 4,
}

/** Source: Linux clusterip_tg(). */
function share(packet: Packet, environment: Environment, cluster: Cluster): Verdict {
  const { ct, ctInfo } = packet
  if (ct === null) return VERDICT.drop
  const isRelated = ctInfo === CT_INFO.related || ctInfo === CT_INFO.relatedReply
  if (packet.protocol === PROTOCOL.icmp && isRelated) return VERDICT.continue
  const node = nodeOf(packet, cluster)
  if (ctInfo === CT_INFO.new && ct.mark !== node) {
    ct.mark = node
    environment.connectionChanged(packet)
  }
  if (node !== cluster.localNode) return VERDICT.drop
  packet.pkttype = PKTTYPE.host
  return VERDICT.continue
}

/** The one address that the rule is for; null where `-d` is missing or a network. */
function sharedAddress({ destination }: RuleContext): number | null {
  const address = destination?.value.address[0] ?? 0
  return destination?.value.mask[0] === 0xffffffff && address !== 0 ? address : null
}

/**
 * `-j CLUSTERIP`: take the connections of a shared address that a hash gives to this node, and drop those of the others.
 * The connection's mark becomes the node's number. That the host answers ARP with the group's MAC is not seen here.
 *
 * Linux 6.3 dropped it, so that kernels of today refuse the rule. Here it is taken, as by those before. A rule without an
 * address of its own (`-d`), which they refuse, makes verdicts unknown.
 *
 * Differs: it is taken although kernels since 6.2 have it no more.
 *
 * Source: iptables-extensions(8) "CLUSTERIP"; Linux 6.1 ipt_CLUSTERIP.c clusterip_tg(), clusterip_tg_check().
 */
export const CLUSTERIP = defineTarget({
  name: 'CLUSTERIP',
  families: [4],
  needsConntrack: true,
  options: {
    new: flag({ help: 'begin to share the address' }),
    hashmode: hashMode({ help: 'what the hash that picks the node is made of' }),
    clustermac: groupMac({ help: 'multicast MAC address of all nodes' }),
    'total-nodes': numberBetween(0, MOST_NODES)({ help: 'how many nodes there are' }),
    'local-node': numberBetween(0, MOST_NODES)({ help: 'number of this node, from 1 on' }),
    'hash-init': uint32({ help: 'number that the hash begins with, 32 bits' }),
  },
  check: (values, { inDevice }) => {
    const given = Object.keys(values)
    const needed = ['new', 'hashmode', 'clustermac', 'total-nodes', 'local-node']
    if (given.length > 0 && !needed.every((name) => given.includes(name))) {
      throw new UsageError('CLUSTERIP target: Invalid parameter combination')
    }
    // Its MAC address, none, is not that of the rule that began.
    if (!values.new) throw new UsageError('CLUSTERIP: the rule needs --new', { errno: 'EINVAL' })
    if (inDevice === '') throw new UsageError('CLUSTERIP: the rule needs -i with a device', { errno: 'EINVAL' })
    if (inDevice.endsWith('+')) throw new UsageError(`CLUSTERIP: there is no device ${inDevice}`, { errno: 'ENOENT' })
    if (values['local-node']?.value === 0) throw new UsageError('CLUSTERIP: nodes count from 1', { errno: 'EINVAL' })
  },
  save: (values) => {
    if (!values.new) return ''
    const { hashmode, clustermac } = values
    return [
      ` --new --hashmode ${hashmode?.value ?? ''} --clustermac ${macText(clustermac?.value ?? new Uint8Array(6))}`,
      ` --total-nodes ${values['total-nodes']?.value ?? 0} --local-node ${values['local-node']?.value ?? 0}`,
      ` --hash-init ${values['hash-init']?.value ?? 0}`,
    ].join('')
  },
  list: (values) => {
    if (!values.new) return ' CLUSTERIP'
    const { hashmode, clustermac } = values
    return [
      ` CLUSTERIP hashmode=${hashmode?.value ?? ''} clustermac=${macText(clustermac?.value ?? new Uint8Array(6))}`,
      ` total_nodes=${values['total-nodes']?.value ?? 0} local_node=${values['local-node']?.value ?? 0}`,
      ` hash_init=${values['hash-init']?.value ?? 0}`,
    ].join('')
  },
  act: (values, rule) => {
    const address = sharedAddress(rule)
    const { hashmode } = values
    if (address === null || hashmode === undefined) return [{ kind: 'unknown', extension: 'CLUSTERIP' }]
    const own: Cluster = {
      mode: hashmode.value,
      nodes: values['total-nodes']?.value ?? 0,
      localNode: values['local-node']?.value ?? 0,
      seed: values['hash-init']?.value ?? 0,
    }
    const clusterIn = (environment: Environment): Cluster => environment.shared('CLUSTERIP', String(address), () => own)
    return [
      {
        kind: 'computed',
        name: 'CLUSTERIP',
        prepare: clusterIn,
        act: (packet, environment) => share(packet, environment, clusterIn(environment)),
      },
    ]
  },
})
