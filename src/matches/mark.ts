import { field } from '../expression/field.ts'
import { masked } from '../expression/test.ts'
import { defineMatch, formatMarkMask, markMask } from '../xtables/index.ts'

/**
 * `-m mark`: the packet's nfmark, 32 bits, of which the mask's are compared. A value with bits outside of its
 * mask never matches.
 *
 * Source: iptables-extensions(8) "mark"; Linux xt_mark.c mark_mt().
 */
export const mark = defineMatch({
  name: 'mark',
  families: [4, 6],
  options: {
    mark: markMask({
      help: 'mark of the packet, 32 bits; with a mask only those bits',
      invertible: true,
      required: true,
      holds: ({ value, mask }) => masked(field.packet.mark, mask, value),
    }),
  },
  list: ({ mark: given }) => (given ? ` mark match ${given.inverted ? '! ' : ''}${formatMarkMask(given.value)}` : ''),
})
