import { VERDICT } from '../expression/action.ts'
import { setHopLimit } from '../packet/mangle.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, optionOf, parseNumber } from '../xtables/index.ts'

function hops(min: number): ReturnType<typeof optionOf<number>> {
  return optionOf<number>({
    words: 1,
    placeholder: 'value',
    parse: ([word = ''], { option }) => {
      const value = parseNumber(word)
      if (value !== null && value >= min && value <= 255) return value
      throw new UsageError(`HL: bad value for option "--${option}", or out of range (${min}-255).`)
    },
    format: String,
  })
}

/**
 * `-j HL`: set, raise or lower the IPv6 hop limit, which stays within 0..255.
 *
 * Source: iptables-extensions(8) "HL"; Linux xt_HL.c hl_tg6().
 */
export const HL = defineTarget({
  name: 'HL',
  families: [6],
  tables: ['mangle'],
  options: {
    'hl-set': hops(0)({ help: 'Set HL to <value 0-255>', excludes: ['hl-inc', 'hl-dec'] }),
    'hl-dec': hops(1)({ help: 'Decrement HL by <value 1-255>' }),
    'hl-inc': hops(1)({ help: 'Increment HL by <value 1-255>', excludes: ['hl-dec'] }),
  },
  check: (values) => {
    if (Object.keys(values).length === 0) throw new UsageError('HL: You must specify an action')
  },
  act: (values) => {
    const set = values['hl-set']?.value ?? null
    const change = (values['hl-inc']?.value ?? 0) - (values['hl-dec']?.value ?? 0)
    return [
      {
        kind: 'computed',
        name: 'HL',
        act: (packet) => {
          const old = packet.view.getUint8(packet.network + 7)
          setHopLimit(packet, set ?? Math.max(0, Math.min(255, old + change)))
          return VERDICT.continue
        },
      },
    ]
  },
})
