import { always, never } from '../expression/test.ts'
import { defineMatch, uint32 } from '../xtables/index.ts'

/**
 * `-m cpu`: the processor that handles the packet, 0..2^32-1. A host here has one processor, number 0.
 *
 * Differs: a host has one processor.
 *
 * Source: iptables-extensions(8) "cpu"; Linux xt_cpu.c cpu_mt().
 */
export const cpu = defineMatch({
  name: 'cpu',
  families: [4, 6],
  options: {
    cpu: uint32({
      help: 'processor that handles the packet, by number',
      invertible: true,
      required: true,
      holds: (number) => (number === 0 ? always : never),
    }),
  },
  list: ({ cpu: given }) => (given ? ` cpu ${given.inverted ? '! ' : ''}${given.value}` : ''),
})
