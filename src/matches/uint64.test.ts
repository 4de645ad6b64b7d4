import { expect, it } from 'vitest'
import { Random } from '../util/random.ts'
import { Uint64 } from './uint64.ts'

const random = new Random('uint64')
const draw = (): bigint => {
  const value = (BigInt(random.next()) << 32n) | BigInt(random.next())
  return random.below(3) === 0 ? value >> 40n : random.below(3) === 0 ? (1n << 64n) - 1n - (value >> 50n) : value
}

it(`counts as 64 bits do (seed ${random.seed})`, () => {
  for (let round = 0; round < 500; round++) {
    const [a, b, factor] = [draw(), draw(), random.below(5000)]
    const sum = Uint64.of(a)
    sum.add(Number(b >> 32n), Number(b & 0xffffffffn))
    expect(sum.value).toBe(BigInt.asUintN(64, a + b))
    const difference = Uint64.of(a)
    difference.subtract(Uint64.of(b))
    expect(difference.value).toBe(BigInt.asUintN(64, a - b))
    const product = new Uint64()
    product.product(Uint64.of(a), factor)
    expect(product.value).toBe(BigInt.asUintN(64, a * BigInt(factor)))
    expect(Uint64.of(a).isBelow(Uint64.of(b))).toBe(a < b)
  }
})

it('knows nothing but zero as zero', () => {
  expect([0n, 1n, 1n << 32n].map((value) => Uint64.of(value).isZero())).toEqual([true, false, false])
})
