import type { Environment } from '../expression/environment.ts'
import { OUTCOME, type Test } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'
import { formatAddress, prefixMask } from '../wire/address.ts'
import {
  defineMatch,
  flag,
  host,
  numberBetween,
  optionOf,
  type RuleContext,
  uint32,
  type Values,
} from '../xtables/index.ts'
import { RecentTable, stampsFor } from './recent-table.ts'

const HZ = 250
const LONGEST_NAME = 199

const listName = optionOf<string>({
  words: 1,
  placeholder: 'name',
  parse: ([word = '']) => cutBytes(word, LONGEST_NAME),
  format: (word) => word,
})

const COMMANDS = ['set', 'rcheck', 'update', 'remove'] as const
type Command = (typeof COMMANDS)[number]

/** The other commands. */
function exclusive(command: Command): string[] {
  return COMMANDS.filter((one) => one !== command)
}

const options = {
  set: flag({
    help: 'enter the address in the list; matches even if it was there',
    invertible: true,
    excludes: exclusive('set'),
  }),
  rcheck: flag({ help: 'the list has the address', invertible: true, excludes: exclusive('rcheck') }),
  update: flag({
    help: 'the list has the address, whose time is then set anew',
    invertible: true,
    excludes: exclusive('update'),
  }),
  remove: flag({
    help: 'the list has the address, which is then taken out',
    invertible: true,
    excludes: exclusive('remove'),
  }),
  seconds: numberBetween(
    1,
    0xffffffff,
  )({
    help: 'only if seen at most so many seconds ago, 1 or more',
  }),
  reap: flag({
    help: 'forget addresses not seen for --seconds',
    needs: ['seconds'],
  }),
  hitcount: uint32({
    help: 'only if seen so many times or more',
    isDefault: (count) => count === 0,
  }),
  rttl: flag({
    help: 'only if seen with the TTL that this packet has',
    excludes: ['set', 'remove'],
  }),
  name: listName({ help: 'which list, default DEFAULT' }),
  mask: host({ help: 'bits of the address that tell hosts apart' }),
  rsource: flag({ help: 'the address is that of the sender (default)' }),
  rdest: flag({ help: 'the address is that of the receiver' }),
}

/** What a rule asks of its table. */
interface Question {
  readonly command: Command
  readonly inverted: boolean
  readonly seconds: number
  readonly hitcount: number
  readonly reap: boolean
  readonly sameTtl: boolean
  readonly name: string
  readonly mask: Words
  readonly side: 'source' | 'destination'
}

function questionOf(values: Values<typeof options>): Question {
  const command = COMMANDS.find((one) => values[one]) as Command
  return {
    command,
    inverted: values[command]?.inverted ?? false,
    seconds: values.seconds?.value ?? 0,
    hitcount: values.hitcount?.value ?? 0,
    reap: values.reap !== undefined,
    sameTtl: values.rttl !== undefined,
    name: values.name?.value ?? 'DEFAULT',
    mask: values.mask?.value ?? prefixMask(6, 128),
    side: sideOf(values),
  }
}

/** The side that was given last. */
function sideOf(values: Values<typeof options>): 'source' | 'destination' {
  return Object.keys(values).findLast((name) => name === 'rsource' || name === 'rdest') === 'rdest'
    ? 'destination'
    : 'source'
}

function tableOf({ name, mask, hitcount }: Question, environment: Environment): RecentTable {
  return environment.shared('recent', name, () => new RecentTable(mask, stampsFor(hitcount)))
}

/** TTL or hop limit as it was before the host forwarded the packet. */
function ttlOf(packet: Packet): number {
  const ttl = packet.view.getUint8(packet.network + (packet.family === 4 ? 8 : 7))
  return packet.outDevice !== null && packet.owner === null ? (ttl + 1) & 0xff : ttl
}

/** Whether the entry was seen often enough since `time`. */
function isSeen(stamps: readonly number[], time: number, { seconds, hitcount }: Question): boolean {
  let hits = 0
  for (const stamp of stamps) {
    if (seconds > 0 && time > stamp) continue
    if (hitcount === 0 || ++hits >= hitcount) return true
  }
  return false
}

/** Source: Linux recent_mt(). */
function ask(question: Question, packet: Packet, environment: Environment): boolean {
  const { command, inverted } = question
  const table = tableOf(question, environment)
  const family = packet.family as 4 | 6
  const address = packet[question.side]
  const ttl = ttlOf(packet)
  const now = environment.jiffies()
  const entry = table.find(family, address, question.sameTtl ? ttl : 0)
  if (entry === null) {
    if (command !== 'set') return inverted
    table.add(family, address, ttl, now)
    return !inverted
  }
  let holds = !inverted
  if (command === 'remove') table.remove(entry)
  else if (command !== 'set') {
    const time = now - (Math.imul(question.seconds, HZ) >>> 0)
    holds = isSeen(entry.stamps, time, question) !== inverted
    if (question.reap) table.reap(time, command === 'update' && holds ? entry : null)
  }
  if (command === 'set' || (command === 'update' && holds)) {
    table.update(entry, now)
    entry.ttl = ttl
  }
  return holds
}

function recentTest(question: Question): Test {
  return {
    kind: 'computed',
    name: 'recent',
    stateful: true,
    evaluate: (packet, environment) => (ask(question, packet, environment) ? OUTCOME.yes : OUTCOME.no),
    observe: (packet, environment) => {
      const entry = tableOf(question, environment).find(packet.family as 4 | 6, packet[question.side], 0)
      return entry === null ? 'not in the list' : `seen ${entry.stamps.length} times`
    },
    prepare: (environment) => tableOf(question, environment).grow(stampsFor(question.hitcount)),
  }
}

function maskText(values: Values<typeof options>, { family }: RuleContext): string {
  return formatAddress(family, values.mask?.value ?? prefixMask(family, family === 4 ? 32 : 128))
}

/** Seconds are printed as a number with a sign. */
function save(values: Values<typeof options>, rule: RuleContext): string {
  const { command, inverted, seconds, hitcount, reap, sameTtl, name, side } = questionOf(values)
  return [
    inverted ? ' !' : '',
    ` --${command}`,
    seconds > 0 ? ` --seconds ${seconds | 0}` : '',
    reap ? ' --reap' : '',
    hitcount > 0 ? ` --hitcount ${hitcount}` : '',
    sameTtl ? ' --rttl' : '',
    ` --name ${name} --mask ${maskText(values, rule)}`,
    side === 'source' ? ' --rsource' : ' --rdest',
  ].join('')
}

const LISTED = { set: 'SET', rcheck: 'CHECK', update: 'UPDATE', remove: 'REMOVE' } as const

function list(values: Values<typeof options>, rule: RuleContext): string {
  const { command, inverted, seconds, hitcount, reap, sameTtl, name, side } = questionOf(values)
  return [
    `${inverted ? ' !' : ''} recent: ${LISTED[command]}`,
    seconds > 0 ? ` seconds: ${seconds | 0}` : '',
    reap ? ' reap' : '',
    hitcount > 0 ? ` hit_count: ${hitcount}` : '',
    sameTtl ? ' TTL-Match' : '',
    ` name: ${name} side: ${side === 'source' ? 'source' : 'dest'} mask: ${maskText(values, rule)}`,
  ].join('')
}

/**
 * `-m recent`: lists of addresses seen, with the times in kernel ticks of 4 ms; `--seconds` and `--hitcount`
 * ask how often within how long.
 *
 * The list keeps 100 addresses, and of each as many times as the greatest `--hitcount` among its rules needs
 * (32 without), rounded up to a power of two. `--rttl` compares the TTL as it was when the packet came in.
 *
 * Source: iptables-extensions(8) "recent"; Linux xt_recent.c recent_mt(), recent_mt_check().
 */
export const recent = defineMatch({
  name: 'recent',
  families: [4, 6],
  options,
  check: (values) => {
    const command = COMMANDS.find((one) => values[one])
    if (command === undefined) {
      throw new UsageError("recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'")
    }
    const refuse = (reason: string): never => {
      throw new UsageError(`recent: ${reason}`, { errno: 'EINVAL' })
    }
    const { seconds, hitcount, name } = questionOf(values)
    const asks = command === 'rcheck' || command === 'update'
    if (!asks && (seconds > 0 || hitcount > 0 || values.reap)) {
      refuse(`--${command} cannot be limited by --seconds, --hitcount or --reap`)
    }
    if (hitcount > 0xffff) refuse(`--hitcount ${hitcount} is above 65535`)
    if (name === '' || name === '.' || name === '..' || name.includes('/')) refuse(`"${name}" cannot be a list's name`)
  },
  holds: (values) => recentTest(questionOf(values)),
  save,
  list,
})
