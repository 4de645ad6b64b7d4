import { expect, it } from 'vitest'
import { jhashAddress, scale, swapBytes } from './jhash.ts'

// The addresses Linux 6.18 gave to clients out of 10.0.1.40-10.0.1.140 for packets to 10.0.2.9.
it.each([
  [0x0a000005, 0x70],
  [0x0a000006, 0x89],
])('spreads clients as the kernel does', (client, last) => {
  expect(40 + scale(jhashAddress([client, 0, 0, 0], swapBytes(0x0a000209)), 101)).toBe(last)
})

it('without the server in it for --persistent', () => {
  expect(40 + scale(jhashAddress([0x0a000005, 0, 0, 0], 0), 101)).toBe(0x81)
})

it('scales without losing bits', () => {
  expect(scale(0xffffffff, 0xffffffff)).toBe(0xfffffffe)
  expect(scale(0x80000000, 3)).toBe(1)
  expect(scale(0, 65536)).toBe(0)
})
