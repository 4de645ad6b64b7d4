import { expect, it } from 'vitest'
import { testMatch } from '../../test/harness/extension-tester.ts'
import { askKernel, kernelMissing } from '../../test/harness/kernel-rows.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import { toHex } from '../util/bytes.ts'
import { Random } from '../util/random.ts'
import { string } from './string.ts'
import { searcher } from './string-search.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9' }
/** The data begins at offset 28. */
const carrying = (payload: Uint8Array | string): Uint8Array => packet.udp({ ...ends, payload })
const hello = carrying('Hello, world\0é')
/** Put together from two fragments: the second begins in the middle of "world". */
const inPieces = packetWith(carrying('Hello, world'), { pieces: [38, 2] })

testMatch(string, {
  saves: {
    '-m string --algo fsm --hex-string "|0d00000000000361|"': '-m string --hex-string "|0d00000000000361|" --algo fsm',
    '-m string --algo fsm --hex-string "|00000400 00000041|"': '-m string --hex-string "|0000040000000041|" --algo fsm',
    '-m string --algo bm --string "GET /"': '-m string --string "GET /" --algo bm',
    '-m string --algo kmp ! --hex-string "|41 42|c|43|" --from 010': '-m string ! --string "ABcC" --algo kmp --from 8',
    '-m string --algo bm --hex-string "|de ad be ef|" --to 0': '-m string --hex-string "|deadbeef|" --algo bm --to 0',
    '-m string --algo bm --hex-string "a\\\\|b"': '-m string --string "a|b" --algo bm',
    '-m string --algo bm --hex-string "|41||42|"': '-m string --string "A|42" --algo bm',
    '-m string --algo bm --hex-string "|  41|"': '-m string --string "A" --algo bm',
    '-m string --algo bm --string "a\\\\"': '-m string --hex-string "|615c|" --algo bm',
    '-m string --algo bm --string "it\'s \\"é"': '-m string --hex-string "|697427732022c3a9|" --algo bm',
    '-m string --icase --algo bm --string x --from 5 --to 65535': '-m string --string "x" --algo bm --from 5 --icase',
    '-m string --algo kmp ! --string abc': '-m string ! --string "abc" --algo kmp',
    '-m string --algo bm --hex-string "|de ad be ef|"': '-m string --hex-string "|deadbeef|" --algo bm',
    '-m string --algo bm ! --hex-string "|de ad be ef|"': '-m string ! --hex-string "|deadbeef|" --algo bm',
    '-m string --algo bm --string x --from 5 --to 10': '-m string --string "x" --algo bm --from 5 --to 10',
    '-m string --algo bm --string x --to 10': '-m string --string "x" --algo bm --to 10',
    '-m string --algo bm --string x --to 65534': '-m string --string "x" --algo bm --to 65534',
    '-m string --algo bm --string x --from 65535': '-m string --string "x" --algo bm --from 65535',
    '-m string --algo bm --string "a\\"b"': '-m string --string "a\\"b" --algo bm',
    '-m string --algo bm --string "a\\\\b"': '-m string --string "a\\\\b" --algo bm',
    '-m string --algo bm --string "a|b"': '-m string --string "a|b" --algo bm',
    '-m string --algo bm --string " "': '-m string --string " " --algo bm',
    '-m string --algo bm --string "a\\tb"': '-m string --string "atb" --algo bm',
    '-m string --algo kmp --string abc -m string --algo bm --string def':
      '-m string --string "abc" --algo kmp -m string --string "def" --algo bm',
    '-m string --algo bm --hex-string "a|"': '-m string --string "a" --algo bm',
    '-m string --algo bm --hex-string "|41 |"': '-m string --string "A" --algo bm',
    '-m string --algo bm --string aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa':
      '-m string --string "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" --algo bm',
    '-m string --algo bm --hex-string aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa':
      '-m string --string "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" --algo bm',
  },
  rejects: {
    '-m string --string a --hex-string b': /option "--algo" must be specified/,
    '-m string --algo fsm --hex-string "|0e000000|"': /no steps of a state machine/,
    '-m string --algo fsm --hex-string "|00010000|"': /no steps of a state machine/,
    '-m string --algo fsm --hex-string "|00000500|"': /no steps of a state machine/,
    '-m string --algo fsm --hex-string "|00000400|"': /no steps of a state machine/,
    '-m string --algo fsm --hex-string "|0000000000000400|"': /no steps of a state machine/,
    '-m string --algo fsm --hex-string "|0000040000000400|"': /no steps of a state machine/,
    '-m string --algo fsm --icase --hex-string "|00000000|"': /no steps of a state machine/,
    '-m string --algo fsm --string ""': /empty/,
    '-m string --algo bm': /You must specify `--string' or `--hex-string'/,
    '-m string --string a': /option "--algo" must be specified/,
    '-m string --algo bm --string a --hex-string b': /cannot be used together/,
    '-m string --algo bm --string ""': /empty/,
    '-m string --algo bm --hex-string ""': /STRING must contain at least one char/,
    '-m string --algo bm --hex-string "|4|"': /Invalid hex block/,
    '-m string --algo bm --hex-string "||"': /Odd number of hex digits/,
    '-m string --algo bm --hex-string "|zz|"': /Invalid hex char 'z'/,
    '-m string --algo bm --hex-string "|41  42|"': /Invalid hex char ' '/,
    '-m string --algo fsm --string a': /no steps of a state machine/,
    '-m string --algo bm --string a --from 50 --to 10': /--from/,
    [`-m string --algo bm --string ${'a'.repeat(129)}`]: /STRING too long/,
    '-m string --algo bm --string ! abc': /Bad argument `abc'/,
    '-m string': /^STRING match: You must specify `--string' or `--hex-string'$/,
    '-m string --hex-string a': /^string: option "--algo" must be specified$/,
    '-m string --algo bm --hex-string b --string a':
      /^string: option "--string" cannot be used together with "--hex-string"\.$/,
    '-m string --algo bm --string a --string b': /^string: option "--string" can only be used once\.$/,
    '-m string --algo bm --hex-string a --hex-string b': /^string: option "--hex-string" can only be used once\.$/,
    '-m string --algo bm --algo kmp --string a': /^string: option "--algo" can only be used once\.$/,
    '-m string --algo bm --string a --from 1 --from 2': /^string: option "--from" can only be used once\.$/,
    '-m string --algo bm --string a --to 1 --to 2': /^string: option "--to" can only be used once\.$/,
    '-m string --algo bm --string a --icase --icase': /^string: option "--icase" can only be used once\.$/,
    '-m string --algo bm --hex-string "|"': /^string: an empty string cannot be searched$/,
    '-m string --algo bm --hex-string "|41"': /^Invalid hex block$/,
    '-m string --algo bm --hex-string "|414"': /^Odd number of hex digits$/,
    '-m string --algo bm --hex-string "a\\\\"': /^Bad literal placement at end of string$/,
    '-m string --algo bm --hex-string "|4\\\\1|"': /^Invalid hex char '\\'$/,
    '-m string --algo bm --hex-string "|4z|"': /^Invalid hex char 'z'$/,
    '-m string --algo bm --hex-string "| |"': /^Odd number of hex digits$/,
    '-m string --algo "" --string a': /^string: there is no algorithm ""$/,
    '-m string --algo': /^option "--algo" requires an argument$/,
    '-m string --algo 1234567890123456 --string a': /^string: there is no algorithm "1234567890123456"$/,
    '-m string --algo 123456789012345 --string a': /^string: there is no algorithm "123456789012345"$/,
    '-m string --algo 12345678901234567 --string a': /^string: there is no algorithm "12345678901234567"$/,
    '-m string --algo BM --string a': /^string: there is no algorithm "BM"$/,
    '-m string --algo bm --string a --from 65536':
      /^string: bad value for option "--from", or out of range \(0-65535\)\.$/,
    '-m string --algo bm --string a --to 65536': /^string: bad value for option "--to", or out of range \(0-65535\)\.$/,
    '-m string --algo bm --string a --from x': /^string: bad value for option "--from", or out of range \(0-65535\)\.$/,
    '-m string --algo bm --string a --from -1':
      /^string: bad value for option "--from", or out of range \(0-65535\)\.$/,
    '-m string --algo bm --string aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa':
      /^STRING too long "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"$/,
    '-m string --algo bm --hex-string aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa':
      /^STRING too long "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"$/,
    '-m string ! --algo bm --string abc': /^string: option "--algo" cannot be inverted\.$/,
    '-m string --algo bm --string abc ! --icase': /^string: option "--icase" cannot be inverted\.$/,
    '-m string --algo bm --string abc ! --from 5': /^string: option "--from" cannot be inverted\.$/,
    '-m string --string': /^option "--string" requires an argument$/,
    '-m string --from 5 --algo bm': /^STRING match: You must specify `--string' or `--hex-string'$/,
    '-m string --from 5': /^STRING match: You must specify `--string' or `--hex-string'$/,
    '-m string --algo fsm --string aaaa': /no steps of a state machine/,
    '-m string --algo BM --string ""': /^string: an empty string cannot be searched$/,
    '-m string --algo bm --string a --string ""': /^string: option "--string" can only be used once\.$/,
    '-m string --algo nosuch --string a --from 50 --to 10': /^string: --from is behind --to$/,
  },
  matches: [
    ['-m string --algo bm --string Hello', hello],
    ['-m string --algo kmp --string world', hello],
    ['-m string --algo bm --hex-string "|00 c3a9|"', hello],
    ['-m string --algo bm ! --string hello', hello],
    ['-m string --algo bm --icase --string hELLO', hello],
    ['-m string --algo bm --icase --hex-string "|e3 89|"', carrying(Uint8Array.of(0xc3, 0x89))],
    ['-m string --algo bm --string Hello --from 28 --to 33', hello],
    ['-m string --algo kmp --string Hello --from 28 --to 33', hello],
    ['-m string --algo bm --hex-string "|0a00 0005|"', hello],
    ['-m string --algo bm --hex-string "|45|" --to 1', hello],
    ['-m string --algo kmp --string "o, w"', inPieces],
    ['-m string --algo bm --string Hello', inPieces],
    ['-m string --algo bm --string ld', inPieces],
  ],
  misses: [
    ['-m string --algo bm --string hello', hello],
    ['-m string --algo kmp ! --string Hello', hello],
    ['-m string --algo bm --string Hello --from 29', hello],
    ['-m string --algo bm --string Hello --from 28 --to 32', hello],
    ['-m string --algo kmp --string Hello --to 32', hello],
    ['-m string --algo bm --string Hello --from 5 --to 5', hello],
    ['-m string --algo bm --string Hello --from 1000', hello],
    ['-m string --algo bm --icase --hex-string "|f7|"', carrying(Uint8Array.of(0xd7))],
    ['-m string --algo bm --string rld', inPieces],
  ],
})

/** Patterns of few letters in texts of the same, so that they nearly match in many places. */
const seed = 'string-search'
const random = new Random(seed)
const letters = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => random.pick([0x61, 0x62, 0x41]))
const questions = Array.from({ length: 120 }, () => {
  const text = letters(random.between(0, 60))
  const start = random.below(text.length + 1)
  const pattern = random.chance(0.5) ? letters(random.between(1, 8)) : text.slice(start, start + random.between(1, 12))
  const from = random.pick([0, 0, 28, 30, 45])
  return {
    text,
    search: {
      algorithm: random.pick(['bm', 'kmp'] as const),
      pattern: pattern.length === 0 ? letters(3) : pattern,
      ignoreCase: random.chance(0.3),
      from,
      to: random.pick([0xffff, 0xffff, from + random.below(60)]),
    },
  }
})

it(`finds what a plain search finds (seed ${seed})`, () => {
  for (const { text, search } of questions) {
    const bytes = carrying(text)
    const fold = (hex: string): string => (search.ignoreCase ? hex.replaceAll('61', '41').replaceAll('62', '42') : hex)
    const within = bytes.slice(search.from, search.to)
    const wanted = fold(toHex(within, ' ')).includes(fold(toHex(search.pattern, ' ')))
    expect(searcher(search)(packetWith(bytes)), JSON.stringify({ ...search, pattern: toHex(search.pattern) })).toBe(
      wanted,
    )
  }
})

it.skipIf(kernelMissing() !== null)(`finds what the kernel finds (seed ${seed})`, async () => {
  const rows = questions.map(({ text, search }) => ({
    rule: `-m string --algo ${search.algorithm} --hex-string "|${toHex(search.pattern)}|" --from ${search.from} --to ${search.to}${search.ignoreCase ? ' --icase' : ''}`,
    packet: carrying(text),
  }))
  const said = await askKernel(rows, 4, rows.length)
  const ours = questions.map(({ search }, row) => {
    return searcher(search)(packetWith(rows[row]?.packet as Uint8Array)) ? 'holds' : 'does not hold'
  })
  expect(rows.map(({ rule }, row) => `${rule}: ${ours[row]}`)).toEqual(
    rows.map(({ rule }, row) => `${rule}: ${said[row]}`),
  )
})

testMatch(string, {
  family: 6,
  saves: {
    '-m string --algo kmp ! --hex-string "|41 42|c|00|" --from 010 --to 20 --icase':
      '-m string ! --hex-string "|41426300|" --algo kmp --from 8 --to 20 --icase',
  },
  rejects: {
    '-m string --algo kmp': /^STRING match: You must specify `--string' or `--hex-string'$/,
  },
})
