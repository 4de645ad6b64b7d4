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
    '-m string --algo bm --string "GET /"': '-m string --string "GET /" --algo bm',
    '-m string --algo kmp ! --hex-string "|41 42|c|43|" --from 010': '-m string ! --string "ABcC" --algo kmp --from 8',
    '-m string --algo bm --hex-string "|de ad be ef|" --to 0': '-m string --hex-string "|deadbeef|" --algo bm --to 0',
    '-m string --algo bm --hex-string "a\\\\|b"': '-m string --string "a|b" --algo bm',
    '-m string --algo bm --hex-string "|41||42|"': '-m string --string "A|42" --algo bm',
    '-m string --algo bm --hex-string "|  41|"': '-m string --string "A" --algo bm',
    '-m string --algo bm --string "a\\\\"': '-m string --hex-string "|615c|" --algo bm',
    '-m string --algo bm --string "it\'s \\"é"': '-m string --hex-string "|697427732022c3a9|" --algo bm',
    '-m string --icase --algo bm --string x --from 5 --to 65535': '-m string --string "x" --algo bm --from 5 --icase',
  },
  rejects: {
    '-m string --algo bm': /You must specify `--string' or `--hex-string'/,
    '-m string --string a': /option "--algo" must be specified/,
    '-m string --algo bm --string a --hex-string b': /cannot be used together/,
    '-m string --algo bm --string ""': /empty/,
    '-m string --algo bm --hex-string ""': /STRING must contain at least one char/,
    '-m string --algo bm --hex-string "|4|"': /Invalid hex block/,
    '-m string --algo bm --hex-string "||"': /Odd number of hex digits/,
    '-m string --algo bm --hex-string "|zz|"': /Invalid hex char 'z'/,
    '-m string --algo bm --hex-string "|41  42|"': /Invalid hex char ' '/,
    '-m string --algo fsm --string a': /fsm/,
    '-m string --algo bm --string a --from 50 --to 10': /--from/,
    [`-m string --algo bm --string ${'a'.repeat(129)}`]: /STRING too long/,
    '-m string --algo bm --string ! abc': /Bad argument `abc'/,
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
