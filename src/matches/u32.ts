import { computed, OUTCOME, type Test } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { defineMatch, optionOf } from '../xtables/index.ts'
import { formatU32, parseU32, type U32Test } from './u32-language.ts'

/** Reads the value that a test compares; null where it lies outside the packet. */
function readValue({ view, network, length }: Packet, test: U32Test): number | null {
  let base = 0
  let at = test.start
  if (length < 4 || at > length - 4) return null
  let value = view.getUint32(network + at)
  for (const { operator, operand } of test.operations) {
    switch (operator) {
      case '&':
        value = (value & operand) >>> 0
        break
      case '<<':
        value = (value << operand) >>> 0
        break
      case '>>':
        value >>>= operand
        break
      case '@':
        base += value
        at = operand
        if (base + 4 > length || at > length - base - 4) return null
        value = view.getUint32(network + base + at)
    }
  }
  return value
}

/** Source: Linux u32_match_it(). */
function allHold(tests: readonly U32Test[]): Test {
  return computed('u32', false, (packet) => {
    for (const test of tests) {
      const value = readValue(packet, test)
      if (value === null || !test.ranges.some(([from, to]) => from <= value && value <= to)) return OUTCOME.no
    }
    return OUTCOME.yes
  })
}

const expression = optionOf<readonly U32Test[]>({
  words: 1,
  placeholder: 'tests',
  parse: ([word = '']) => parseU32(word),
  format: quoted,
})

function quoted(tests: readonly U32Test[]): string {
  return `"${formatU32(tests)}"`
}

/**
 * `-m u32`: four bytes at computed places of the packet, counted from the network header, lie in ranges. What
 * would be read outside of the packet does not match.
 *
 * Source: iptables-extensions(8) "u32"; Linux xt_u32.c u32_match_it().
 */
export const u32 = defineMatch({
  name: 'u32',
  families: [4, 6],
  options: {
    u32: expression({ help: 'bytes to extract, ranges to compare', invertible: true, required: true, holds: allHold }),
  },
  list: ({ u32: given }) => (given ? ` u32${given.inverted ? ' !' : ''} ${quoted(given.value)}` : ''),
})
