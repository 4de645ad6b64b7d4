import { VERDICT } from '../expression/action.ts'
import { stripTcpOptions } from '../packet/mangle.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineTarget, optionOf, parseNumber } from '../xtables/index.ts'

const NAMES: Readonly<Record<string, number>> = {
  wscale: 3,
  mss: 2,
  'sack-permitted': 4,
  sack: 5,
  timestamp: 8,
  md5: 19,
}

const optionKinds = optionOf<readonly number[]>({
  words: 1,
  placeholder: 'value[,value...]',
  parse: ([word = '']) => {
    const kinds = new Set<number>()
    for (const part of word.split(',')) {
      const kind = Object.hasOwn(NAMES, part) ? (NAMES[part] as number) : parseNumber(part)
      if (kind === null || kind > 255) throw new UsageError(`Bad TCP option value "${part}"`)
      if (kind < 2) throw new UsageError('Option value may not be 0 or 1')
      if (kinds.has(kind)) throw new UsageError(`Option "${part}" already specified`)
      kinds.add(kind)
    }
    return [...kinds].sort((a, b) => a - b)
  },
  format: (kinds) => kinds.join(','),
})

/**
 * `-j TCPOPTSTRIP`: overwrite TCP options with no-operations; a packet with a broken header is dropped.
 *
 * Source: iptables-extensions(8) "TCPOPTSTRIP"; Linux tcpoptstrip_mangle_packet().
 */
export const TCPOPTSTRIP = defineTarget({
  name: 'TCPOPTSTRIP',
  families: [4, 6],
  tables: ['mangle'],
  protocols: [PROTOCOL.tcp],
  options: { 'strip-options': optionKinds({ help: 'kinds of TCP options to overwrite with NOP, by number or name' }) },
  list: ({ 'strip-options': given }, _rule, { numeric }) => {
    const shown = (kind: number): string => {
      const name = numeric ? undefined : Object.keys(NAMES).find((one) => NAMES[one] === kind)
      return name ?? String(kind)
    }
    return given ? ` TCPOPTSTRIP options ${given.value.map(shown).join(',')}` : ''
  },
  act: ({ 'strip-options': given }) => {
    const kinds = new Set(given?.value ?? [])
    const strips = (kind: number): boolean => kinds.has(kind)
    return [
      {
        kind: 'computed',
        name: 'TCPOPTSTRIP',
        act: (packet) => (stripTcpOptions(packet, strips) ? VERDICT.continue : VERDICT.drop),
      },
    ]
  },
})
