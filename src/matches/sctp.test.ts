import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { sctp } from './sctp.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9' }
/** Ports 1 and 2 and these chunks, each type, flags and length. */
const chunks = (...list: readonly (readonly [type: number, flags?: number, length?: number])[]): Uint8Array => {
  const bytes = list.flatMap(([type, flags = 0, length = 4]) => {
    const padded = (Math.min(Math.max(length, 4), 100) + 3) & ~3
    return [type, flags, length >> 8, length & 255, ...Array(padded - 4).fill(0xff)]
  })
  return packet.raw({ ...ends, protocol: 'sctp', payload: Uint8Array.of(0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, ...bytes) })
}
const raw = (payload: number, more: object = {}): Uint8Array =>
  packet.raw({ ...ends, protocol: 'sctp', payload, ...more })
const DATA = 0
const INIT = 1
const SACK = 3

testMatch(sctp, {
  saves: {
    '-p sctp --dport 0x5 --source-port 0:65535': '-p sctp -m sctp --sport 0:65535 --dport 5',
    '-p sctp -m sctp --chunk-types ANY data:UbI,DATA:u,init': '-p sctp -m sctp --chunk-types any DATA:IUb,INIT',
    '-p sctp ! --chunk-types only all': '-p sctp -m sctp ! --chunk-types only ALL',
    '-p sctp --chunk-types all NONE': '-p sctp -m sctp --chunk-types all NONE',
    '-p sctp --chunk-types any I_FORWARD_TSN,RE_CONFIG,I_DATA:I,ABORT:t':
      '-p sctp -m sctp --chunk-types any ABORT:t,I_DATA,RE_CONFIG,I_FORWARD_TSN',
    '-p sctp --chunk-types only DATA:i,,DATA': '-p sctp -m sctp --chunk-types only DATA:i',
    '-p sctp --dport 80': '-p sctp -m sctp --dport 80',
    '-p sctp ! --dport 80:90 ! --sport 5': '-p sctp -m sctp ! --sport 5 ! --dport 80:90',
    '-p sctp --sport 5:5': '-p sctp -m sctp --sport 5',
    '-p sctp --sport 0': '-p sctp -m sctp --sport 0',
    '-p sctp --sport :': '-p sctp -m sctp --sport 0:65535',
    '-p sctp --sport 5:': '-p sctp -m sctp --sport 5:65535',
    '-p sctp --sport :5': '-p sctp -m sctp --sport 0:5',
    '-p sctp --dport 3868': '-p sctp -m sctp --dport 3868',
    '-p sctp -m sctp': '=',
    '-p sctp --chunk-types ANY data:UbI,DATA:u,init': '-p sctp -m sctp --chunk-types any DATA:IUb,INIT',
    '-p sctp ! --chunk-types only DATA': '-p sctp -m sctp ! --chunk-types only DATA',
    '-p sctp --chunk-types any NONE': '-p sctp -m sctp --chunk-types any NONE',
    '-p sctp --chunk-types only NONE': '-p sctp -m sctp --chunk-types only NONE',
    '-p sctp --chunk-types any ALL': '-p sctp -m sctp --chunk-types any ALL',
    '-p sctp --chunk-types all ALL': '-p sctp -m sctp --chunk-types all ALL',
    '-p sctp --chunk-types all DATA,INIT,INIT_ACK,SACK,HEARTBEAT,HEARTBEAT_ACK,ABORT,SHUTDOWN,SHUTDOWN_ACK,ERROR,COOKIE_ECHO,COOKIE_ACK,ECN_ECNE,ECN_CWR,SHUTDOWN_COMPLETE,ASCONF,ASCONF_ACK,FORWARD_TSN':
      '-p sctp -m sctp --chunk-types all DATA,INIT,INIT_ACK,SACK,HEARTBEAT,HEARTBEAT_ACK,ABORT,SHUTDOWN,SHUTDOWN_ACK,ERROR,COOKIE_ECHO,COOKIE_ACK,ECN_ECNE,ECN_CWR,SHUTDOWN_COMPLETE,ASCONF_ACK,FORWARD_TSN,ASCONF',
    '-p sctp --chunk-types any PAD': '-p sctp -m sctp --chunk-types any PAD',
    '-p sctp --chunk-types any DATA:Be,SHUTDOWN_COMPLETE:T':
      '-p sctp -m sctp --chunk-types any DATA:Be,SHUTDOWN_COMPLETE:T',
    '-p sctp --sport 1 --dport 2 --chunk-types all DATA:IUBE':
      '-p sctp -m sctp --sport 1 --dport 2 --chunk-types all DATA:IUBE',
    '-p sctp --chunk-types any DATA,': '-p sctp -m sctp --chunk-types any DATA',
    '-p sctp --chunk-types any ,': '-p sctp -m sctp --chunk-types any NONE',
    '-p sctp --chunk-types any ""': '-p sctp -m sctp --chunk-types any NONE',
    '-p sctp --chunk-types any DATA:': '-p sctp -m sctp --chunk-types any DATA',
    '-p sctp --chunk-types any DATA:-': '-p sctp -m sctp --chunk-types any DATA:-',
    '-p sctp ! --chunk-types any DATA --dport 1': '-p sctp -m sctp --dport 1 ! --chunk-types any DATA',
    '-p sctp --chunk-types any DATA --dport 1': '-p sctp -m sctp --dport 1 --chunk-types any DATA',
    '-p sctp --chunk-types any INIT:-': '-p sctp -m sctp --chunk-types any INIT:-',
    '-p sctp --chunk-types any INIT:': '-p sctp -m sctp --chunk-types any INIT',
    '-p sctp --chunk-types any I_DATA:-': '-p sctp -m sctp --chunk-types any I_DATA',
    '-p sctp --chunk-types any I_DATA:B': '-p sctp -m sctp --chunk-types any I_DATA',
    '-p sctp --chunk-types any DATA:---': '-p sctp -m sctp --chunk-types any DATA:-',
    '-p sctp --chunk-types any DATA:-B': '-p sctp -m sctp --chunk-types any DATA:-B',
    '-p sctp --chunk-types any ABORT:-': '-p sctp -m sctp --chunk-types any ABORT:-',
    '-p sctp --chunk-types any SHUTDOWN_COMPLETE:-': '-p sctp -m sctp --chunk-types any SHUTDOWN_COMPLETE:-',
    '-p sctp --chunk-types any PAD:-': '-p sctp -m sctp --chunk-types any PAD',
    '-p sctp --chunk-types any DATA:Bb': '-p sctp -m sctp --chunk-types any DATA:B',
    '-p sctp --chunk-types any DATA:bB': '-p sctp -m sctp --chunk-types any DATA:B',
    '-p sctp --chunk-types any none': '-p sctp -m sctp --chunk-types any NONE',
    '-p sctp --chunk-types any dAtA': '-p sctp -m sctp --chunk-types any DATA',
    '-p sctp ! --sport :': '-p sctp -m sctp ! --sport 0:65535',
    '-p sctp --sport 1 ! --dport 0:65535': '-p sctp -m sctp --sport 1 ! --dport 0:65535',
  },
  rejects: {
    '-p sctp --chunk-types any ALL --chunk-types any': /^Only one `--chunk-types' allowed$/,
    '-p sctp --dport ssh': /invalid port\/service `ssh' specified/,
    '-p sctp --dport 5:3': /min > max/,
    '-p sctp --chunk-types foo DATA': /has to be one of "ALL", "ANY" or "ONLY"/,
    '-p sctp --chunk-types any FOO': /Unknown sctp chunk `FOO'/,
    '-p sctp --chunk-types all ALL,DATA': /Unknown sctp chunk `ALL'/,
    '-p sctp --chunk-types any INIT:t': /Invalid flags for chunk type 1/,
    '-m sctp --dport 1': /sctp needs/,
    '-p sctp --chunk-types "" DATA': /^Match type has to be one of "ALL", "ANY" or "ONLY"$/,
    '-p sctp --dport nosuch': /^invalid port\/service `nosuch' specified$/,
    '-p sctp --dport 65536': /^invalid port\/service `65536' specified$/,
    '-p sctp --dport 1:65536': /^invalid port\/service `65536' specified$/,
    '-p sctp --dport 1:2:3': /^invalid port\/service `2:3' specified$/,
    '-p sctp --dport ""': /^invalid port\/service `' specified$/,
    '-p sctp --dport -1': /^invalid port\/service `-1' specified$/,
    '-p sctp --dport': /^option "--dport" requires an argument$/,
    '-p sctp --chunk-types': /^option "--chunk-types" requires an argument$/,
    '-p sctp --chunk-types any': /^--chunk-types requires two args$/,
    '-p sctp --chunk-types any FOO:x': /^Unknown sctp chunk `FOO'$/,
    '-p sctp --chunk-types any DATA:x': /^Invalid flags for chunk type 0$/,
    '-p sctp --chunk-types any DATA:B:E': /^Invalid flags for chunk type 0$/,
    '-p sctp --sport 1 --sport 2': /^Only one `--source-port' allowed$/,
    '-p sctp --dport 1 --dport 2': /^Only one `--destination-port' allowed$/,
    '-p sctp --dport 1 --destination-port 2': /^Only one `--destination-port' allowed$/,
    '-p sctp --chunk-types any DATA --chunk-types any DATA': /^Only one `--chunk-types' allowed$/,
    '-p sctp --chunk-types ! any DATA': /^Match type has to be one of "ALL", "ANY" or "ONLY"$/,
    '-p tcp -m sctp --dport 1': /^sctp needs `-p sctp'$/,
    '! -p sctp -m sctp --dport 1': /^sctp needs `-p sctp'$/,
    '-p sctp --chunk-types any DATA,NONE': /^Unknown sctp chunk `NONE'$/,
    '-p sctp --chunk-types any ALL:x': /^Unknown sctp chunk `ALL'$/,
    '-p sctp --chunk-types any :x': /^Unknown sctp chunk `'$/,
    '-p sctp --sport nosuch:5': /^invalid port\/service `nosuch' specified$/,
    '-p sctp --sport http': /^invalid port\/service `http' specified$/,
  },
  matches: [
    ['-p sctp --sport 1 ! --dport 3', chunks([INIT])],
    ['-p sctp --chunk-types any INIT,DATA', chunks([SACK], [DATA])],
    ['-p sctp --chunk-types all INIT,DATA', chunks([SACK], [DATA, 0, 9], [INIT])],
    ['-p sctp --chunk-types only DATA,SACK', chunks([SACK], [DATA])],
    ['-p sctp --chunk-types any DATA:Be', chunks([DATA, 3], [DATA, 2])],
    ['-p sctp --chunk-types all DATA:Be', chunks([DATA, 3], [DATA, 2])],
    ['-p sctp --chunk-types any ALL', chunks([77])],
    ['-p sctp --chunk-types only ALL', chunks([77], [78])],
    ['-p sctp --chunk-types all NONE', chunks([77])],
    ['-p sctp ! --chunk-types any DATA', chunks([SACK])],
    ['-p sctp ! --chunk-types all ALL', chunks([DATA], [SACK])],
    ['-p sctp --dport 2', raw(12).map((byte, at) => (at === 23 ? 2 : byte))],
  ],
  misses: [
    ['-p sctp --chunk-types any INIT,DATA', chunks([SACK])],
    ['-p sctp --chunk-types all INIT,DATA', chunks([SACK], [DATA])],
    ['-p sctp --chunk-types only DATA', chunks([DATA], [SACK])],
    ['-p sctp --chunk-types only DATA:B', chunks([DATA, 3], [DATA, 1])],
    ['-p sctp --chunk-types any NONE', chunks([77])],
    ['-p sctp --chunk-types only NONE', chunks([77])],
    ['-p sctp --chunk-types any DATA', chunks([INIT, 0, 300])],
    ['-p sctp -m sctp', raw(64, { offset: 16 })],
  ],
  hotdrops: [
    ['-p sctp -m sctp', raw(11)],
    ['-p sctp --chunk-types any DATA', raw(12)],
    ['-p sctp --chunk-types all DATA', chunks([SACK, 0, 0])],
    ['-p sctp --chunk-types any SACK', raw(19).map((byte, at) => (at === 35 ? 4 : byte))],
  ],
})

testMatch(sctp, {
  family: 6,
  saves: {
    '-p sctp ! --chunk-types only DATA:B --dport 5': '-p sctp -m sctp --dport 5 ! --chunk-types only DATA:B',
  },
  rejects: {
    '-p sctp --chunk-types any FOO': /^Unknown sctp chunk `FOO'$/,
  },
})
