import { VERDICT } from '../expression/action.ts'
import { setTtl } from '../packet/mangle.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, optionOf, parseNumber } from '../xtables/index.ts'

function hops(min: number): ReturnType<typeof optionOf<number>> {
  return optionOf<number>({
    words: 1,
    placeholder: 'value',
    parse: ([word = ''], { option }) => {
      const value = parseNumber(word)
      if (value !== null && value >= min && value <= 255) return value
      throw new UsageError(`TTL: bad value for option "--${option}", or out of range (${min}-255).`)
    },
    format: String,
  })
}

/**
 * `-j TTL`: set, raise or lower the IPv4 Time To Live, which stays within 0..255.
 *
 * Source: iptables-extensions(8) "TTL"; Linux xt_HL.c ttl_tg().
 */
export const TTL = defineTarget({
  name: 'TTL',
  families: [4],
  tables: ['mangle'],
  options: {
    'ttl-set': hops(0)({ help: 'Set TTL to <value 0-255>', excludes: ['ttl-inc', 'ttl-dec'] }),
    'ttl-dec': hops(1)({ help: 'Decrement TTL by <value 1-255>' }),
    'ttl-inc': hops(1)({ help: 'Increment TTL by <value 1-255>', excludes: ['ttl-dec'] }),
  },
  check: (values) => {
    if (Object.keys(values).length === 0) throw new UsageError('TTL: You must specify an action')
  },
  act: (values) => {
    const set = values['ttl-set']?.value ?? null
    const change = (values['ttl-inc']?.value ?? 0) - (values['ttl-dec']?.value ?? 0)
    return [
      {
        kind: 'computed',
        name: 'TTL',
        act: (packet) => {
          const old = packet.view.getUint8(packet.network + 8)
          setTtl(packet, set ?? Math.max(0, Math.min(255, old + change)))
          return VERDICT.continue
        },
      },
    ]
  },
})
