import { describe, expect, it } from 'vitest'
import type { Family } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import {
  host,
  hostMask,
  markMask,
  nameList,
  numberRange,
  type OptionDefinition,
  parseNumber,
  portRange,
  protocolValue,
  resolvedPortRange,
  uint8,
} from './index.ts'

/** What the words are saved as. */
function through<T>(kind: OptionDefinition<T>, word: string, family: Family = 4): string {
  const context = { family, extension: 'x', option: 'y', protocol: 6 }
  return kind.format(kind.parse([word], context), context)
}

it('reads numbers as strtoul does', () => {
  expect(['0', '10', '0x1F', '010', '0X0'].map(parseNumber)).toEqual([0, 10, 31, 8, 0])
  expect(['', '08', '0x', '-1', '1 ', '1.5', 'x'].map(parseNumber)).toEqual(Array(7).fill(null))
  expect(['+1', ' 1', '\t+0x10'].map(parseNumber)).toEqual([1, 1, 16])
})

describe('option values', () => {
  it.each([
    [uint8(), '0x40', '64'],
    [markMask(), '1/0xff', '0x1/0xff'],
    [markMask(), '010', '0x8'],
    [numberRange(16)(), ':5', '0:5'],
    [numberRange(16)(), '5:', '5:65535'],
    [numberRange(16)(), '5:5', '5'],
    [portRange(), 'ssh:http', '22:80'],
    [portRange(), '0x10', '16'],
    [resolvedPortRange(), '65536', '0'],
    [resolvedPortRange(), '4294967297', '1'],
    [resolvedPortRange(), '', '0'],
    [resolvedPortRange(), '010', '10'],
    [resolvedPortRange(), 'domain:', '53:65535'],
    [protocolValue(), 'TCP', '6'],
    [protocolValue(), 'mh', '135'],
    [protocolValue(), '0xff', '255'],
    [host(), '10.1', '10.0.0.1'],
    [host(), '0x7f.1', '127.0.0.1'],
    [hostMask(), '10.0.0.1/255.255.0.0', '10.0.0.1/16'],
    [hostMask(), '10.0.0.1/255.255.255.1', '10.0.0.1'],
    [hostMask(), '10.0.0.1/0', '10.0.0.1/0'],
  ])('%# %s', (kind, word, wanted) => {
    expect(through(kind as OptionDefinition<unknown>, word)).toBe(wanted)
  })

  it.each([
    [uint8(), '256', /out of range \(0-255\)/],
    [markMask(), '4294967296', /out of range/],
    [markMask(), '1/', /mark|Bad value|bad/],
    [numberRange(16)(), '65536', /out of range/],
    [portRange(), '10:5', /min > max/],
    [portRange(), '65536', /invalid port/],
    [resolvedPortRange(), '2147483648', /does not resolve/],
    [resolvedPortRange(), 'nosuch', /does not resolve/],
    [protocolValue(), 'Tcp', /unknown protocol "Tcp"/],
    [host(), '10.256', undefined],
    [host(), '1.2.3.4.5', /Name or service not known/],
    [host(), '::1', /Address family/],
    [hostMask(), '10.0.0.1/x', /neither a valid network mask/],
  ])('%# refuses %s', (kind, word, wanted) => {
    const read = (): string => through(kind as OptionDefinition<unknown>, word)
    if (wanted) expect(read).toThrow(wanted)
    else expect(read()).toBe('10.0.1.0')
  })
})

describe('lists of names', () => {
  const refuse = (rest: string): UsageError => new UsageError(`bad: ${rest}`)
  const whole = nameList({ bits: { ONE: 1, TWO: 2 }, refuse })()
  const short = nameList({ bits: { TWO: 2, THREE: 4 }, abbreviations: ['THREE', 'TWO', 'NIL'], none: 'NIL', refuse })()

  it('are saved in their own order', () => {
    expect(through(whole, 'two,One')).toBe('ONE,TWO')
  })

  it('may be abbreviated where the first fitting name is meant', () => {
    expect([through(short, 't'), through(short, 'tw,TH'), through(short, 'n')]).toEqual(['THREE', 'TWO,THREE', 'NIL'])
    expect(() => through(whole, 'ON')).toThrow('bad: ON')
  })

  it('are refused from the faulty name on', () => {
    expect(() => through(whole, 'ONE,x,TWO')).toThrow('bad: x,TWO')
    expect(() => through(short, 'TWO,')).toThrow('bad: ')
    expect(() => through(whole, '')).toThrow('bad: ')
  })
})
