import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { packetWith, udp4, udp6 } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import type { Packet } from '../packet/packet.ts'
import { fromHex } from '../util/bytes.ts'
import { type BpfInstruction, isValidBpf, runBpf } from './bpf-program.ts'

/** `code jt jf k` of each instruction; k may be negative. */
function program(text: string): BpfInstruction[] {
  return text.split(',').map((line) => {
    const [code = 0, jt = 0, jf = 0, k = 0] = line.trim().split(' ').map(Number)
    return { code, jt, jf, k: k >>> 0 }
  })
}

// 10.0.0.1 > 10.0.0.2, UDP, 28 bytes: 45 00 00 1c .. .. .. .. 40 11.
const udp = packetWith(udp4())
const run = (text: string, on: Packet = udp, environment = new TestEnvironment()): number | string =>
  runBpf(program(text), on, environment)

describe('what the kernel takes', () => {
  it.each([
    '6 0 0 1',
    '22 0 0 0',
    '5 0 0 0, 6 0 0 0',
    '2 0 0 15, 96 0 0 15, 22',
    '32 0 0 -4096, 22',
    // Both ways write the cell.
    '21 1 0 0, 2 0 0 3, 2 0 0 3, 96 0 0 3, 22',
  ])('%s', (text) => expect(isValidBpf(program(text))).toBe(true))

  it.each([
    ['an unknown code', '14 0 0 0, 6'],
    ['no return at the end', '6 0 0 1, 48 0 0 0'],
    ['a jump behind the end', '21 1 0 0, 6'],
    ['the other way behind the end', '21 0 1 0, 6'],
    ['a long jump behind the end', '5 0 0 1, 6'],
    ['a division by zero', '52 0 0 0, 6'],
    ['a remainder by zero', '148 0 0 0, 6'],
    ['a shift by 32', '100 0 0 32, 6'],
    ['a cell that there is not', '2 0 0 16, 6'],
    ['a cell that nobody wrote', '96 0 0 0, 6'],
    ['a cell that one way does not write', '21 0 1 0, 2 0 0 3, 96 0 0 3, 22'],
    ['an ancillary load that there is not', '32 0 0 -4095, 6'],
  ])('not %s', (_what, text) => expect(isValidBpf(program(text))).toBe(false))
})

describe('what a program returns', () => {
  it.each([
    ['a byte', '48 0 0 9, 22', 17],
    ['two bytes', '40 0 0 2, 22', 28],
    ['four bytes', '32 0 0 0, 22', 0x4500001c],
    ['0 outside of the packet', '0 0 0 5, 32 0 0 25, 22', 0],
    ['bytes at an index', '1 0 0 8, 80 0 0 1, 22', 17],
    ['bytes at an index that wraps around', '1 0 0 10, 80 0 0 -1, 22', 17],
    ['the header length', '177 0 0 0, 135, 22', 20],
    ['bytes from the network header', '48 0 0 -1048567, 22', 17],
    ['bytes from where a frame would begin', '48 0 0 -2097143, 22', 17],
    ['0 before that', '0 0 0 5, 48 0 0 -2097153, 22', 0],
    ['the length of the packet', '128, 22', 28],
    ['the same in X', '129, 135, 22', 28],
    ['cells', '0 0 0 7, 2 0 0 1, 1 0 0 8, 3 0 0 2, 97 0 0 1, 96 0 0 2, 12, 22', 15],
    ['sums modulo 2^32', '0 0 0 -1, 4 0 0 3, 22', 2],
    ['differences modulo 2^32', '20 0 0 1, 22', 0xffffffff],
    ['products modulo 2^32', '0 0 0 65537, 36 0 0 65537, 22', 131073],
    ['quotients without sign', '0 0 0 -1, 52 0 0 2, 22', 0x7fffffff],
    ['remainders without sign', '0 0 0 -1, 148 0 0 10, 22', 5],
    ['0 for a division by X = 0', '0 0 0 5, 60, 6 0 0 1', 0],
    ['0 for a remainder by X = 0', '0 0 0 5, 156, 6 0 0 1', 0],
    ['shifts by X modulo 32', '1 0 0 33, 0 0 0 1, 108, 22', 2],
    ['right shifts without sign', '0 0 0 -1, 116 0 0 28, 22', 15],
    ['bits', '0 0 0 12, 68 0 0 3, 84 0 0 -2, 164 0 0 -1, 22', 0xfffffff1],
    ['a negation', '0 0 0 1, 132, 22', 0xffffffff],
    ['a comparison without sign', '0 0 0 -1, 37 0 1 5, 6 0 0 1, 6 0 0 2', 1],
    ['a test of bits', '0 0 0 6, 69 1 0 1, 6 0 0 1, 6 0 0 2', 1],
    ['a comparison with X', '1 0 0 5, 0 0 0 5, 61 0 1 0, 6 0 0 1, 6 0 0 2', 1],
  ])('%s', (_what, text, wanted) => {
    expect(isValidBpf(program(text))).toBe(true)
    expect(run(text)).toBe(wanted)
  })
})

describe('ancillary loads', () => {
  const load = (field: number): string => `32 0 0 ${-4096 + field}, 22`
  const device = { name: 't0', index: 7, link: 'none', mtu: 1500, up: true, mac: null, addresses: [] } as const
  const at = (hook: TestEnvironment['hook']): TestEnvironment => Object.assign(new TestEnvironment(), { hook })

  it('tell the protocol, the kind of packet and its mark', () => {
    const marked = packetWith(udp4(), { mark: 0xffffffff, pkttype: 2 })
    expect([0, 4, 20].map((field) => run(load(field), marked))).toEqual([0x0800, 2, 0xffffffff])
    expect(run(load(0), packetWith(udp6()))).toBe(0x86dd)
  })

  it('tell the device that the packet is at', () => {
    const forwarded = packetWith(udp4(), { inDevice: device, outDevice: { ...device, index: 9, link: 'ether' } })
    expect([8, 28].map((field) => run(load(field), forwarded, at('FORWARD')))).toEqual([7, 0xfffe])
    expect([8, 28].map((field) => run(load(field), forwarded, at('POSTROUTING')))).toEqual([9, 1])
  })

  it('return what A was where there is no device', () => {
    expect(run(`0 0 0 5, 32 0 0 -4088, 6 0 0 1`, udp, at('OUTPUT'))).toBe(5)
  })

  it('combine A and X', () => expect(run('1 0 0 6, 0 0 0 5, 32 0 0 -4056, 22')).toBe(3))

  it('tell where the payload begins', () => {
    const tcp = packetWith(
      packet.tcp({ source: '10.0.0.1', destination: '10.0.0.2', options: [{ kind: 'mss', value: 1 }] }),
    )
    expect([udp, packetWith(udp6()), tcp].map((one) => run(load(52), one))).toEqual([28, 48, 44])
    expect(run(load(52), packetWith(packet.raw({ destination: '10.0.0.2', payload: 16, offset: 8 })))).toBe('unknown')
  })

  it('say that what only the machine knows is unknown', () => {
    expect([12, 16, 24, 32, 36].map((field) => run(load(field)))).toEqual(new Array(5).fill('unknown'))
  })

  it('give random numbers', () => {
    const environment = new TestEnvironment()
    environment.randomNumbers = [0xfedcba98]
    expect(run(load(56), udp, environment)).toBe(0xfedcba98)
  })
})

it('reads the frame that the packet came in, across its end', () => {
  const framed = packetWith(udp4(), { frame: fromHex('ffffffffffff 021122334455 0800') })
  expect(run('40 0 0 -2097140, 22', framed)).toBe(0x0800)
  expect(run('32 0 0 -2097140, 22', framed)).toBe(0x08004500)
  expect(run('48 0 0 -2097129, 22', framed)).toBe(17)
  const own = packetWith(udp4(), { owner: { uid: 0, gid: 0, supplementaryGroups: [] } })
  expect(run('0 0 0 5, 48 0 0 -2097140, 22', own)).toBe(0)
})
