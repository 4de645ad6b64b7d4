import { expect, it } from 'vitest'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { unknownIn } from '../expression/test.ts'
import { packet } from '../packet/build.ts'
import { bpf } from './bpf.ts'

const tcp = packet.tcp({ source: '10.0.0.5', destination: '10.0.2.9', dport: 80 })
const udp = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })
const isTcp = '4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0'
const program = (text: string): string => `-m bpf --bytecode "${text}"`

testMatch(bpf, {
  saves: {
    [program(isTcp)]: '=',
    [program(' +1,  6+0 0\t1junk,')]: program('1,6 0 0 1'),
    [program('1,65542 -1 256 4294967297')]: program('1,6 255 0 1'),
    [program('1,6 0 0 0x10')]: program('1,6 0 0 0'),
    [program('1,6 0 0 99999999999999999999')]: program('1,6 0 0 4294967295'),
  },
  lists: {
    // The tool ends the program with a zero byte.
    [program(isTcp)]: 'match bpf 48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0\0',
    '-m bpf --object-pinned /sys/fs/bpf/x': 'match bpf pinned /sys/fs/bpf/x',
  },
  rejects: {
    '-m bpf': /bpf: one of --bytecode or --pinned is required/,
    [program('')]: /bpf: error parsing program length/,
    [program('1 ,6 0 0 1')]: /bpf: error parsing program length/,
    [program('0,')]: /bpf: illegal zero length program/,
    [program('-1,6 0 0 1')]: /bpf: number of instructions exceeds maximum/,
    [program(`65${',6 0 0 1'.repeat(65)}`)]: /exceeds maximum/,
    [program('2,6 0 0 1,,')]: /bpf: error at instr 1/,
    [program('1,6 0 0')]: /bpf: error at instr 0/,
    [program('1,6 0 0 1,6 0 0 1')]: /real program length exceeds the encoded length parameter/,
    [program('2,6 0 0 1,')]: /parsed program length is less than the encoded length parameter/,
    [program('1,48 0 0 9')]: /the kernel would refuse/,
    '-m bpf ! --bytecode "1,6 0 0 1"': /option "--bytecode" cannot be inverted/,
  },
  matches: [
    [program(isTcp), tcp],
    [program('3,128 0 0 0,148 0 0 3,22 0 0 0'), udp],
    [program('6,177 0 0 0,72 0 0 2,21 0 2 53,7 0 0 0,29 0 0 0,6 0 0 1'), udp],
    [program('4,48 0 0 4293918729,21 0 1 17,6 0 0 1,6 0 0 0'), udp],
    [program('4,48 0 0 4292870153,21 0 1 17,6 0 0 1,6 0 0 0'), udp],
    [program('4,32 0 0 4294963252,21 0 1 28,6 0 0 1,6 0 0 0'), udp],
    [program('4,0 0 0 5,1 0 0 6,32 0 0 4294963240,22 0 0 0'), udp],
    [program('5,1 0 0 33,0 0 0 1,108 0 0 0,20 0 0 1,22 0 0 0'), udp],
    [program(`64${',6 0 0 1'.repeat(64)}`), udp],
  ],
  misses: [
    [program(isTcp), udp],
    [program('3,0 0 0 1,48 0 0 28,6 0 0 1'), udp],
    [program('3,0 0 0 1,60 0 0 0,6 0 0 1'), udp],
    [program('3,0 0 0 1,48 0 0 4292870143,6 0 0 1'), udp],
  ],
})

it('takes a program or a pinned object, not both', () => {
  expect(() => ruleTest(`-m bpf --object-pinned /x ${program('1,6 0 0 1').slice(7)}`)).toThrow(/one of --bytecode or/)
})

it('cannot tell what a pinned object says', () => {
  expect(unknownIn(ruleTest('-m bpf --object-pinned /sys/fs/bpf/x'))).toBe('bpf')
})
