import { field } from '../expression/field.ts'
import { between, header, not } from '../expression/test.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, type Given, type NumberRange, numberRange } from '../xtables/index.ts'

const HEADER = 4
/** What the tool asks for where the rule does not say: index 0. */
const WITHOUT: Given<NumberRange> = { value: { from: 0, to: 0 }, inverted: false }

const isEvery = ({ from, to }: NumberRange): boolean => from === 0 && to === 0xffffffff

function listed({ value, inverted }: Given<NumberRange>): string {
  if (isEvery(value) && !inverted) return ''
  const sign = inverted ? '!' : ''
  return value.from === value.to ? `spi:${sign}${value.from}` : `spis:${sign}${value.from}:${value.to}`
}

/**
 * `-m ipcomp`: the Compression Parameter Index of an IPComp header, 0..65535, although rules may say up to
 * 2^32-1; without the option, index 0. Loaded by `-p ipcomp` itself.
 *
 * Later fragments do not match; less than 4 bytes of header drop the packet.
 *
 * Source: iptables 1.8.9 `-m ipcomp -h`; RFC 3173 section 3; Linux xt_ipcomp.c comp_mt().
 */
export const ipcomp = defineMatch({
  name: 'ipcomp',
  families: [4, 6],
  protocols: [PROTOCOL.ipcomp],
  implicitFor: [PROTOCOL.ipcomp],
  options: {
    ipcompspi: numberRange(32)({ help: 'CPI, or range of CPIs', invertible: true, isDefault: isEvery }),
  },
  save: ({ ipcompspi: { value, inverted } = WITHOUT }) => {
    if (isEvery(value)) return ''
    const numbers = value.from === value.to ? `${value.from}` : `${value.from}:${value.to}`
    return `${inverted ? ' !' : ''} --ipcompspi ${numbers}`
  },
  list: ({ ipcompspi = WITHOUT }) => ` comp ${listed(ipcompspi)}`,
  holds: ({ ipcompspi: { value, inverted } = WITHOUT }) => {
    const test = between(field.ipcomp.cpi, value.from, value.to)
    return header(HEADER, inverted ? not(test) : test)
  },
})
