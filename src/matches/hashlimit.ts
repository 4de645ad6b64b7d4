import type { Environment } from '../expression/environment.ts'
import { ruleState } from '../expression/state.ts'
import { OUTCOME, type Test } from '../expression/test.ts'
import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { badValue, defineMatch, flag, optionOf, type RuleContext, uint32, type Values } from '../xtables/index.ts'
import {
  bytesOf,
  formatByteBurst,
  formatByteRate,
  formatPacketRate,
  type HashRate,
  isLongBurst,
  parseBurst,
  parseHashRate,
  wrongBurst,
} from './hashlimit-rates.ts'
import { byteCreditsOf, creditsOf, type HashlimitSettings, HashlimitTable } from './hashlimit-table.ts'
import { prefixLengthOption } from './prefix-length.ts'

/** Source: linux/netfilter/xt_hashlimit.h struct xt_hashlimit_mtinfo3, name, without the final zero. */
const LONGEST_NAME = 254
/** Source: xt_hashlimit.c HASHLIMIT_MAX_SIZE. */
const LARGEST_TABLE = 1048576
const DEFAULT_BURST = 5n
const DEFAULT_GC_INTERVAL = 1000
/** Milliseconds that entries for bytes live, without a burst and with one. */
const BYTES_EXPIRE = 15_000
const BYTES_BURST_EXPIRE = 60_000

/** In the order in which they are saved. */
const PARTS = ['srcip', 'srcport', 'dstip', 'dstport'] as const
type Part = (typeof PARTS)[number]

const rate = optionOf<HashRate>({
  words: 1,
  placeholder: 'avg',
  parse: ([word = ''], context) => {
    const found = parseHashRate(word)
    if (found === null) throw badValue(context, word)
    return found
  },
  format: ({ bytes, average }) => (bytes ? formatByteRate(average) : formatPacketRate(average)[0]),
})

const burst = optionOf<bigint>({
  words: 1,
  placeholder: 'num',
  parse: ([word = '']) => parseBurst(word),
  format: String,
})

const mode = optionOf<readonly Part[]>({
  words: 1,
  placeholder: 'part,…',
  parse: ([word = ''], context) => {
    const words = word.split(',').filter((one) => one !== '')
    if (!words.every((one) => PARTS.some((part) => part === one))) throw badValue(context, word)
    return PARTS.filter((part) => words.includes(part))
  },
  format: (parts) => parts.join(','),
})

const tableName = optionOf<string>({
  words: 1,
  placeholder: 'name',
  parse: ([word = '']) => {
    if (word === '') throw new UsageError('Argument must have a minimum length of 1 characters\n')
    return cutBytes(word, LONGEST_NAME)
  },
  format: (name) => name,
})

/** Seconds; what stands behind the number is not read. Source: libxt_hashlimit.c parse_interval(), atoi(3). */
const seconds = optionOf<number>({
  words: 1,
  placeholder: 'seconds',
  parse: ([word = ''], context) => {
    const digits = /^\s*[+-]?\d+/.exec(word)?.[0] ?? '0'
    const value = Number(BigInt.asIntN(32, BigInt(digits.trim().replace('+', ''))))
    if (value <= 0) throw badValue(context, word)
    return value
  },
  format: String,
})

const options = {
  'hashlimit-upto': rate({
    help: 'at most so much',
    aliases: ['hashlimit'],
    invertible: true,
    excludes: ['hashlimit-above'],
  }),
  'hashlimit-above': rate({ help: 'more than so much', invertible: true, excludes: ['hashlimit-upto'] }),
  'hashlimit-burst': burst({ help: 'how much may come at once, default 5 packets' }),
  'hashlimit-mode': mode({ help: 'what makes a group: srcip, srcport, dstip, dstport' }),
  'hashlimit-srcmask': prefixLengthOption({ help: 'prefix length of the source address' }),
  'hashlimit-dstmask': prefixLengthOption({ help: 'prefix length of the destination address' }),
  'hashlimit-name': tableName({ help: 'name that rules share the table by' }),
  'hashlimit-htable-size': uint32({ help: 'buckets that the table hashes groups into' }),
  'hashlimit-htable-max': uint32({ help: 'most groups in the table' }),
  'hashlimit-htable-gcinterval': uint32({ help: 'milliseconds between collections of old groups' }),
  'hashlimit-htable-expire': uint32({ help: 'milliseconds after which an idle group is old' }),
  'hashlimit-rate-match': flag({ help: 'only compare the measured rate; nothing is used up' }),
  'hashlimit-rate-interval': seconds({ help: 'seconds over which the rate is measured' }),
}

/** What a rule asks of its table. */
interface Question extends HashlimitSettings {
  readonly name: string
  readonly above: boolean
  readonly parts: readonly Part[]
}

/** How many times the rate's bytes a burst of bytes is. Source: libxt_hashlimit.c hashlimit_mt_check(). */
function refillsOf(given: bigint, average: bigint): bigint {
  const bytes = bytesOf(average)
  // The tool cuts to 32 bits for one of the two.
  return BigInt.asUintN(32, given) / bytes + (given % bytes === 0n ? 0n : 1n)
}

function questionOf(values: Values<typeof options>, { family }: Pick<RuleContext, 'family'>): Question {
  const { 'hashlimit-upto': upto, 'hashlimit-above': over, 'hashlimit-burst': given } = values
  const asked = over ?? upto
  const { bytes, average, seconds: unit } = asked?.value ?? { bytes: false, average: 1n, seconds: 1 }
  const rateMatch = values['hashlimit-rate-match'] !== undefined
  const parts = values['hashlimit-mode']?.value ?? []
  const expire = bytes ? (given ? BYTES_BURST_EXPIRE : BYTES_EXPIRE) : unit * 1000
  const whole = family === 4 ? 32 : 128
  return {
    name: values['hashlimit-name']?.value ?? '',
    above: (over !== undefined) !== (asked?.inverted === true),
    parts,
    bySource: parts.includes('srcip'),
    byDestination: parts.includes('dstip'),
    bySourcePort: parts.includes('srcport'),
    byDestinationPort: parts.includes('dstport'),
    sourceLength: values['hashlimit-srcmask']?.value ?? whole,
    destinationLength: values['hashlimit-dstmask']?.value ?? whole,
    bytes,
    rateMatch,
    average: rateMatch && !bytes ? average / BigInt(unit) : average,
    burst: bytes ? (given ? refillsOf(given.value, average) : 0n) : (given?.value ?? DEFAULT_BURST),
    size: Math.min(values['hashlimit-htable-size']?.value ?? 0, LARGEST_TABLE),
    max: Math.min(values['hashlimit-htable-max']?.value ?? 0, LARGEST_TABLE),
    gcInterval: values['hashlimit-htable-gcinterval']?.value ?? DEFAULT_GC_INTERVAL,
    expire: values['hashlimit-htable-expire']?.value ?? expire,
    interval: values['hashlimit-rate-interval']?.value ?? (rateMatch ? (bytes ? 1 : unit) : 0),
  }
}

function check(values: Values<typeof options>, rule: RuleContext): void {
  const asked = values['hashlimit-above'] ?? values['hashlimit-upto']
  if (asked === undefined) throw new UsageError('You have to specify --hashlimit')
  const given = values['hashlimit-burst']?.value
  if (asked.value.bytes && given !== undefined) {
    const least = bytesOf(asked.value.average)
    if (least === 0n) throw new UsageError('hashlimit: no burst is possible at this rate')
    if (given < least) throw new UsageError(`burst cannot be smaller than ${least}b`)
  } else if (given !== undefined && isLongBurst(given)) throw wrongBurst()
  if (values['hashlimit-name'] === undefined) {
    throw new UsageError('hashlimit: option "--hashlimit-name" must be specified\n')
  }
  checkAsKernel(questionOf(values, rule), rule)
}

/** Source: Linux hashlimit_mt_check_common(), xt_check_proc_name(). */
function checkAsKernel(question: Question, { family }: RuleContext): void {
  const { name, bytes, rateMatch, average, gcInterval, expire } = question
  const refuse = (reason: string, errno: 'EINVAL' | 'ERANGE' = 'EINVAL'): never => {
    throw new UsageError(`hashlimit: ${reason}`, { errno })
  }
  if (name === '.' || name === '..' || name.includes('/')) refuse(`"${name}" cannot be a table's name`)
  if (gcInterval === 0 || expire === 0) refuse('entries must live for a while')
  const most = family === 4 ? 32 : 128
  if (question.sourceLength > most || question.destinationLength > most) refuse('a mask is no prefix')
  if (rateMatch) {
    if (average === 0n) refuse('the rate is too high to be measured', 'ERANGE')
  } else if (bytes) {
    if (byteCreditsOf(average) === 0n) refuse('the rate is too high')
  } else if (creditsOf(average * question.burst) < creditsOf(average)) {
    refuse('rate and burst together are too long a time', 'ERANGE')
  }
}

function hashlimitTest(question: Question, { family }: RuleContext): Test {
  const kind = family === 4 ? 'ipt_hashlimit' : 'ip6t_hashlimit'
  const tableOf = ruleState((environment: Environment) =>
    environment.shared(kind, question.name, () => new HashlimitTable(question, family, () => environment.jiffies())),
  )
  return {
    kind: 'computed',
    name: 'hashlimit',
    stateful: true,
    evaluate: (packet, environment) => {
      const outcome = tableOf(environment).ask(packet, environment.jiffies(), question)
      if (!question.above || outcome > OUTCOME.yes) return outcome
      return outcome === OUTCOME.yes ? OUTCOME.no : OUTCOME.yes
    },
    observe: (packet, environment) => tableOf(environment).describe(packet),
    prepare: (environment) => void tableOf(environment),
  }
}

/** The texts of rate and burst, and the milliseconds that entries live where nothing else is said. */
function amounts(question: Question, average: bigint): readonly [rate: string, burst: string | null, expire: number] {
  const { bytes, burst: size } = question
  if (!bytes) {
    const [text, quantum] = formatPacketRate(average)
    return [text, String(size), quantum]
  }
  const text = formatByteRate(average)
  return size === 0n ? [text, null, BYTES_EXPIRE] : [text, formatByteBurst(average, size), BYTES_BURST_EXPIRE]
}

/** What is both saved and listed of the table, with a dash-less name for each number. */
function tableNumbers(question: Question, expire: number): readonly (readonly [string, number])[] {
  const { size, max, gcInterval } = question
  const rows: [string, number, boolean][] = [
    ['htable-size', size, size !== 0],
    ['htable-max', max, max !== 0],
    ['htable-gcinterval', gcInterval, gcInterval !== DEFAULT_GC_INTERVAL],
    ['htable-expire', question.expire, question.expire !== expire],
  ]
  return rows.filter(([, , isShown]) => isShown).map(([name, value]) => [name, value])
}

/** Masks and measuring, as both texts end. */
function endOf(question: Question, { family }: RuleContext, prefix: string): string {
  const { sourceLength, destinationLength, rateMatch, interval } = question
  const whole = family === 4 ? 32 : 128
  return [
    sourceLength === whole ? '' : ` ${prefix}srcmask ${sourceLength}`,
    destinationLength === whole ? '' : ` ${prefix}dstmask ${destinationLength}`,
    rateMatch ? ` ${prefix}rate-match` : '',
    rateMatch && interval !== 1 ? ` ${prefix}rate-interval ${interval}` : '',
  ].join('')
}

function save(question: Question, rule: RuleContext): string {
  const { above, parts, name, average } = question
  const [amount, size, expire] = amounts(question, average)
  return [
    ` --hashlimit-${above ? 'above' : 'upto'} ${amount}`,
    size === null ? '' : ` --hashlimit-burst ${size}`,
    parts.length === 0 ? '' : ` --hashlimit-mode ${parts.join(',')}`,
    ` --hashlimit-name ${name}`,
    ...tableNumbers(question, expire).map(([option, value]) => ` --hashlimit-${option} ${value}`),
    endOf(question, rule, '--hashlimit-'),
  ].join('')
}

/** A list shows packets per interval where there is one. */
function list(question: Question, rule: RuleContext): string {
  const { above, parts, average, interval, bytes } = question
  const [amount, size, expire] = amounts(question, bytes || interval === 0 ? average : average * BigInt(interval))
  return [
    ` limit: ${above ? 'above' : 'up to'} ${amount}`,
    size === null ? '' : ` burst ${size}`,
    parts.length === 0 ? '' : ` mode ${parts.join('-')}`,
    ...tableNumbers(question, expire).map(([option, value]) => ` ${option} ${value}`),
    endOf(question, rule, ''),
  ].join('')
}

/**
 * `-m hashlimit`: a limit of packets or bytes per second, minute, hour or day for each group of packets that have the
 * chosen addresses and ports in common; or, with `--hashlimit-rate-match`, whether a group's rate was above it in the
 * interval before.
 *
 * Rules of one family that give the same name share the table, which the first of them sets up. A packet without the
 * ports that make its group, and one of a new group when the table is full, is dropped.
 *
 * Saved as the nearest rate that the kernel keeps, which may differ from what was written. A rule that limits packets
 * and one that limits bytes may use one table, with what the kernel's memory then means. The kernel refuses a rule that
 * measures with a table that does not, and the other way round; here the first of them is unknown.
 *
 * Differs: a table that one rule measures with and another does not makes the later rule unknown, where the kernel
 * refuses it; rates that stop iptables with a signal are refused in our words.
 *
 * Source: iptables-extensions(8) "hashlimit"; Linux xt_hashlimit.c hashlimit_mt(), revision 3.
 */
export const hashlimit = defineMatch({
  name: 'hashlimit',
  families: [4, 6],
  options,
  check,
  holds: (values, rule) => hashlimitTest(questionOf(values, rule), rule),
  save: (values, rule) => save(questionOf(values, rule), rule),
  list: (values, rule) => list(questionOf(values, rule), rule),
})
