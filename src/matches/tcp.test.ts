import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { tcp } from './tcp.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9' }
const syn = packet.tcp({ ...ends, sport: 1000, dport: 80, flags: 'S' })
const ack = packet.tcp({ ...ends, sport: 1000, dport: 80, flags: 'A' })
const raw = (payload: Uint8Array | number, more: object = {}): Uint8Array =>
  packet.raw({ ...ends, protocol: 'tcp', payload, ...more })
/** A TCP header of 20 bytes with this data offset, and these bytes behind it. */
const withOptions = (words: number, ...options: number[]): Uint8Array =>
  raw(Uint8Array.of(0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, words << 4, 2, 0, 0, 0, 0, 0, 0, ...options))

testMatch(tcp, {
  saves: {
    '-p tcp -m tcp --dport 22': '=',
    '-p tcp --dport ssh': '-p tcp -m tcp --dport 22',
    '-p tcp ! --syn': '-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN',
    '-p tcp --tcp-flags ALL NONE': '-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE',
    '-p tcp --tcp-flags syn ,': '-p tcp -m tcp --tcp-flags SYN NONE',
    '-p tcp --tcp-flags NONE NONE': '-p tcp -m tcp',
    '-p tcp ! --sport 0:65535 --tcp-option 0x8': '-p tcp -m tcp --tcp-option 8',
    '-p tcp --dport 010:0x10': '-p tcp -m tcp --dport 8:16',
  },
  rejects: {
    '-p tcp --dport ! 22': /invalid port\/service `!' specified/,
    '-p tcp --dport 22:10': /min > max/,
    '-p tcp --dport 65536': /invalid port/,
    '-p tcp --tcp-flags SYN': /requires|two args/,
    '-p tcp --tcp-flags SYN,FOO SYN': /Unknown TCP flag `FOO'/,
    '-p tcp --tcp-option 0': /Bad/,
    '-p tcp --syn --syn': /only|once|together/i,
    '-p udp -m tcp --dport 22': /tcp needs/,
  },
  matches: [
    ['-p tcp --dport 80', syn],
    ['-p tcp --sport 999:1000 ! --dport 81', syn],
    ['-p tcp --syn', syn],
    ['-p tcp ! --syn', ack],
    ['-p tcp --tcp-flags SYN,ACK ACK', ack],
    ['-p tcp --tcp-flags NONE NONE', ack],
    ['-p tcp --tcp-option 2', withOptions(6, 2, 4, 5, 0xb4)],
    ['-p tcp --tcp-option 1', withOptions(6, 1, 1, 1, 1)],
    ['-p tcp --tcp-option 8', withOptions(6, 1, 8, 0, 0)],
    ['-p tcp ! --tcp-option 8', syn],
    ['-p tcp ! --tcp-option 8', withOptions(6, 2, 4, 8, 8)],
    ['-p tcp --tcp-option 99', withOptions(6, 1, 1, 1, 99)],
    ['-p tcp --tcp-option 3', withOptions(6, 77, 0, 3, 0)],
    ['-p tcp --tcp-option 5', withOptions(6, 0, 5, 0, 0)],
  ],
  misses: [
    ['-p tcp --dport 81', syn],
    ['-p tcp --syn', ack],
    ['-p tcp --tcp-option 8', syn],
    ['-p tcp --tcp-option 8', withOptions(6, 2, 4, 8, 8)],
    ['-p tcp --tcp-option 3', withOptions(6, 77, 200, 3, 0)],
    ['-p tcp ! --dport 81', raw(64, { offset: 16 })],
    ['-p tcp ! --dport 81', packet.udp({ ...ends, dport: 80 })],
    ['-p tcp --sport 2 --tcp-option 2', withOptions(4)],
  ],
  hotdrops: [
    ['-p tcp --dport 80', raw(19)],
    ['-p tcp -m tcp', raw(0)],
    ['-p tcp ! --dport 81', raw(64, { offset: 8 })],
    ['-p tcp --tcp-option 2', withOptions(4)],
    ['-p tcp ! --tcp-option 2', withOptions(6, 2, 4, 5)],
  ],
})

testMatch(tcp, {
  family: 6,
  matches: [['-p tcp --syn', packet.tcp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', dport: 80 })]],
  misses: [['-p tcp --dport 81', packet.tcp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', dport: 80 })]],
})
