import { UsageError } from '../util/errors.ts'
import {
  defineTarget,
  flag,
  type NumberRange,
  optionOf,
  outOfRange,
  parseNumber,
  tooManyParts,
  uint16,
} from '../xtables/index.ts'

/** `from:to`, either end may be missing. */
const queueRange = optionOf<NumberRange>({
  words: 1,
  placeholder: 'first:last',
  parse: ([word = ''], context) => {
    if (word === '') throw new UsageError('Bad range ""')
    const parts = word.split(':')
    const [from, to] = parts.slice(0, 2).map((part, index) => {
      const number = part === '' ? [0, 65535][index] : parseNumber(part)
      if (number !== null && number !== undefined && number <= 65535) return number
      throw outOfRange(context, parts.slice(index).join(':'), 0, 65535)
    }) as [number, number?]
    if (parts.length > 2) throw tooManyParts(context, 2)
    if (to === undefined) throw new UsageError(`Bad range "${word}"`)
    if (from >= to) throw new UsageError(`${from} should be less than ${to}`)
    return { from, to }
  },
  format: ({ from, to }) => `${from}:${to}`,
})

interface QueueValues {
  readonly 'queue-num'?: { readonly value: number }
  readonly 'queue-balance'?: { readonly value: NumberRange }
  readonly 'queue-bypass'?: object
  readonly 'queue-cpu-fanout'?: object
}

function partsOf(values: QueueValues, before: '--queue-' | ''): string {
  const balance = values['queue-balance']?.value
  return [
    balance ? ` ${before}balance ${balance.from}:${balance.to}` : ` ${before}num ${values['queue-num']?.value ?? 0}`,
    values['queue-bypass'] ? ` ${before}bypass` : '',
    values['queue-cpu-fanout'] ? ` ${before}cpu-fanout` : '',
  ].join('')
}

/**
 * `-j NFQUEUE`: hand the packet to a program, which decides.
 *
 * Source: iptables-extensions(8) "NFQUEUE"; Linux xt_NFQUEUE.c nfqueue_tg_v3().
 */
export const NFQUEUE = defineTarget({
  name: 'NFQUEUE',
  families: [4, 6],
  options: {
    'queue-num': uint16({ help: 'queue to hand the packet to, 0-65535', excludes: ['queue-balance'] }),
    'queue-balance': queueRange({ help: 'first and last queue; a hash of the flow picks one' }),
    'queue-bypass': flag({ help: 'accept the packet while no program listens' }),
    'queue-cpu-fanout': flag({ help: 'the processor picks the queue instead of the hash', needs: ['queue-balance'] }),
  },
  check: ({ 'queue-balance': given }) => {
    if (given && given.value.from === 0 && given.value.to === 65535) {
      throw new UsageError('NFQUEUE: the kernel balances over at most 65535 queues', { errno: 'EINVAL' })
    }
  },
  save: (values) => partsOf(values, '--queue-'),
  list: (values) => ` NFQUEUE${partsOf(values, '')}`,
  act: (values) => {
    const balance = values['queue-balance']?.value
    const number = values['queue-num']?.value ?? 0
    return [
      {
        kind: 'queue',
        numbers: balance ? [balance.from, balance.to] : [number, number],
        bypass: values['queue-bypass'] !== undefined,
        cpuFanout: values['queue-cpu-fanout'] !== undefined,
      },
    ]
  },
})
