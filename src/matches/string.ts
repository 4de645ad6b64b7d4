import { computed, not, OUTCOME, type Test } from '../expression/test.ts'
import { toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, flag, type Options, optionOf, uint16, type Values } from '../xtables/index.ts'
import { searcher } from './string-search.ts'

/** Source: linux/netfilter/xt_string.h XT_STRING_MAX_PATTERN_SIZE. */
const LONGEST_PATTERN = 128

const encoder = new TextEncoder()

function checkLength(bytes: Uint8Array, word: string): Uint8Array {
  if (bytes.length > LONGEST_PATTERN) throw new UsageError(`STRING too long "${word}"`)
  return bytes
}

/**
 * Text with bytes in hexadecimal between bars, such as `abc|0d 0a|def`; a backslash outside keeps the next byte.
 * The byte behind a closing bar is always taken as it is. Source: libxt_string.c parse_hex_string().
 */
function parseHexString(word: string): Uint8Array {
  const text = encoder.encode(word)
  if (text.length === 0) throw new UsageError('STRING must contain at least one char')
  const char = (at: number): string => String.fromCharCode(text[at] ?? 0)
  const out: number[] = []
  let inHex = false
  for (let at = 0; at < text.length; ) {
    let isLiteral = false
    if (char(at) === '\\') {
      if (inHex) throw new UsageError('Cannot include literals in hex data')
      isLiteral = true
    } else if (char(at) === '|') {
      inHex = !inHex
      while (inHex && char(at + 1) === ' ') at++
      if (at + 1 >= text.length) break
      at++
    }
    if (isLiteral) {
      if (at + 1 >= text.length) throw new UsageError('Bad literal placement at end of string')
      out.push(text[at + 1] as number)
      at += 2
    } else if (inHex) {
      if (at + 1 >= text.length) throw new UsageError('Odd number of hex digits')
      if (at + 2 >= text.length) throw new UsageError('Invalid hex block')
      for (const digit of [char(at), char(at + 1)]) {
        if (!/[0-9a-f]/i.test(digit)) throw new UsageError(`Invalid hex char '${digit}'`)
      }
      out.push(Number.parseInt(char(at) + char(at + 1), 16))
      at += char(at + 2) === ' ' ? 3 : 2
    } else out.push(text[at++] as number)
  }
  return checkLength(Uint8Array.from(out), word)
}

const plainPattern = optionOf<Uint8Array>({
  words: 1,
  placeholder: 'pattern',
  parse: ([word = '']) => checkLength(encoder.encode(word), word),
  format: formatPattern,
})

const hexPattern = optionOf<Uint8Array>({
  words: 1,
  placeholder: 'pattern',
  parse: ([word = '']) => parseHexString(word),
  format: formatPattern,
})

/** Bytes that are not ASCII text, and text that ends in a backslash, are saved in hexadecimal. */
function isText(pattern: Uint8Array): boolean {
  return pattern.at(-1) !== 0x5c && pattern.every((byte) => byte >= 0x20 && byte < 0x7f)
}

function formatPattern(pattern: Uint8Array): string {
  if (!isText(pattern)) return `"|${toHex(pattern)}|"`
  return `"${String.fromCharCode(...pattern).replace(/["\\]/g, (character) => `\\${character}`)}"`
}

/** Any word: whether there is such an algorithm, the kernel says. */
const algorithm = optionOf<string>({
  words: 1,
  placeholder: 'algorithm',
  parse: ([word = '']) => word,
  format: (word) => word,
})

const ALGORITHMS = ['bm', 'kmp', 'fsm']

/** Bytes of one step: two of its type, low byte first, then how often, then a value. */
const STEP = 4
/** The greatest type, and the greatest "how often", which skips all before the next step. */
const [LAST_TYPE, SKIP] = [13, 4]

/** Source: Linux ts_fsm.c fsm_init(). */
function isStateMachine(pattern: Uint8Array, ignoreCase: boolean): boolean {
  if (ignoreCase || pattern.length % STEP !== 0) return false
  for (let at = 0; at < pattern.length; at += STEP) {
    const [low = 0, high = 0, often = 0] = pattern.subarray(at, at + STEP)
    if (low + 256 * high > LAST_TYPE || often > SKIP) return false
    if (often === SKIP && (at > 0 || pattern.length === STEP)) return false
  }
  return true
}

const options = {
  algo: algorithm({ help: 'how to search: bm (Boyer-Moore) or kmp (Knuth-Morris-Pratt)', required: true }),
  string: plainPattern({ help: 'text to find, 1-128 bytes', invertible: true, excludes: ['hex-string'] }),
  'hex-string': hexPattern({
    help: 'the same, with bytes in hexadecimal between bars: |0d 0a|',
    invertible: true,
    excludes: ['string'],
  }),
  from: uint16({
    help: 'first byte to look at, 0-65535, counted from the IP header',
    isDefault: (offset) => offset === 0,
  }),
  to: uint16({
    help: 'byte to stop before, 0-65535, counted from the IP header',
    isDefault: (offset) => offset === 0xffff,
  }),
  icase: flag({ help: 'upper and lower case are the same' }),
} satisfies Options

function search(values: Values<typeof options>): Test {
  const find = searcher({
    algorithm: values.algo?.value === 'kmp' ? 'kmp' : 'bm',
    pattern: (values.string ?? values['hex-string'])?.value ?? new Uint8Array(0),
    ignoreCase: values.icase !== undefined,
    from: values.from?.value ?? 0,
    to: values.to?.value ?? 0xffff,
  })
  return computed(
    'string',
    false,
    (packet) => (find(packet) ? OUTCOME.yes : OUTCOME.no),
    (packet) => `${packet.length} bytes searched`,
  )
}

/**
 * `-m string`: a sequence of 1..128 bytes lies in the packet, wholly between the offsets `--from` and `--to`
 * (exclusive), counted from the network header.
 *
 * Of packets put together from fragments, `bm` does not see what lies across two; `kmp` does. `--icase` ignores
 * the case of Latin-1 letters. The kernel's third algorithm, `fsm`, takes steps of a state machine instead of text;
 * what it finds is unknown.
 *
 * Source: iptables-extensions(8) "string"; Linux xt_string.c string_mt(), skb_find_text().
 */
export const string = defineMatch({
  name: 'string',
  families: [4, 6],
  options,
  check: (values) => {
    const given = values.string ?? values['hex-string']
    if (given === undefined) throw new UsageError("STRING match: You must specify `--string' or `--hex-string'")
    const refuse = (reason: string, errno: 'EINVAL' | 'ENOENT' = 'EINVAL'): never => {
      throw new UsageError(`string: ${reason}`, { errno })
    }
    if (given.value.length === 0) refuse('an empty string cannot be searched')
    if ((values.from?.value ?? 0) > (values.to?.value ?? 0xffff)) refuse('--from is behind --to')
    const algorithm = values.algo?.value ?? 'bm'
    if (algorithm === 'fsm' && !isStateMachine(given.value, values.icase !== undefined)) {
      refuse('these are no steps of a state machine')
    }
    if (!ALGORITHMS.includes(algorithm)) refuse(`there is no algorithm "${algorithm}"`, 'ENOENT')
  },
  holds: (values) => {
    if (values.algo?.value === 'fsm') return { kind: 'unknown', extension: 'string' }
    const test = search(values)
    return (values.string ?? values['hex-string'])?.inverted ? not(test) : test
  },
  list: (values) => {
    const given = values.string ?? values['hex-string']
    if (given === undefined) return ''
    const from = values.from?.value ?? 0
    const to = values.to?.value ?? 0xffff
    return [
      ` STRING match ${given.inverted ? '!' : ''} ${formatPattern(given.value)} ALGO name ${values.algo?.value}`,
      from === 0 ? '' : ` FROM ${from}`,
      to === 0xffff ? '' : ` TO ${to}`,
      values.icase ? ' ICASE' : '',
    ].join('')
  },
  save: (values) => {
    const given = values.string ?? values['hex-string']
    if (given === undefined) return ''
    const from = values.from?.value ?? 0
    const to = values.to?.value ?? 0xffff
    return [
      `${given.inverted ? ' !' : ''} --${isText(given.value) ? 'string' : 'hex-string'} ${formatPattern(given.value)}`,
      ` --algo ${values.algo?.value}`,
      from === 0 ? '' : ` --from ${from}`,
      to === 0xffff ? '' : ` --to ${to}`,
      values.icase ? ' --icase' : '',
    ].join('')
  },
})
