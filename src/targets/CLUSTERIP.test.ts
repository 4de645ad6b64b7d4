import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { packetWith, tracked, udp4 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { extensions } from '../host/extensions.ts'
import { execute } from '../netfilter/execute.ts'
import { packet } from '../packet/build.ts'
import { restoreRuleset } from '../xtables/index.ts'
import { CLUSTERIP } from './CLUSTERIP.ts'

const rule = (mode: string, nodes: number, node: number, seed: number): string =>
  `-d 10.0.0.1/32 -i t0 -j CLUSTERIP --new --hashmode ${mode} --clustermac 01:00:5E:00:00:01 --total-nodes ${nodes} --local-node ${node} --hash-init ${seed}`

testTarget(CLUSTERIP, {
  loadable: false,
  chain: 'INPUT',
  saves: {
    [rule('sourceip', 2, 1, 0)]: '=',
    [rule('sourceip-sourceport-destport', 16, 16, 0xffffffff)]: '=',
    '-d 10.0.0.1 -i t0 -j CLUSTERIP --local-node 1 --total-nodes 2 --clustermac 1::2:a:b:c --hashmode sourceip-sourceport --new':
      '-d 10.0.0.1/32 -i t0 -j CLUSTERIP --new --hashmode sourceip-sourceport --clustermac 01:00:02:0A:0B:0C --total-nodes 2 --local-node 1 --hash-init 0',
  },
  lists: {
    [rule('sourceip', 2, 1, 5)]:
      ' CLUSTERIP hashmode=sourceip clustermac=01:00:5E:00:00:01 total_nodes=2 local_node=1 hash_init=5',
  },
  rejects: {
    '-i t0 -j CLUSTERIP --new': /^CLUSTERIP target: Invalid parameter combination$/,
    '-i t0 -j CLUSTERIP --hash-init 1': /^CLUSTERIP target: Invalid parameter combination$/,
    '-i t0 -j CLUSTERIP': /needs --new/,
    '-i t0 -j CLUSTERIP --hashmode SOURCEIP': /^Unknown hashmode "SOURCEIP"$/,
    '-i t0 -j CLUSTERIP --clustermac 00:11:22:33:44:55': /^MAC has to be a multicast ethernet address$/,
    '-i t0 -j CLUSTERIP --clustermac 01:11:22:33:44': /^Invalid MAC address specified\.$/,
    '-i t0 -j CLUSTERIP --total-nodes 17': /out of range \(0-16\)/,
    [rule('sourceip', 2, 0, 0)]: /count from 1/,
    [rule('sourceip', 2, 1, 0).replace('-i t0 ', '')]: /needs -i/,
    [rule('sourceip', 2, 1, 0).replace('-i t0 ', '-i t+ ')]: /no device t\+/,
  },
  acts: [
    [rule('sourceip', 2, 1, 0), packetWith(udp4()), ({ verdict }) => expect(verdict).toBe(VERDICT.drop)],
    [
      rule('sourceip', 2, 1, 0).replace('/32', '/31'),
      packetWith(udp4()),
      ({ verdict }) => expect(verdict).toBe(VERDICT.unknown),
    ],
  ],
})

/** What the n-th packet is, as it was sent to Linux 6.1. */
function nth(n: number): Uint8Array {
  const ends = { source: `10.0.0.${5 + n}`, destination: '10.0.0.1' }
  switch (n % 10) {
    case 7:
      return packet.gre(ends)
    case 8:
      return packet.esp({ ...ends, spi: 0x12345678 + n * 77777 })
    case 9:
      return packet.icmp(ends)
    default:
      return packet[n % 2 === 0 ? 'udp' : 'tcp']({ ...ends, sport: 1000 + n * 37, dport: 53 + n })
  }
}

describe('the node of -j CLUSTERIP', () => {
  it.each([
    ['sourceip', 2, 1, 0, '0001101110111111111110010010001011010011'],
    ['sourceip', 3, 2, 12345, '1000001000101000101010000011001101100000'],
    ['sourceip-sourceport', 2, 1, 0, '0010110110110101011000110110110011101010'],
    ['sourceip-sourceport', 3, 2, 12345, '1000000001000101000000101100001110111000'],
    ['sourceip-sourceport-destport', 2, 1, 0, '0111010101111111100001101111101010010111'],
    ['sourceip-sourceport-destport', 3, 2, 12345, '0011000001010000001010101000010001110110'],
  ])('is that of Linux 6.1: %s %i %i %i', (mode, nodes, node, seed, wanted) => {
    const text = `*filter\n-A INPUT ${rule(mode, nodes, node, seed)}\nCOMMIT\n`
    const target = restoreRuleset(text, 4, extensions()).tables.get('filter')?.chains.get('INPUT')?.rules[0]?.target
    if (target?.kind !== 'actions') throw new Error('no actions')
    const environment = new TestEnvironment()
    const seen = Array.from({ length: 40 }, (_, n) => {
      const one = tracked(nth(n))
      const isOwn = execute(target.actions, one, environment) === VERDICT.continue
      expect(one.ct?.mark === node).toBe(isOwn)
      return isOwn ? '1' : '0'
    })
    expect(seen.join('')).toBe(wanted)
  })
})
