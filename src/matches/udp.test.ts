import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { udp } from './udp.ts'

const from = (sport: number, dport: number): Uint8Array =>
  packet.udp({ source: '10.0.0.5', destination: '10.0.2.9', sport, dport, payload: 'data' })
const from6 = (sport: number, dport: number): Uint8Array =>
  packet.udp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', sport, dport, payload: 'data' })
const raw = (payload: Uint8Array, more: object = {}): Uint8Array =>
  packet.raw({ source: '10.0.0.5', destination: '10.0.2.9', protocol: 'udp', payload, ...more })

testMatch(udp, {
  saves: {
    '-p udp -m udp --dport 53': '=',
    '-p udp --dport domain': '-p udp -m udp --dport 53',
    '-p udp ! --source-port :1023 --destination-port 1024:': '-p udp -m udp ! --sport 0:1023 --dport 1024:65535',
    '-p udp --dport 70000': '-p udp -m udp --dport 4464',
    '-p udp --dport 010': '-p udp -m udp --dport 10',
    '-p udp --dport 100:50': '-p udp -m udp --dport 100:50',
    '-p udp --dport=5 -j ACCEPT': '-p udp -m udp --dport 5 -j ACCEPT',
    '-p udp --spo 5:5': '-p udp -m udp --sport 5',
    '-p udp ! --dport domain': '-p udp -m udp ! --dport 53',
    '-p udp ! --dport 53:67': '-p udp -m udp ! --dport 53:67',
    '-p udp --sport ntp --dport 67:68': '-p udp -m udp --sport 123 --dport 67:68',
    '-p udp --dport 514': '-p udp -m udp --dport 514',
    '-p udp --dport 512': '-p udp -m udp --dport 512',
    '-p udp --dport tftp': '-p udp -m udp --dport 69',
    '-p udp --dport 0:65535': '-p udp -m udp',
    '-p udp --dport :': '-p udp -m udp',
    '-p udp --dport ""': '-p udp -m udp --dport 0',
    '-p udp --dport 65536': '-p udp -m udp --dport 0',
    '-p udp ! --dport 100:50': '-p udp -m udp ! --dport 100:50',
    '-p udp --dport=5': '-p udp -m udp --dport 5',
    '-p udp -m udp': '=',
    '-p udp --dport 0': '-p udp -m udp --dport 0',
    '-p udp ! --sport 0': '-p udp -m udp ! --sport 0',
    '-p udp --dport " 5"': '-p udp -m udp --dport 5',
    '-p udp --dport +5': '-p udp -m udp --dport 5',
    '-p udp --dport ssh': '-p udp -m udp --dport 22',
    '-p udp --dport http': '-p udp -m udp --dport 80',
  },
  rejects: {
    '-p udp --dport 0x35': /Port "0x35" does not resolve to anything/,
    '-p udp --dport ! 53': /Port "!" does not resolve/,
    '-p udp --dport 1:2:3': /Too many components/,
    '-p udp --dport 2147483648': /does not resolve/,
    '-p tcp -m udp --dport 53': /udp needs/,
    '! -p udp -m udp --dport 53': /udp needs/,
    '-p udp --syn': /unknown option "--syn"/,
    '-p udp --dport 1 --dport 2': /can only be used once/,
    '-p udp --dport -1': /^Port "-1" does not resolve to anything\.$/,
    '-p udp --dport nosuch': /^Port "nosuch" does not resolve to anything\.$/,
    '-p udp --dport nosuch:5': /^Port "nosuch" does not resolve to anything\.$/,
    '-p udp --dport 5:nosuch': /^Port "nosuch" does not resolve to anything\.$/,
    '-p udp --dport': /^option "--dport" requires an argument$/,
    '-p udp --dport "5 "': /^Port "5 " does not resolve to anything\.$/,
    '-p udp --dport SSH': /^Port "SSH" does not resolve to anything\.$/,
    '-m udp --dport 53': /^udp needs `-p udp'$/,
    '-p udp --sport 1 --source-port 2': /^udp: option "--source-port" can only be used once\.$/,
    '-p udp --destination-port 1 --destination-port 2': /^udp: option "--destination-port" can only be used once\.$/,
    '-p udplite --dport 5': /^unknown option "--dport"$/,
    '-p udplite -m udp --dport 5': /^udp needs `-p udp'$/,
  },
  matches: [
    ['-p udp --dport 53', from(1, 53)],
    ['-p udp --sport 1:3 --dport 53', from(3, 53)],
    ['-p udp ! --dport 53', from(1, 54)],
    ['-p udp ! --dport 100:50', from(1, 75)],
    ['-p udp -m udp', from(1, 2)],
    ['-p udp --dport 4660', raw(Uint8Array.of(0, 0, 0x12, 0x34, 0, 0, 0, 0))],
  ],
  misses: [
    ['-p udp --dport 53', from(53, 54)],
    ['-p udp --dport 100:50', from(1, 75)],
    ['-p udp ! --dport 53', from(1, 53)],
    ['-p udp ! --dport 0:65535', from(1, 53)],
    ['-p udp ! --dport 53', raw(new Uint8Array(16), { offset: 8 })],
    ['-p udp -m udp', raw(new Uint8Array(16), { offset: 8 })],
    ['-p udp ! --dport 53', packet.tcp({ source: '10.0.0.5', destination: '10.0.2.9', dport: 80 })],
  ],
  hotdrops: [
    ['-p udp --dport 53', raw(new Uint8Array(7))],
    ['-p udp -m udp', raw(new Uint8Array(0))],
    ['-p udp ! --dport 53', raw(Uint8Array.of(0, 0, 0, 53))],
  ],
})

testMatch(udp, {
  family: 6,
  saves: { '-p udp --dport domain': '-p udp -m udp --dport 53' },
  matches: [['-p udp --dport 53', from6(1, 53)]],
  misses: [['-p udp --dport 53', from6(53, 1)]],
  hotdrops: [
    ['-p udp --dport 53', packet.raw({ source: 'fd00::5', destination: 'fd00:0:0:2::9', protocol: 17, payload: 4 })],
  ],
})

testMatch(udp, {
  family: 6,
  saves: {
    '-p udp ! --dport domain': '-p udp -m udp ! --dport 53',
    '-p udp --dport 100:50': '-p udp -m udp --dport 100:50',
  },
  rejects: {
    '-p udp --dport nosuch': /^Port "nosuch" does not resolve to anything\.$/,
  },
})

// What the saved text loses, or cannot be read back: the real tool lists it from the kernel.
testMatch(udp, {
  loadable: false,
  saves: {
    '-p udp ! --dport 0:65535': '-p udp -m udp',
  },
  lists: {
    '-p udp ! --dport 0:65535 --sport 5': ' udp spt:5 dpts:!0:65535',
  },
})
