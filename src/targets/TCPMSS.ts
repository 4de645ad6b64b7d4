import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineTarget, flag, optionOf, outOfRange, parseNumber, type RuleContext } from '../xtables/index.ts'

const SYN = 0x02

const segmentSize = optionOf<number>({
  words: 1,
  placeholder: 'num',
  parse: ([word = ''], context) => {
    const max = 65535 - (context.family === 4 ? 20 : 40)
    const size = parseNumber(word)
    if (size === null || size > max) throw outOfRange(context, null, 0, max)
    return size
  },
  format: String,
})

/** Whether a match of the rule asks for the SYN flag, as the kernel demands. Source: Linux xt_TCPMSS.c find_syn_match(). */
function asksForSyn({ protocol, protocolInverted, matches }: RuleContext): boolean {
  if (protocol !== PROTOCOL.tcp || protocolInverted) return false
  return matches.some(({ name, values }) => {
    const flags = values['tcp-flags'] as { value: { set: number }; inverted: boolean } | undefined
    return name === 'tcp' && flags !== undefined && !flags.inverted && (flags.value.set & SYN) !== 0
  })
}

/** The option written last: a size, or null for clamping. */
function chosen(values: { readonly 'set-mss'?: { readonly value: number } }): number | null {
  return Object.keys(values).at(-1) === 'set-mss' ? (values['set-mss']?.value ?? null) : null
}

/**
 * `-j TCPMSS`: lower the maximum segment size that a SYN announces, to a number or to what the path carries.
 *
 * Source: iptables-extensions(8) "TCPMSS"; Linux tcpmss_mangle_packet(), tcpmss_tg4_check(), tcpmss_tg6_check().
 */
export const TCPMSS = defineTarget({
  name: 'TCPMSS',
  families: [4, 6],
  hooks: (values) =>
    chosen(values) === null
      ? ['FORWARD', 'OUTPUT', 'POSTROUTING']
      : ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  options: {
    'set-mss': segmentSize({ help: 'bytes to lower a greater MSS to' }),
    'clamp-mss-to-pmtu': flag({ help: 'lower the MSS to what fits the path MTU, 40 bytes less (IPv6: 60)' }),
  },
  check: (values, rule) => {
    if (!values['set-mss'] && !values['clamp-mss-to-pmtu']) {
      throw new UsageError('TCPMSS target: At least one parameter is required')
    }
    if (asksForSyn(rule)) return
    throw new UsageError("TCPMSS: only works on TCP SYN packets: `-p tcp --syn' is missing", { errno: 'EINVAL' })
  },
  save: (values) => {
    const mss = chosen(values)
    return mss === null ? ' --clamp-mss-to-pmtu' : ` --set-mss ${mss}`
  },
  list: (values) => {
    const mss = chosen(values)
    return mss === null ? ' TCPMSS clamp to PMTU' : ` TCPMSS set ${mss}`
  },
  act: (values) => [{ kind: 'tcpmss', mss: chosen(values) }],
})
