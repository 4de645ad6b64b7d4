import { expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { connectionWith, packetWith, tracked } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME } from '../expression/test.ts'
import { packet } from '../packet/build.ts'
import { type Packet, PKTTYPE } from '../packet/packet.ts'
import { tryParseAddress } from '../wire/address.ts'
import { cluster } from './cluster.ts'

const rest = '--cluster-total-nodes 2 --cluster-hash-seed 0xdeadbeef'
const from = (source: string): Uint8Array =>
  packet.udp({ source, destination: source.includes(':') ? 'fd00:0:0:2::9' : '10.0.2.9' })

testMatch(cluster, {
  saves: {
    [`-m cluster --cluster-local-node 2 ${rest}`]:
      '-m cluster --cluster-local-nodemask 0x00000002 --cluster-total-nodes 2 --cluster-hash-seed 0xdeadbeef',
    '-m cluster --cluster-hash-seed 0 ! --cluster-local-nodemask 32 --cluster-total-nodes 32':
      '-m cluster ! --cluster-local-nodemask 0x00000020 --cluster-total-nodes 32 --cluster-hash-seed 0x00000000',
  },
  lists: {
    [`-m cluster ! --cluster-local-node 1 ${rest}`]:
      ' cluster !node_mask=0x00000001 total_nodes=2 hash_seed=0xdeadbeef',
  },
  rejects: {
    '-m cluster': /`--cluster-local-node' or`--cluster-local-nodemask' is missing/,
    [`-m cluster ${rest}`]: /is missing/,
    [`-m cluster --cluster-local-node 3 ${rest}`]: /`--cluster-local-node' must be <= `--cluster-total-nodes'/,
    [`-m cluster --cluster-local-nodemask 4 ${rest}`]: /`--cluster-local-nodemask' too big/,
    [`-m cluster --cluster-local-nodemask 33 ${rest}`]: /out of range \(1-32\)/,
    [`-m cluster --cluster-local-nodemask 1 --cluster-local-node 1 ${rest}`]:
      /"--cluster-local-node" cannot be used together/,
    '-m cluster --cluster-local-node 1 --cluster-total-nodes 2': /"--cluster-hash-seed" must be specified/,
    '-m cluster --cluster-local-node 1': /"--cluster-total-nodes" must be specified/,
  },
  misses: [
    [`-m cluster --cluster-local-nodemask 3 ${rest}`, packetWith(from('10.0.0.5'))],
    [`-m cluster ! --cluster-local-nodemask 3 ${rest}`, packetWith(from('10.0.0.5'))],
  ],
})

const rule = `-m cluster --cluster-local-node 1 ${rest}`
const holds = (one: Packet): number => evaluate(ruleTest(rule), one, new TestEnvironment())

const nodes = (total: number, seed: number, sources: readonly string[]): number[][] =>
  sources.map((source) => {
    const address = tryParseAddress(source)
    const { family, words } = address as NonNullable<typeof address>
    const original = { ...connectionWith().original, family, source: words }
    return Array.from({ length: total }, (_, index) => index + 1).filter((node) => {
      const rule = `-m cluster --cluster-total-nodes ${total} --cluster-local-node ${node} --cluster-hash-seed ${seed}`
      return evaluate(ruleTest(rule), tracked(from('10.0.0.5'), { original }), new TestEnvironment()) === OUTCOME.yes
    })
  })

it('hashes sources as Linux 6.18 said it does', () => {
  const hosts = [5, 6, 7, 8, 9, 10, 11, 12].map((last) => `10.0.0.${last}`)
  expect(nodes(3, 0xdeadbeef, hosts)).toEqual([[3], [2], [2], [2], [1], [2], [2], [2]])
  const hosts6 = ['fd00::5', 'fd00::1:5', 'fd00:0:1::5', 'fd00:5::5', 'fd00::5:0:0:0']
  expect(nodes(8, 0xdeadbeef, hosts6)).toEqual([[3], [3], [3], [7], [3]])
  expect(nodes(8, 0, hosts6)).toEqual([[6], [6], [6], [6], [6]])
})

it('is for the node of the master, where there is one', () => {
  const fromHost = (last: number) => ({ ...connectionWith().original, source: [0x0a000000 + last, 0, 0, 0] as const })
  const own = [1, 2, 3, 4, 5, 6].map((last) => holds(tracked(from('10.0.0.5'), { original: fromHost(last) })))
  expect(new Set(own)).toEqual(new Set([0, 1]))
  const mastered = [1, 2, 3, 4, 5, 6].map((last) =>
    holds(tracked(from('10.0.0.5'), { master: connectionWith({ original: fromHost(last) }) })),
  )
  expect(mastered).toEqual(own)
})

it('takes what came by a multicast MAC address as addressed to the host', () => {
  const single = packetWith(from('10.0.0.5'), { pkttype: PKTTYPE.multicast })
  const group = packetWith(packet.udp({ source: '10.0.0.5', destination: '224.0.0.9' }), { pkttype: PKTTYPE.multicast })
  holds(single)
  holds(group)
  expect([single.pkttype, group.pkttype]).toEqual([PKTTYPE.host, PKTTYPE.multicast])
})
