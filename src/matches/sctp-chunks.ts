import { computed, OUTCOME, type Test } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { optionOf } from '../xtables/index.ts'

/** Names of chunk types by number, with the letters of their flags from bit 7 down. Source: libxt_sctp.c sctp_chunk_names[]. */
const CHUNKS: readonly (readonly [type: number, name: string, flags?: string])[] = [
  [0, 'DATA', '----IUBE'],
  [1, 'INIT'],
  [2, 'INIT_ACK'],
  [3, 'SACK'],
  [4, 'HEARTBEAT'],
  [5, 'HEARTBEAT_ACK'],
  [6, 'ABORT', '-------T'],
  [7, 'SHUTDOWN'],
  [8, 'SHUTDOWN_ACK'],
  [9, 'ERROR'],
  [10, 'COOKIE_ECHO'],
  [11, 'COOKIE_ACK'],
  [12, 'ECN_ECNE'],
  [13, 'ECN_CWR'],
  [14, 'SHUTDOWN_COMPLETE', '-------T'],
  [64, 'I_DATA', '----IUBE'],
  [128, 'ASCONF_ACK'],
  [130, 'RE_CONFIG'],
  [132, 'PAD'],
  [192, 'FORWARD_TSN'],
  [193, 'ASCONF'],
  [194, 'I_FORWARD_TSN'],
]

const MODES = ['all', 'any', 'only'] as const

/** Bits of a chunk's flag byte that are asked for: `(flags & mask) == value`. */
interface FlagBits {
  readonly mask: number
  readonly value: number
}

/** `--chunk-types`: types, some with flags; `every` is the word ALL. */
export interface ChunkQuestion {
  readonly mode: (typeof MODES)[number]
  readonly every: boolean
  readonly types: ReadonlyMap<number, FlagBits>
}

function parseFlags(letters: string, type: number, valid: string, before: FlagBits): FlagBits {
  let { mask, value } = before
  for (const letter of letters) {
    const index = valid.indexOf(letter.toUpperCase())
    if (index < 0) throw new UsageError(`Invalid flags for chunk type ${type}`)
    const bit = 1 << (7 - index)
    mask |= bit
    if (/[A-Z]/.test(letter)) value |= bit
  }
  return { mask, value }
}

function parseTypes(word: string): Map<number, FlagBits> {
  const types = new Map<number, FlagBits>()
  for (const part of word.split(',')) {
    if (part === '') continue
    const colon = part.indexOf(':')
    const name = colon < 0 ? part : part.slice(0, colon)
    const flags = colon < 0 ? '' : part.slice(colon + 1)
    const row = CHUNKS.find((one) => one[1] === name.toUpperCase())
    if (row === undefined) throw new UsageError(`Unknown sctp chunk \`${name}'`)
    const [type, , valid = '--------'] = row
    types.set(type, parseFlags(flags, type, valid, types.get(type) ?? { mask: 0, value: 0 }))
  }
  return types
}

/** Flags of the types behind the gap in the numbers are not saved. */
const LAST_WITH_FLAGS = 14

function formatType(type: number, { mask, value }: FlagBits, numeric: boolean): string {
  const [, word, valid = '--------'] = CHUNKS.find((row) => row[0] === type) as (typeof CHUNKS)[number]
  const name = numeric ? `0x${type.toString(16).toUpperCase().padStart(4, '0')}` : word
  const letters = [...valid].map((letter, index) => {
    const bit = 1 << (7 - index)
    return mask & bit ? (value & bit ? letter : letter.toLowerCase()) : ''
  })
  return mask === 0 || type > LAST_WITH_FLAGS ? name : `${name}:${letters.join('')}`
}

/** `all|any|only` and a list such as `DATA:Be,INIT`, `ALL` or `NONE`. */
export const chunkTypes = optionOf<ChunkQuestion>({
  words: 2,
  placeholder: 'all|any|only types',
  parse: ([word = '', list = '']) => {
    const mode = MODES.find((one) => one === word.toLowerCase())
    if (mode === undefined) throw new UsageError('Match type has to be one of "ALL", "ANY" or "ONLY"')
    const upper = list.toUpperCase()
    if (upper === 'ALL' || upper === 'NONE') return { mode, every: upper === 'ALL', types: new Map() }
    return { mode, every: false, types: parseTypes(list) }
  },
  format: (question) => formatChunks(question, false),
})

/** `any DATA:Be,INIT`; the types as numbers where `numeric`. Source: libxt_sctp.c print_chunks(). */
export function formatChunks({ mode, every, types }: ChunkQuestion, numeric: boolean): string {
  if (every) return `${mode} ALL`
  const sorted = [...types].sort(([a], [b]) => a - b)
  const names = sorted.map(([type, bits]) => formatType(type, bits, numeric))
  return `${mode} ${names.length === 0 ? 'NONE' : names.join(',')}`
}

/** Source: Linux xt_sctp.c match_packet(), match_flags(). */
export function chunksHold({ mode, every, types }: ChunkQuestion): Test {
  return computed('sctp', false, ({ view, transport, end }) => {
    const missing = new Set(types.keys())
    let at = transport + 12
    do {
      const length = at + 4 > end ? 0 : view.getUint16(at + 2)
      if (length === 0) return OUTCOME.hotdrop
      const type = view.getUint8(at)
      const bits = types.get(type)
      const isAsked = every || bits !== undefined
      const fits = isAsked && (bits === undefined || (view.getUint8(at + 1) & bits.mask) === bits.value)
      if (mode === 'any' && fits) return OUTCOME.yes
      if (mode === 'only' && !fits) return OUTCOME.no
      if (fits) missing.delete(type)
      at += (length + 3) & ~3
    } while (at < end)
    if (mode === 'all') return !every && missing.size === 0 ? OUTCOME.yes : OUTCOME.no
    return mode === 'only' ? OUTCOME.yes : OUTCOME.no
  })
}
