import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { u32 } from './u32.ts'

const udp = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9', sport: 1000, dport: 53, ttl: 64 })
const http = packet.tcp({ source: '10.0.0.5', destination: '10.0.2.9', payload: 'GET / HTTP/1.1' })

testMatch(u32, {
  saves: {
    '-m u32 --u32 "6 & 0xFF = 1 && 4 & 0x3FFF = 0 && 0 >> 22 & 0x3C @ 0 >> 24 = 0:5,9"':
      '-m u32 --u32 "0x6&0xff=0x1&&0x4&0x3fff=0x0&&0x0>>0x16&0x3c@0x0>>0x18=0x0:0x5,0x9"',
    '-m u32 ! --u32 0=010': '-m u32 ! --u32 "0x0=0x8"',
    '-m u32 --u32 "0<<3@4 = 5:3 , 7"': '-m u32 --u32 "0x0<<0x3@0x4=0x5:0x3,0x7"',
  },
  rejects: {
    '-m u32': /must be specified/,
    '-m u32 --u32 "0"': /abrupt end of input after location specifier/,
    '-m u32 --u32 "0=1&&"': /abrupt end/,
    '-m u32 --u32 "x=1"': /at char 0: not a number or out of range/,
    '-m u32 --u32 "0=1&0=2"': /at char 4: a second '&' was expected/,
    '-m u32 --u32 "0<3=1"': /at char 2: a second '<' was expected/,
    '-m u32 --u32 "=1"': /at char 0: location spec missing/,
    '-m u32 --u32 "0=1 2"': /at char 4: expected "," or "&&"/,
    '-m u32 --u32 "0 4=1"': /at char 2: operator expected/,
    '-m u32 --u32 "0=1,2,3,4,5,6,7,8,9,10,11"': /too many ","s/,
    '-m u32 --u32 "0&1&1&1&1&1&1&1&1&1&1=1"': /too many operators/,
    '-m u32 --u32 "0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1&&0=1"': /too many "&&"s/,
    '-m u32 --u32 "0=-1"': /at char 2: not a number/,
    '-m u32 --u32 "0>>40=1"': /40/,
  },
  matches: [
    ['-m u32 --u32 "6&0xFF=17"', udp],
    ['-m u32 --u32 "5&0xFF=64 && 12=0x0a000000:0x0a0000ff"', udp],
    ['-m u32 --u32 "0>>22&0x3C@0&0xFFFF=53"', udp],
    ['-m u32 --u32 "0>>22&0x3C@12>>26&0x3C@0=0x47455420"', http],
    ['-m u32 ! --u32 "0=1"', udp],
    ['-m u32 ! --u32 "1000=1"', udp],
    ['-m u32 --u32 "24=0:0xffffffff"', udp],
    ['-m u32 --u32 "0<<28=0"', packet.udp({ source: '10.0.0.5', destination: '10.0.2.9', payload: 4 })],
  ],
  misses: [
    ['-m u32 --u32 "6&0xFF=6"', udp],
    ['-m u32 --u32 "25=0:0xffffffff"', udp],
    ['-m u32 --u32 "0@0=0:0xffffffff"', udp],
    ['-m u32 --u32 "12@12=0:0xffffffff"', udp],
    ['-m u32 --u32 "6&0xFF=17 && 6&0xFF=6"', udp],
    ['-m u32 --u32 "0=5:3"', udp],
  ],
})
