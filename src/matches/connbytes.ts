import { computed, OUTCOME, type Test } from '../expression/test.ts'
import type { Connection } from '../packet/connection.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, optionOf, parseParts, type Values } from '../xtables/index.ts'

const MOST = 0xffff_ffff_ffff_ffffn

/** An inclusive range of 64-bit numbers. */
interface BigRange {
  readonly from: bigint
  readonly to: bigint
}

function formatBigRange({ from, to }: BigRange): string {
  return to === MOST ? String(from) : `${from}:${to}`
}

const range = optionOf<BigRange>({
  words: 1,
  placeholder: 'from[:to]',
  parse: ([word = ''], context) => {
    const [from = 0n, to = MOST] = parseParts(word, context, MOST)
    if (to < from) throw new UsageError(`${from} should be less than ${to}`)
    return { from, to }
  },
  format: formatBigRange,
})

function oneOf<const T extends string>(option: string, words: readonly T[]): ReturnType<typeof optionOf<T>> {
  return optionOf<T>({
    words: 1,
    placeholder: words.join('|'),
    parse: ([word = '']) => {
      const found = words.find((one) => one === word)
      if (found === undefined) throw new UsageError(`Unknown --${option} \`${word}'`)
      return found
    },
    format: (word) => word,
  })
}

const options = {
  connbytes: range({
    help: 'least and most packets, bytes or bytes per packet, 0 to 2^64-1',
    invertible: true,
    required: true,
  }),
  'connbytes-dir': oneOf('connbytes-dir', ['original', 'reply', 'both'])({
    help: 'whose packets count: original, reply or both',
    required: true,
  }),
  'connbytes-mode': oneOf('connbytes-mode', ['packets', 'bytes', 'avgpkt'])({
    help: 'what is counted: packets, bytes, or bytes per packet (avgpkt)',
    required: true,
  }),
}

type Mode = 'packets' | 'bytes' | 'avgpkt'
type Direction = 'original' | 'reply' | 'both'

/** Source: Linux connbytes_mt(). */
function measure({ accounting }: Connection, mode: Mode, direction: Direction): number {
  const [original, reply] = accounting
  const sum = (key: 'packets' | 'bytes'): number =>
    (direction === 'reply' ? 0 : original[key]) + (direction === 'original' ? 0 : reply[key])
  if (mode !== 'avgpkt') return sum(mode)
  return sum('packets') === 0 ? 0 : Math.floor(sum('bytes') / sum('packets'))
}

/** Without accounting not even this packet has been counted. */
function isCounted({ accounting: [original, reply] }: Connection): boolean {
  return original.packets + reply.packets > 0
}

/** Inverting is exchanging the ends, so that a range of one number cannot be inverted. */
function isInverted({ connbytes: given }: Values<typeof options>): boolean {
  return given?.inverted === true && given.value.from !== given.value.to
}

function countTest(values: Values<typeof options>): Test {
  const { from, to } = values.connbytes?.value ?? { from: 0n, to: MOST }
  const mode = values['connbytes-mode']?.value ?? 'bytes'
  const direction = values['connbytes-dir']?.value ?? 'both'
  const [low, high, inverted] = [Number(from), Number(to), isInverted(values)]
  return computed(
    'connbytes',
    false,
    ({ ct }) => {
      if (ct === null || !isCounted(ct)) return OUTCOME.no
      const count = measure(ct, mode, direction)
      return (low <= count && count <= high) !== inverted ? OUTCOME.yes : OUTCOME.no
    },
    ({ ct }) => (ct === null ? 'no connection' : String(measure(ct, mode, direction))),
  )
}

/**
 * `-m connbytes`: packets, bytes or bytes per packet that the connection has seen, this packet included, in one
 * direction or both; 0..2^64-1. A packet without a connection never matches, nor does any while accounting is off
 * (`net.netfilter.nf_conntrack_acct`); loading a rule with this match turns it on.
 *
 * `!` of a range of one number does nothing.
 *
 * Source: iptables-extensions(8) "connbytes"; Linux xt_connbytes.c connbytes_mt().
 */
export const connbytes = defineMatch({
  name: 'connbytes',
  families: [4, 6],
  needsConntrack: true,
  needsAccounting: true,
  options,
  holds: countTest,
  list: (values) => {
    const { connbytes: given, 'connbytes-mode': mode, 'connbytes-dir': direction } = values
    if (!given || !mode || !direction) return ''
    const range = `${isInverted(values) ? ' !' : ''} connbytes ${formatBigRange(given.value)}`
    return `${range} connbytes mode ${mode.value} connbytes direction ${direction.value}`
  },
  save: (values) => {
    const { connbytes: given, 'connbytes-mode': mode, 'connbytes-dir': direction } = values
    if (!given || !mode || !direction) return ''
    return `${isInverted(values) ? ' !' : ''} --connbytes ${formatBigRange(given.value)} --connbytes-mode ${mode.value} --connbytes-dir ${direction.value}`
  },
})
