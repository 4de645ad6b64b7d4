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
    '-p tcp --dport 010:0x10': '-p tcp -m tcp --dport 8:16',
    '-p tcp -m tcp --dport 22:80': '=',
    '-p tcp -m tcp ! --dport 22:80': '=',
    '-p tcp -m tcp ! --dport 22': '=',
    '-p tcp --source-port ssh --destination-port http': '-p tcp -m tcp --sport 22 --dport 80',
    '-p tcp --sport 22': '-p tcp -m tcp --sport 22',
    '-p tcp ! --sport 22:80 ! --dport 65535': '-p tcp -m tcp ! --sport 22:80 ! --dport 65535',
    '-p tcp --dport 22:22': '-p tcp -m tcp --dport 22',
    '-p tcp --dport :22': '-p tcp -m tcp --dport 0:22',
    '-p tcp --dport 22:': '-p tcp -m tcp --dport 22:65535',
    '-p tcp --dport :': '-p tcp -m tcp',
    '-p tcp --dport 0': '-p tcp -m tcp --dport 0',
    '-p tcp ! --dport 0': '-p tcp -m tcp ! --dport 0',
    '-p tcp --dport 0:65535': '-p tcp -m tcp',
    '-p tcp --dport 0:65534': '-p tcp -m tcp --dport 0:65534',
    '-p tcp --syn': '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN',
    '-p tcp --tcp-flags SYN,ACK,FIN,RST SYN': '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN',
    '-p tcp --tcp-flags ALL ALL': '-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG FIN,SYN,RST,PSH,ACK,URG',
    '-p tcp ! --tcp-flags ALL SYN,ACK': '-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,PSH,ACK,URG SYN,ACK',
    '-p tcp --tcp-flags SYN,RST SYN,RST': '-p tcp -m tcp --tcp-flags SYN,RST SYN,RST',
    '-p tcp ! --tcp-flags NONE NONE': '-p tcp -m tcp ! --tcp-flags NONE NONE',
    '-p tcp --tcp-flags NONE SYN': '-p tcp -m tcp',
    '-p tcp --tcp-flags FIN,URG,PSH FIN': '-p tcp -m tcp --tcp-flags FIN,PSH,URG FIN',
    '-p tcp --tcp-option 5': '-p tcp -m tcp --tcp-option 5',
    '-p tcp ! --tcp-option 8': '-p tcp -m tcp ! --tcp-option 8',
    '-p tcp --tcp-option 255': '-p tcp -m tcp --tcp-option 255',
    '-p tcp -m tcp': '=',
    '-p tcp --sport 1 --dport 2 --tcp-option 3 --syn':
      '-p tcp -m tcp --sport 1 --dport 2 --tcp-option 3 --tcp-flags FIN,SYN,RST,ACK SYN',
    '-p tcp ! --sport 1 ! --dport 2 ! --tcp-option 3 ! --syn':
      '-p tcp -m tcp ! --sport 1 ! --dport 2 ! --tcp-option 3 ! --tcp-flags FIN,SYN,RST,ACK SYN',
    '-p tcp --tcp-flags "" ""': '-p tcp -m tcp',
    '-p tcp ! --syn ! --dport 5': '-p tcp -m tcp ! --dport 5 ! --tcp-flags FIN,SYN,RST,ACK SYN',
    '-p tcp -m tcp --dport 22 -m tcp --dport 23': '=',
    '-p tcp --dport 22 -m tcp --sport 5': '-p tcp -m tcp --dport 22 -m tcp --sport 5',
    '-m tcp --dport 22 -p tcp': '-p tcp -m tcp --dport 22',
    '-m tcp --dport ssh -p tcp': '-p tcp -m tcp --dport 22',
    '-p tcp --dport domain': '-p tcp -m tcp --dport 53',
    '-p tcp --dport 69': '-p tcp -m tcp --dport 69',
    '-p tcp --dport 514': '-p tcp -m tcp --dport 514',
    '-p tcp --dport 512': '-p tcp -m tcp --dport 512',
    '-p tcp --dport 161:162': '-p tcp -m tcp --dport 161:162',
    '-p tcp --dport 3306': '-p tcp -m tcp --dport 3306',
    '-p tcp --dport 5432': '-p tcp -m tcp --dport 5432',
    '-p tcp --dport 8080': '-p tcp -m tcp --dport 8080',
    '-p tcp --dport " 22"': '-p tcp -m tcp --dport 22',
  },
  rejects: {
    '-p tcp --syn --tcp-flags SYN': /^Only one of `--syn' or `--tcp-flags' {2}allowed$/,
    '-p udp -m tcp --dport tftp --tcp-option x': /^invalid port\/service `tftp' specified$/,
    '-p tcp --dport ! 22': /invalid port\/service `!' specified/,
    '-p tcp --dport 22:10': /min > max/,
    '-p tcp --dport 65536': /invalid port/,
    '-p tcp --tcp-flags SYN': /requires|two args/,
    '-p tcp --tcp-flags SYN,FOO SYN': /Unknown TCP flag `FOO'/,
    '-p tcp --tcp-option 0': /Bad/,
    '-p tcp --syn --syn': /only|once|together/i,
    '-p udp -m tcp --dport 22': /tcp needs/,
    '-p tcp -m tcp --sport 1 --source-port 2': /^Only one `--source-port' allowed$/,
    '-p tcp -m tcp --source-port 1 --sport 2': /^Only one `--source-port' allowed$/,
    '-p tcp --dport 65535:65536': /^invalid port\/service `65536' specified$/,
    '-p tcp --dport -1': /^invalid port\/service `-1' specified$/,
    '-p tcp --dport ""': /^invalid port\/service `' specified$/,
    '-p tcp --dport 1:2:3': /^invalid port\/service `2:3' specified$/,
    '-p tcp --dport nosuch': /^invalid port\/service `nosuch' specified$/,
    '-p tcp --dport nosuch:5': /^invalid port\/service `nosuch' specified$/,
    '-p tcp --dport 5:nosuch': /^invalid port\/service `nosuch' specified$/,
    '-p tcp --dport': /^option "--dport" requires an argument$/,
    '-p tcp --dport 22 --dport 23': /^Only one `--destination-port' allowed$/,
    '-p tcp --sport 22 --sport 23': /^Only one `--source-port' allowed$/,
    '-p tcp --sport 22 --source-port 23': /^Only one `--source-port' allowed$/,
    '-p tcp --destination-port 22 --dport 23': /^Only one `--destination-port' allowed$/,
    '-p tcp --tcp-flags': /^option "--tcp-flags" requires an argument$/,
    '-p tcp --tcp-flags SYN --dport 5': /^--tcp-flags requires two args\.$/,
    '-p tcp --tcp-flags SYN FOO': /^Unknown TCP flag `FOO'$/,
    '-p tcp --tcp-flags SYN SYN --tcp-flags SYN SYN': /^Only one of `--syn' or `--tcp-flags' {2}allowed$/,
    '-p tcp --tcp-flags SYN SYN --syn': /^Only one of `--syn' or `--tcp-flags' {2}allowed$/,
    '-p tcp --syn --tcp-flags SYN SYN': /^Only one of `--syn' or `--tcp-flags' {2}allowed$/,
    '-p tcp --tcp-option 256': /^Bad TCP option "256"$/,
    '-p tcp --tcp-option -1': /^Bad TCP option "-1"$/,
    '-p tcp --tcp-option x': /^Bad TCP option "x"$/,
    '-p tcp --tcp-option ""': /^Bad TCP option ""$/,
    '-p tcp --tcp-option 5 --tcp-option 6': /^Only one `--tcp-option' allowed$/,
    '-p tcp --tcp-option': /^option "--tcp-option" requires an argument$/,
    '-p tcp --tcp-flags ! SYN SYN': /^Unknown TCP flag `!'$/,
    '-p tcp --syn ! --syn': /^Only one of `--syn' or `--tcp-flags' {2}allowed$/,
    '-m tcp --dport 22': /^tcp needs `-p tcp'$/,
    '! -p tcp -m tcp --dport 22': /^tcp needs `-p tcp'$/,
    '-p tcp --foo': /^unknown option "--foo"$/,
    '-p tcp --dport tftp': /^invalid port\/service `tftp' specified$/,
    '-p tcp --dport 1-2': /^invalid port\/service `1-2' specified$/,
    '-p tcp --dport 22x': /^invalid port\/service `22x' specified$/,
    '-p tcp --dport SSH': /^invalid port\/service `SSH' specified$/,
    '-p tcp --dport 0x': /^invalid port\/service `0x' specified$/,
    '-p tcp --dport 022x:5': /^invalid port\/service `022x' specified$/,
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

testMatch(tcp, {
  family: 6,
  saves: {
    '-p tcp --dport ssh': '-p tcp -m tcp --dport 22',
    '-p tcp ! --sport 22:80 ! --syn': '-p tcp -m tcp ! --sport 22:80 ! --tcp-flags FIN,SYN,RST,ACK SYN',
  },
  rejects: {
    '-p tcp --tcp-flags SYN': /^--tcp-flags requires two args\.$/,
    '-p udp -m tcp --dport 22': /^tcp needs `-p tcp'$/,
  },
})

// What the saved text loses, or cannot be read back: the real tool lists it from the kernel.
testMatch(tcp, {
  loadable: false,
  saves: {
    '-p tcp ! --sport 0:65535 --tcp-option 0x8': '-p tcp -m tcp --tcp-option 8',
  },
  lists: {
    '-p tcp ! --sport 0:65535 --tcp-option 0x8': ' tcp spts:!0:65535 option=8',
    '-p tcp ! --sport 0:65535 --dport 5': ' tcp spts:!0:65535 dpt:5',
  },
})
