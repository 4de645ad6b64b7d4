import { type ComputedTest, OUTCOME } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, flag, optionOf, parseUint64, type Values } from '../xtables/index.ts'

/** Source: Linux xt_connlabel.h XT_CONNLABEL_MAXBIT. */
const LAST_BIT = 127

/**
 * A label by its number. Names come from a file of the machine that loads the rules, so that here, as where that file
 * is missing, none is known. Of a large number the low 16 bits count.
 */
const label = optionOf<number>({
  words: 1,
  placeholder: 'number',
  parse: ([word = '']) => {
    if (word === '') throw new UsageError('Argument must have a minimum length of 1 characters\n')
    const number = parseUint64(word.replace(/^[ \t]*\+?/, ''))
    const value = number === null ? -1 : Number(BigInt.asIntN(32, number))
    if (value < 0) throw new UsageError(`label '${word}' not found or invalid value`)
    return value & 0xffff
  },
  format: (bit) => `"${bit}"`,
})

const options = {
  label: label({ help: 'label that the connection has, 0-127', invertible: true, required: true }),
  set: flag({ help: 'give the connection the label' }),
}

function labelTest({ label: given, set }: Values<typeof options>): ComputedTest {
  const bit = 1n << BigInt(given?.value ?? 0)
  const [found, missing] = given?.inverted ? [OUTCOME.no, OUTCOME.yes] : [OUTCOME.yes, OUTCOME.no]
  return {
    kind: 'computed',
    name: 'connlabel',
    stateful: set !== undefined,
    evaluate: ({ ct }) => {
      if (ct?.labels === undefined) return missing
      if (ct.labels & bit) return found
      if (set === undefined) return missing
      ct.labels |= bit
      return found
    },
    observe: ({ ct }) => (ct === null ? 'no connection' : `labels 0x${(ct.labels ?? 0n).toString(16)}`),
  }
}

/**
 * `-m connlabel`: the packet's connection has one of 128 labels; `--set` gives it the label first, so that it then has
 * it. Packets without a connection have no label and get none.
 *
 * Connections that a host directory lists begin without labels.
 *
 * Differs: there is no connlabel.conf: labels are numbers.
 *
 * Source: iptables-extensions(8) "connlabel"; Linux xt_connlabel.c connlabel_mt(), nf_connlabels_get().
 */
export const connlabel = defineMatch({
  name: 'connlabel',
  families: [4, 6],
  needsConntrack: true,
  options,
  check: ({ label: given }) => {
    if (given !== undefined && given.value > LAST_BIT) {
      throw new UsageError(`connlabel: there are labels 0 to ${LAST_BIT}`, { errno: 'ERANGE' })
    }
  },
  holds: labelTest,
  list: ({ label: given, set }) =>
    ` connlabel ${given?.inverted ? '! ' : ''}${given?.value ?? 0}${set === undefined ? '' : ' set'}`,
})
