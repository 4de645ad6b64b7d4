import { UsageError } from '../util/errors.ts'
import { defineTarget, flag, type NumberRange, optionOf, parseNumber, uint16 } from '../xtables/index.ts'

/** `from:to`, either end may be missing. */
const queueRange = optionOf<NumberRange>({
  words: 1,
  placeholder: 'first:last',
  parse: ([word = '']) => {
    const parts = word.split(':')
    if (parts.length > 2) throw new UsageError('NFQUEUE: Too many components for option "--queue-balance" (max: 2)')
    if (parts.length === 1) throw new UsageError(`Bad range "${word}"`)
    const [from, to] = parts.map((part, index) => {
      const number = part === '' ? [0, 65535][index] : parseNumber(part)
      if (number !== null && number !== undefined && number <= 65535) return number
      const near = index === 0 ? word : part
      throw new UsageError(`NFQUEUE: bad value for option "--queue-balance" near "${near}", or out of range (0-65535).`)
    }) as [number, number]
    if (from >= to) throw new UsageError(`${from} should be less than ${to}`)
    return { from, to }
  },
  format: ({ from, to }) => `${from}:${to}`,
})

/**
 * `-j NFQUEUE`: hand the packet to a program, which decides.
 *
 * Source: iptables-extensions(8) "NFQUEUE"; Linux xt_NFQUEUE.c nfqueue_tg_v3().
 */
export const NFQUEUE = defineTarget({
  name: 'NFQUEUE',
  families: [4, 6],
  options: {
    'queue-num': uint16({ help: 'Send packet to QUEUE number <value>', excludes: ['queue-balance'] }),
    'queue-balance': queueRange({ help: 'Balance flows between queues <value> to <value>' }),
    'queue-bypass': flag({ help: 'Bypass Queueing if no queue instance exists' }),
    'queue-cpu-fanout': flag({ help: 'Use current CPU (no hashing)', needs: ['queue-balance'] }),
  },
  check: ({ 'queue-balance': given }) => {
    if (given && given.value.from === 0 && given.value.to === 65535) {
      throw new UsageError('NFQUEUE: the kernel balances over at most 65535 queues', { errno: 'EINVAL' })
    }
  },
  save: (values) => {
    const balance = values['queue-balance']?.value
    const queue = balance
      ? ` --queue-balance ${balance.from}:${balance.to}`
      : ` --queue-num ${values['queue-num']?.value ?? 0}`
    return `${queue}${values['queue-bypass'] ? ' --queue-bypass' : ''}${values['queue-cpu-fanout'] ? ' --queue-cpu-fanout' : ''}`
  },
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
