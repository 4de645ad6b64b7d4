import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4 } from '../../test/harness/packets.ts'
import { TTL } from './TTL.ts'

testTarget(TTL, {
  saves: {
    '-j TTL --ttl-set 0x40': '-j TTL --ttl-set 64',
    '-j TTL --ttl-inc 010': '-j TTL --ttl-inc 8',
    '-j TTL --ttl-set 0': '=',
    '-j TTL --ttl-inc 1': '=',
    '-j TTL --ttl-dec 255': '=',
  },
  rejects: {
    '-j TTL': /^TTL: You must specify an action$/,
    '-j TTL --ttl-dec 0': /out of range \(1-255\)/,
    '-j TTL --ttl-set 256': /out of range \(0-255\)/,
    '-j TTL --ttl-set 1 --ttl-inc 2': /cannot be used together/,
  },
  acts: [
    ['-j TTL --ttl-set 7', udp4({ ttl: 64 }), ({ packet }) => expect(packet.bytes[8]).toBe(7)],
    ['-j TTL --ttl-inc 200', udp4({ ttl: 64 }), ({ packet }) => expect(packet.bytes[8]).toBe(255)],
    ['-j TTL --ttl-dec 65', udp4({ ttl: 64 }), ({ packet }) => expect(packet.bytes[8]).toBe(0)],
    ['-j TTL --ttl-dec 1', udp4({ ttl: 64 }), ({ packet }) => expect(packet.copyBytes()).toEqual(udp4({ ttl: 63 }))],
  ],
})

testTarget(TTL, { table: 'filter', rejects: { '-j TTL --ttl-set 1': /table mangle/ } })

testTarget(TTL, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    '-j TTL --ttl-set 255': '=',
    '-j TTL --ttl-inc 255': '=',
    '-j TTL --ttl-set 1': '=',
    '-j TTL --ttl-inc 1': '=',
    '-j TTL --ttl-dec 1': '=',
  },
  rejects: {
    '-j TTL --ttl-set x': /^TTL: bad value for option "--ttl-set", or out of range \(0-255\)\.$/,
    '-j TTL --ttl-set': /^option "--ttl-set" requires an argument$/,
    '-j TTL --ttl-set 1 --ttl-inc 2 --ttl-dec 3':
      /^TTL: option "--ttl-set" cannot be used together with "--ttl-inc"\.$/,
    '-j TTL --ttl-set 1 --ttl-inc 1': /^TTL: option "--ttl-set" cannot be used together with "--ttl-inc"\.$/,
    '-j TTL --ttl-inc 1 --ttl-dec 1': /^TTL: option "--ttl-dec" cannot be used together with "--ttl-inc"\.$/,
    '-j TTL --ttl-dec 1 --ttl-set 1': /^TTL: option "--ttl-set" cannot be used together with "--ttl-dec"\.$/,
    '-j TTL --ttl-dec 1 --ttl-dec 1': /^TTL: option "--ttl-dec" can only be used once\.$/,
    '-j TTL --ttl-dec 0': /^TTL: bad value for option "--ttl-dec", or out of range \(1-255\)\.$/,
    '-j TTL --ttl-inc 0': /^TTL: bad value for option "--ttl-inc", or out of range \(1-255\)\.$/,
    '-j TTL --ttl-inc 256': /^TTL: bad value for option "--ttl-inc", or out of range \(1-255\)\.$/,
    '-j TTL --ttl-set -1': /^TTL: bad value for option "--ttl-set", or out of range \(0-255\)\.$/,
    '-j TTL ! --ttl-set 1': /^TTL: option "--ttl-set" cannot be inverted\.$/,
    '-j TTL': /^TTL: You must specify an action$/,
  },
})

testTarget(TTL, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-j TTL --ttl-set 1': /^-j TTL is only valid in table mangle, not in table filter$/,
  },
})
