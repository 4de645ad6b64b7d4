import { computed, OUTCOME, type Outcome } from '../expression/test.ts'
import { type Connection, CT_STATUS } from '../packet/connection.ts'
import { type Packet, PKTTYPE } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { jhashWords, scale, swapBytes } from '../util/jhash.ts'
import { defineMatch, numberBetween, type Values } from '../xtables/index.ts'

const MOST_NODES = 32
const [LOCAL, MASK, TOTAL, SEED] = [
  'cluster-local-node',
  'cluster-local-nodemask',
  'cluster-total-nodes',
  'cluster-hash-seed',
] as const

const options = {
  [TOTAL]: numberBetween(1, MOST_NODES)({ help: 'how many nodes there are' }),
  [LOCAL]: numberBetween(1, MOST_NODES)({ help: 'the number of this node', invertible: true }),
  // The tool bounds the mask as if it were a number of nodes.
  [MASK]: numberBetween(1, MOST_NODES)({ help: 'the numbers of this node, as bits', invertible: true }),
  [SEED]: numberBetween(0, 0xffffffff)({ help: 'what the hash begins with' }),
}

/** A rule's settings: the nodes that are this one, as bits. */
interface Share {
  readonly nodes: number
  readonly total: number
  readonly seed: number
  readonly inverted: boolean
}

function shareOf(values: Values<typeof options>): Share {
  const local = values[LOCAL]
  return {
    nodes: local ? (1 << (local.value - 1)) >>> 0 : (values[MASK]?.value ?? 0),
    total: values[TOTAL]?.value ?? 0,
    seed: values[SEED]?.value ?? 0,
    inverted: (local ?? values[MASK])?.inverted ?? false,
  }
}

function check(values: Values<typeof options>): void {
  const { nodes, total } = shareOf(values)
  const [local, mask] = [values[LOCAL] !== undefined, values[MASK] !== undefined]
  if (!local && !mask) {
    throw new UsageError("cluster match: `--cluster-local-node' or`--cluster-local-nodemask' is missing")
  }
  if (values[TOTAL] && values[SEED] && nodes >= 2 ** total) {
    throw new UsageError(
      local
        ? "cluster match: `--cluster-local-node' must be <= `--cluster-total-nodes'"
        : "cluster match: `--cluster-local-nodemask' too big for `--cluster-total-nodes'",
    )
  }
  if (!values[TOTAL]) throw new UsageError(`cluster: option "--${TOTAL}" must be specified\n`)
  if (local && mask) throw new UsageError(`cluster: option "--${LOCAL}" cannot be used together with "--${MASK}".\n`)
  if (!values[SEED]) throw new UsageError(`cluster: option "--${SEED}" must be specified\n`)
}

/**
 * Which node a connection belongs to, 0..`total`-1, by its original source address: of IPv6, by the first 32 bits
 * alone. Source: Linux xt_cluster_hash(), where the length of an IPv6 address comes out as one word.
 */
function nodeOf({ original }: Connection, { seed, total }: Share): number {
  return scale(jhashWords([swapBytes(original.source[0])], seed), total)
}

function isToGroup({ view, network, family }: Packet): boolean {
  return family === 4 ? view.getUint8(network + 16) >> 4 === 14 : view.getUint8(network + 24) === 0xff
}

/** Source: Linux xt_cluster_mt(). */
function isOurs(packet: Packet, share: Share): Outcome {
  // Nodes share a multicast MAC address: the host would not accept what came that way, if it were not corrected.
  if (packet.pkttype === PKTTYPE.multicast && !isToGroup(packet)) packet.pkttype = PKTTYPE.host
  const { ct } = packet
  // A template is no connection yet.
  if (ct === null || (ct.status & CT_STATUS.template) !== 0) return OUTCOME.no
  const node = nodeOf(ct.master ?? ct, share)
  return (((share.nodes >>> node) & 1) === 1) !== share.inverted ? OUTCOME.yes : OUTCOME.no
}

/**
 * `-m cluster`: a hash of the connection's original source address (IPv6: of its first 32 bits) says that it is for this node, one of 1..32.
 * An expected connection goes where its master goes. A packet without a connection never matches, negated or not.
 *
 * Even where it does not match, it makes a packet that came by a multicast MAC address, but is not for a group, one
 * for this host (`pkttype`).
 *
 * Source: iptables-extensions(8) "cluster"; Linux xt_cluster.c xt_cluster_mt().
 */
export const cluster = defineMatch({
  name: 'cluster',
  families: [4, 6],
  needsConntrack: true,
  options,
  check,
  save: (values) => {
    const { nodes, total, seed, inverted } = shareOf(values)
    return `${inverted ? ' !' : ''} --${MASK} ${hex(nodes)} --${TOTAL} ${total} --${SEED} ${hex(seed)}`
  },
  list: (values) => {
    const { nodes, total, seed, inverted } = shareOf(values)
    return ` cluster ${inverted ? '!' : ''}node_mask=${hex(nodes)} total_nodes=${total} hash_seed=${hex(seed)}`
  },
  holds: (values) => {
    const share = shareOf(values)
    return computed(
      'cluster',
      true,
      (packet) => isOurs(packet, share),
      ({ ct }) => (ct === null ? 'no connection' : `for node ${nodeOf(ct.master ?? ct, share) + 1}`),
    )
  },
})

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}
