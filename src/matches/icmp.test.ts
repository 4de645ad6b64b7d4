import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { icmp } from './icmp.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9' }
const message = (type: number, code: number): Uint8Array => packet.icmp({ ...ends, type, code })
const raw = (payload: number, more: object = {}): Uint8Array =>
  packet.raw({ ...ends, protocol: 'icmp', payload, ...more })

testMatch(icmp, {
  saves: {
    '-p icmp -m icmp --icmp-type 8': '=',
    '-p icmp --icmp-type ping': '-p icmp -m icmp --icmp-type 8',
    '-p icmp --icmp-type ECHO-REQ': '-p icmp -m icmp --icmp-type 8',
    '-p icmp ! --icmp-type any': '-p icmp -m icmp ! --icmp-type any',
    '-p icmp --icmp-type 255/3': '-p icmp -m icmp --icmp-type any',
    '-p icmp --icmp-type host-unreachable': '-p icmp -m icmp --icmp-type 3/1',
    '-p icmp --icmp-type 0x3/010': '-p icmp -m icmp --icmp-type 3/8',
    '-p icmp --icmp-type 3/1:4': '-p icmp -m icmp --icmp-type 3/1',
    '-p icmp --icmp-type ttl-exc': '-p icmp -m icmp --icmp-type 11',
  },
  rejects: {
    '-p icmp -m icmp': /option "--icmp-type" must be specified/,
    '-p icmp --icmp-type 256': /Unknown ICMP type `256'/,
    '-p icmp --icmp-type 3/256': /Unknown ICMP code `3\/256'/,
    '-p icmp --icmp-type 3/': /Unknown ICMP code `3\/'/,
    '-p icmp --icmp-type t': /Ambiguous ICMP type `t': `TOS-network-unreachable' or `TOS-host-unreachable'\?/,
    '-p icmp --icmp-type any/3': /Unknown ICMP type `any\/3'/,
    '-p icmp --icmp-type ! echo-reply': /Unknown ICMP type `!'/,
    '-p tcp -m icmp --icmp-type 8': /icmp needs/,
  },
  matches: [
    ['-p icmp --icmp-type 8', message(8, 77)],
    ['-p icmp --icmp-type 3/4', message(3, 4)],
    ['-p icmp --icmp-type 3/1:4', message(3, 3)],
    ['-p icmp ! --icmp-type 3/4', message(3, 5)],
    ['-p icmp ! --icmp-type 3/4', message(8, 4)],
    ['-p icmp --icmp-type any', message(200, 1)],
    ['-p icmp --icmp-type any', message(255, 1)],
  ],
  misses: [
    ['-p icmp --icmp-type 8/0', message(8, 77)],
    ['-p icmp --icmp-type 3/1:4', message(3, 5)],
    ['-p icmp ! --icmp-type any', message(8, 0)],
    ['-p icmp ! --icmp-type 8', message(8, 0)],
    ['-p icmp --icmp-type any', raw(64, { offset: 8 })],
    ['-p icmp ! --icmp-type 8', raw(64, { offset: 8 })],
  ],
  hotdrops: [
    ['-p icmp --icmp-type any', raw(7)],
    ['-p icmp ! --icmp-type 8', raw(0)],
  ],
})
