import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { ecn } from './ecn.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9' }
const of = (flags: string, tos = 0): Uint8Array => packet.tcp({ ...ends, flags, tos })
const raw = (payload: Uint8Array | number, more: object = {}): Uint8Array =>
  packet.raw({ ...ends, protocol: 'tcp', payload, ...more })
const laterFragment = raw(new Uint8Array(64).fill(0x40), { offset: 16 })

testMatch(ecn, {
  saves: {
    '-p tcp -m ecn --ecn-tcp-cwr ! --ecn-ip-ect 0x1 --ecn-tcp-ece':
      '-p tcp -m ecn --ecn-tcp-ece --ecn-tcp-cwr ! --ecn-ip-ect 1',
    '-m ecn --ecn-ip-ect 3': '=',
    '-m ecn --ecn-ip-ect 0': '=',
    '-m ecn ! --ecn-ip-ect 3': '=',
    '-p tcp -m ecn --ecn-tcp-ece': '=',
    '-p tcp -m ecn ! --ecn-tcp-ece': '=',
    '-p tcp -m ecn --ecn-tcp-cwr': '=',
    '-p tcp -m ecn ! --ecn-tcp-cwr': '=',
    '-p tcp -m ecn --ecn-tcp-cwr --ecn-tcp-ece --ecn-ip-ect 2':
      '-p tcp -m ecn --ecn-tcp-ece --ecn-tcp-cwr --ecn-ip-ect 2',
    '-p tcp -m ecn ! --ecn-tcp-cwr ! --ecn-tcp-ece ! --ecn-ip-ect 2':
      '-p tcp -m ecn ! --ecn-tcp-ece ! --ecn-tcp-cwr ! --ecn-ip-ect 2',
    '-m ecn --ecn-ip-ect 0x3': '-m ecn --ecn-ip-ect 3',
  },
  rejects: {
    '-p tcp -m ecn': /some option required/,
    '-m ecn --ecn-tcp-cwr': /tcp/,
    '! -p tcp -m ecn --ecn-tcp-ece': /tcp/,
    '-m ecn --ecn-ip-ect 4': /out of range/,
    '-m ecn': /^ECN match: some option required$/,
    '-m ecn --ecn-ip-ect x': /^ecn: bad value for option "--ecn-ip-ect", or out of range \(0-3\)\.$/,
    '-m ecn --ecn-ip-ect ""': /^ecn: bad value for option "--ecn-ip-ect", or out of range \(0-3\)\.$/,
    '-m ecn --ecn-ip-ect 1 --ecn-ip-ect 2': /^ecn: option "--ecn-ip-ect" can only be used once\.$/,
    '-m ecn --ecn-tcp-ece': /^ecn: the bits of TCP need -p tcp$/,
    '-p tcp -m ecn --ecn-tcp-cwr --ecn-tcp-cwr': /^ecn: option "--ecn-tcp-cwr" can only be used once\.$/,
    '-p tcp -m ecn ! --ecn-tcp-cwr --ecn-tcp-cwr': /^ecn: option "--ecn-tcp-cwr" can only be used once\.$/,
    '! -p tcp -m ecn --ecn-tcp-cwr': /^ecn: the bits of TCP need -p tcp$/,
    '-p udp -m ecn --ecn-tcp-cwr --ecn-ip-ect 1': /^ecn: the bits of TCP need -p tcp$/,
  },
  matches: [
    ['-m ecn --ecn-ip-ect 3', of('S', 0xb3)],
    ['-m ecn ! --ecn-ip-ect 3', of('S', 0xb2)],
    ['-p tcp -m ecn --ecn-tcp-ece ! --ecn-tcp-cwr', of('SE')],
    ['-p tcp -m ecn --ecn-tcp-cwr --ecn-ip-ect 1', of('SW', 1)],
    ['-p tcp -m ecn --ecn-tcp-ece', laterFragment],
  ],
  misses: [
    ['-m ecn --ecn-ip-ect 3', of('S', 0xb2)],
    ['-p tcp -m ecn --ecn-tcp-ece', of('SW')],
    ['-p tcp -m ecn ! --ecn-tcp-ece', raw(19)],
    ['-p tcp -m ecn --ecn-tcp-ece', raw(19)],
    ['-p tcp -m ecn --ecn-tcp-cwr', laterFragment],
  ],
})

const tcp6 = (more: object): Uint8Array =>
  packet.tcp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', flags: 'S', ...more })

const laterFragment6 = (source: string): Uint8Array =>
  packet.raw({ source, destination: 'fd00:0:0:2::9', protocol: 6, payload: 16, offset: 16, mf: true })

testMatch(ecn, {
  family: 6,
  saves: {
    '-p tcp -m ecn --ecn-tcp-cwr --ecn-tcp-ece --ecn-ip-ect 2':
      '-p tcp -m ecn --ecn-tcp-ece --ecn-tcp-cwr --ecn-ip-ect 2',
    '-m ecn --ecn-ip-ect 0': '=',
    '-m ecn ! --ecn-ip-ect 3': '=',
    '-p tcp -m ecn --ecn-tcp-ece': '=',
    '-p tcp -m ecn ! --ecn-tcp-ece': '=',
  },
  rejects: {
    '-m ecn --ecn-tcp-cwr': /^ecn: the bits of TCP need -p tcp$/,
    '-m ecn': /^ECN match: some option required$/,
    '-m ecn --ecn-ip-ect 4': /^ecn: bad value for option "--ecn-ip-ect", or out of range \(0-3\)\.$/,
    '-m ecn --ecn-ip-ect x': /^ecn: bad value for option "--ecn-ip-ect", or out of range \(0-3\)\.$/,
    '-m ecn --ecn-ip-ect ""': /^ecn: bad value for option "--ecn-ip-ect", or out of range \(0-3\)\.$/,
  },
  matches: [
    ['-p tcp -m ecn --ecn-tcp-ece ! --ecn-tcp-cwr', tcp6({ flags: 'SE' })],
    // Of a later fragment, byte 13 of the packet is read: it is in the source address.
    ['-p tcp -m ecn --ecn-tcp-ece', laterFragment6('fd00:0:40::5')],
    ['-p tcp -m ecn ! --ecn-tcp-ece', laterFragment6('fd00::5')],
    ['-m ecn --ecn-ip-ect 2', packet.tcp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', tos: 0xb2, flowLabel: 7 })],
  ],
  misses: [['-p tcp -m ecn ! --ecn-ip-ect 2', packet.tcp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', tos: 2 })]],
})
