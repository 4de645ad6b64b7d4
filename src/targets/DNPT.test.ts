import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { packetWith, udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { packet as build } from '../packet/build.ts'
import type { Packet } from '../packet/packet.ts'
import { formatAddress } from '../wire/address.ts'
import { DNPT } from './DNPT.ts'

const RULE = '-j DNPT --src-pfx 2001:db8:1::/48 --dst-pfx fd01:203:405::/48'
const to = (destination: string) => udp6({ source: 'fd00::5', destination })
const quoting = (source: string) =>
  build.icmp({
    source: 'fd00::5',
    destination: '2001:db8:1:d550::1234',
    type: 'destination-unreachable',
    payload: udp6({ source, destination: '2001:db8:9::9' }),
  })
const quotedSource = ({ view, network }: Packet): string =>
  formatAddress(
    6,
    [0, 4, 8, 12].map((at) => view.getUint32(network + 56 + at)) as unknown as [number, number, number, number],
  )

testTarget(DNPT, {
  chain: 'PREROUTING',
  saves: { [RULE]: '=' },
  lists: { [RULE]: ' DNPT src-pfx 2001:db8:1::/48 dst-pfx fd01:203:405::/48' },
  rejects: {
    '-j DNPT': /^DNPT: option "--src-pfx" must be specified/,
    '-j DNPT --src-pfx fd00::/64 --dst-pfx fd01::1/64': /--dst-pfx has bits behind its prefix/,
  },
  acts: [
    [
      RULE,
      to('2001:db8:1:d550::1234'),
      ({ packet, verdict }) => {
        expect(formatAddress(6, packet.destination)).toBe('fd01:203:405:1::1234')
        expect(formatAddress(6, packet.source)).toBe('fd00::5')
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
    [RULE, quoting('2001:db8:1:d550::77'), ({ packet }) => expect(quotedSource(packet)).toBe('fd01:203:405:1::77')],
    [RULE, quoting('2001:db8:2:d550::77'), ({ packet }) => expect(quotedSource(packet)).toBe('2001:db8:2:d550::77')],
    [
      // In packets of raw sockets the kernel does not find the quoted header.
      RULE,
      packetWith(quoting('2001:db8:1:d550::77'), { owner: { uid: 0, gid: 0, supplementaryGroups: [] } }),
      ({ packet }) => expect(quotedSource(packet)).toBe('2001:db8:1:d550::77'),
    ],
    [
      '-j DNPT --src-pfx fd00::/64 --dst-pfx 2001:e20:2000:40f::/64',
      to('fd00::ffff:ffff:ffff:ffff'),
      ({ environment, verdict }) => {
        expect(environment.told).toEqual([['icmpError', 4, 0, 24]])
        expect(verdict).toBe(VERDICT.drop)
      },
    ],
  ],
})

testTarget(DNPT, { chain: 'INPUT', rejects: { [RULE]: /not valid in INPUT/ } })
testTarget(DNPT, { chain: 'OUTPUT', saves: { [RULE]: '=' } })
