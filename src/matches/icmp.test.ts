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
    '-p icmp --icmp-type host-unreachable': '-p icmp -m icmp --icmp-type 3/1',
    '-p icmp --icmp-type 0x3/010': '-p icmp -m icmp --icmp-type 3/8',
    '-p icmp --icmp-type ttl-exc': '-p icmp -m icmp --icmp-type 11',
    '-p icmp -m icmp --icmp-type any': '=',
    '-p icmp -m icmp ! --icmp-type any': '=',
    '-p icmp -m icmp --icmp-type 0': '=',
    '-p icmp -m icmp ! --icmp-type 8': '=',
    '-p icmp -m icmp --icmp-type 3/1': '=',
    '-p icmp -m icmp ! --icmp-type 3/1': '=',
    '-p icmp -m icmp --icmp-type 3/200': '=',
    '-p icmp -m icmp ! --icmp-type 3/200': '=',
    '-p icmp -m icmp --icmp-type 200': '=',
    '-p icmp -m icmp ! --icmp-type 200': '=',
    '-p icmp -m icmp --icmp-type 255': '-p icmp -m icmp --icmp-type any',
    '-p icmp -m icmp --icmp-type pong': '-p icmp -m icmp --icmp-type 0',
    '-p icmp --icmp-type timestamp-reply': '-p icmp -m icmp --icmp-type 14',
    '-p icmp --icmp-type +8': '-p icmp -m icmp --icmp-type 8',
    '-p icmp --icmp-type " 8"': '-p icmp -m icmp --icmp-type 8',
    '-p icmp --icmp-type 3/+1': '-p icmp -m icmp --icmp-type 3/1',
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
    '-m icmp': /^icmp: option "--icmp-type" must be specified$/,
    '-p icmp -m icmp --icmp-type 3/:4': /^Unknown ICMP code `3\/:4'$/,
    '-p icmp -m icmp --icmp-type 3/4:': /^Unknown ICMP code `3\/4:'$/,
    '-p icmp -m icmp --icmp-type 256': /^Unknown ICMP type `256'$/,
    '-p icmp -m icmp --icmp-type -1': /^Unknown ICMP type `-1'$/,
    '-p icmp -m icmp --icmp-type 3/x': /^Unknown ICMP code `3\/x'$/,
    '-p icmp -m icmp --icmp-type 3/256': /^Unknown ICMP code `3\/256'$/,
    '-p icmp -m icmp --icmp-type x': /^Unknown ICMP type `x'$/,
    '-p icmp -m icmp --icmp-type ""': /^Ambiguous ICMP type `': `any' or `echo-reply'\?$/,
    '-p icmp -m icmp --icmp-type /': /^Unknown ICMP type `\/'$/,
    '-p icmp -m icmp --icmp-type e': /^Ambiguous ICMP type `e': `echo-reply' or `echo-request'\?$/,
    '-p icmp -m icmp --icmp-type echo': /^Ambiguous ICMP type `echo': `echo-reply' or `echo-request'\?$/,
    '-p icmp -m icmp --icmp-type host': /^Ambiguous ICMP type `host': `host-unreachable' or `host-unknown'\?$/,
    '-p icmp -m icmp --icmp-type ping --icmp-type ping': /^icmp: option "--icmp-type" can only be used once\.$/,
    '! -p icmp -m icmp --icmp-type 8': /^icmp needs `-p icmp'$/,
    '-p icmp -m icmp --icmp-type': /^option "--icmp-type" requires an argument$/,
    '-p icmp --icmpv6-type 1': /^unknown option "--icmpv6-type"$/,
    '-p icmp --icmp-type 8x': /^unknown character x$/,
    '-p icmp --icmp-type 3/1x': /^unknown character x$/,
    '-p icmp --icmp-type 08': /^unknown character 8$/,
    '-p icmp --icmp-type x/256': /^Unknown ICMP type `x\/256'$/,
    '-p icmp --icmp-type 256/256': /^Unknown ICMP type `256\/256'$/,
    '-p icmp --icmp-type 99999999999/1': /^Unknown ICMP type `99999999999\/1'$/,
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

// What iptables-save does not say is only listed while the rule was not read back.
testMatch(icmp, {
  loadable: false,
  saves: {
    '-p icmp --icmp-type 255/3': '-p icmp -m icmp --icmp-type any',
    '-p icmp --icmp-type 3/1:4': '-p icmp -m icmp --icmp-type 3/1',
  },
  lists: {
    '-p icmp --icmp-type 255/3': ' icmptype 255 code 3',
    '-p icmp --icmp-type 255/1:2': ' icmptype 255 codes 1-2',
    '-p icmp --icmp-type 3/4:1': ' icmptype 3 codes 4-1',
    '-p icmp ! --icmp-type 3/1:4': ' icmp !type 3 codes 1-4',
  },
})
