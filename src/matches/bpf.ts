import { computed, OUTCOME, type Test } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, optionOf } from '../xtables/index.ts'
import { type BpfInstruction, isValidBpf, runBpf } from './bpf-program.ts'

const MOST_INSTRUCTIONS = 64
const LONGEST_PATH = 512

/** Reads numbers as scanf does: white space before each, a sign, digits as many as there are; the low bits count. */
class NumberScanner {
  private readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  /** The next number, modulo 2^`bits`; null where there is none. Source: scanf(3) `%hu`, `%hhu`, `%u`. */
  next(bits: 8 | 16 | 32): number | null {
    const found = /^\s*([-+]?)(\d+)/.exec(this.text.slice(this.at))
    if (found === null) return null
    this.at += found[0].length
    const size = BigInt(found[2] as string)
    const limit = 2n ** 64n - 1n
    return Number(BigInt.asUintN(bits, size > limit ? limit : found[1] === '-' ? -size : size))
  }
}

/** Source: libxt_bpf.c bpf_parse_string(). */
function parseProgram(word: string): BpfInstruction[] {
  const scanner = new NumberScanner(word)
  const length = scanner.next(16)
  if (length === null || word[scanner.at] !== ',') throw new UsageError('bpf: error parsing program length')
  if (length === 0) throw new UsageError('bpf: illegal zero length program')
  if (length > MOST_INSTRUCTIONS) throw new UsageError('bpf: number of instructions exceeds maximum')
  const program: BpfInstruction[] = []
  const [, ...parts] = word.split(',')
  // What is behind the four numbers does not matter, nor does a comma at the end.
  if (parts.at(-1) === '') parts.pop()
  for (const part of parts) {
    if (program.length >= length) {
      throw new UsageError('bpf: real program length exceeds the encoded length parameter')
    }
    const numbers = new NumberScanner(part)
    const [code, jt, jf, k] = [numbers.next(16), numbers.next(8), numbers.next(8), numbers.next(32)]
    if (code === null || jt === null || jf === null || k === null) {
      throw new UsageError(`bpf: error at instr ${program.length}`)
    }
    program.push({ code, jt, jf, k })
  }
  if (program.length !== length) {
    throw new UsageError('bpf: parsed program length is less than the encoded length parameter')
  }
  return program
}

function instructions(program: readonly BpfInstruction[]): string {
  return program.map(({ code, jt, jf, k }) => `${code} ${jt} ${jf} ${k}`).join(',')
}

const bytecode = optionOf<readonly BpfInstruction[]>({
  words: 1,
  placeholder: 'program',
  parse: ([word = '']) => parseProgram(word),
  format: (program) => `"${program.length},${instructions(program)}"`,
})

const path = optionOf<string>({
  words: 1,
  placeholder: 'path',
  parse: ([word = '']) => {
    if (word.length >= LONGEST_PATH) throw new UsageError('bpf: failed to get bpf object')
    return word
  },
  format: (word) => word,
})

function accepts(program: readonly BpfInstruction[]): Test {
  return computed('bpf', false, (packet, environment) => {
    const answer = runBpf(program, packet, environment)
    return answer === 'unknown' ? OUTCOME.unknown : answer === 0 ? OUTCOME.no : OUTCOME.yes
  })
}

/**
 * `-m bpf`: a classic BPF program returns something else than 0 for the packet from its network header on. What the
 * program loads of the machine alone (CPU, queue, hash of the device) is unknown. A pinned object
 * (`--object-pinned`) is a file of another machine's kernel, which a host does not have: read and saved, not
 * evaluated.
 *
 * Differs: pinned objects and what only the machine knows (processor, queue, hash) make it unknown.
 *
 * Source: iptables-extensions(8) "bpf"; Linux xt_bpf.c bpf_mt(), bpf_mt_check().
 */
export const bpf = defineMatch({
  name: 'bpf',
  families: [4, 6],
  options: {
    bytecode: bytecode({ help: 'the program: its length, and four numbers for each instruction' }),
    'object-pinned': path({ help: 'a program in the bpf file system' }),
  },
  check: ({ bytecode: program, 'object-pinned': pinned }) => {
    if ((program === undefined) === (pinned === undefined)) {
      throw new UsageError('bpf: one of --bytecode or --pinned is required')
    }
    if (program && !isValidBpf(program.value)) {
      throw new UsageError('-m bpf: the kernel would refuse the program', { errno: 'EINVAL' })
    }
  },
  // The tool ends a program with a zero byte where others end a line.
  list: ({ bytecode: program, 'object-pinned': pinned }) =>
    `match bpf ${program ? `${instructions(program.value)}\0` : `pinned ${pinned?.value}`}`,
  holds: ({ bytecode: program }) => (program ? accepts(program.value) : { kind: 'unknown', extension: 'bpf' }),
})
