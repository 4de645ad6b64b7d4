import { hasConnection } from '../expression/connection.ts'
import { field } from '../expression/field.ts'
import { allOf, masked } from '../expression/test.ts'
import { defineMatch, formatMarkMask, markMask } from '../xtables/index.ts'

/**
 * `-m connmark`: the mark of the packet's connection, 32 bits, of which the mask's are compared. A packet
 * without a connection never matches, negated or not.
 *
 * Source: iptables-extensions(8) "connmark"; Linux xt_connmark.c connmark_mt().
 */
export const connmark = defineMatch({
  name: 'connmark',
  families: [4, 6],
  needsConntrack: true,
  options: {
    mark: markMask({
      help: 'mark of the connection, 32 bits; with a mask only those bits',
      invertible: true,
      required: true,
      holds: ({ value, mask }) => masked(field.ct.mark, mask, value),
    }),
  },
  list: ({ mark }) => {
    if (mark === undefined) return ''
    return ` connmark match ${mark.inverted ? '!' : ''} ${formatMarkMask(mark.value)}`
  },
  guard: (test) => allOf(hasConnection, test),
})
