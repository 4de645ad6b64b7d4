import { VERDICT } from '../expression/action.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { numberBetween, type TargetDefinition } from '../xtables/index.ts'

/** What TTL and HL differ in. */
export interface HopField {
  /** The target's name; in lower case its options begin with it. */
  readonly name: string
  /** Where the hops left stand, in bytes from the start of the network header. */
  readonly offset: number
  readonly set: (packet: Packet, hops: number) => void
}

/**
 * The options and the action of a target that sets, lowers or raises the hops left, within 0..255.
 *
 * Source: iptables 1.8.9 libipt_TTL.c, libip6t_HL.c; Linux xt_HL.c.
 */
export function hopChange({
  name,
  offset,
  set,
}: HopField): Pick<TargetDefinition, 'options' | 'check' | 'list' | 'act'> {
  const option = name.toLowerCase()
  const [toSet, toLower, toRaise] = [`${option}-set`, `${option}-dec`, `${option}-inc`]
  return {
    options: {
      [toSet]: numberBetween(0, 255)({ help: `the ${name} becomes this, 0-255`, excludes: [toRaise, toLower] }),
      [toLower]: numberBetween(
        1,
        255,
      )({ help: `lower the ${name} by this, 1-255, but not below 0`, excludes: [toRaise] }),
      [toRaise]: numberBetween(1, 255)({ help: `raise the ${name} by this, 1-255, but not above 255` }),
    },
    check: (values) => {
      if (Object.keys(values).length === 0) throw new UsageError(`${name}: You must specify an action`)
    },
    list: (values) => {
      const given = Object.keys(values)[0]
      if (given === undefined) return ''
      const change = given === toSet ? 'set to' : given === toLower ? 'decrement by' : 'increment by'
      return ` ${name} ${change} ${values[given]?.value}`
    },
    act: (values) => {
      const fixed: number | null = values[toSet]?.value ?? null
      const change: number = (values[toRaise]?.value ?? 0) - (values[toLower]?.value ?? 0)
      return [
        {
          kind: 'computed',
          name,
          act: (packet) => {
            const old = packet.view.getUint8(packet.network + offset)
            set(packet, fixed ?? Math.max(0, Math.min(255, old + change)))
            return VERDICT.continue
          },
        },
      ]
    },
  }
}
