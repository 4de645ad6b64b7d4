import { VERDICT } from '../expression/action.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, optionOf } from '../xtables/index.ts'

/** `major:minor` as scanf reads it: what follows the second number does not count. */
const CLASS = /^[ \t-\r]*([+-]?)(?:0[xX])?([0-9a-fA-F]+):[ \t-\r]*([+-]?)(?:0[xX])?([0-9a-fA-F]+)/

/** The low 16 bits of a hexadecimal number, which ends at 2^64 - 1. */
function low16(sign: string, digits: string): number {
  const value = BigInt(`0x${digits}`)
  if (value > 0xffff_ffff_ffff_ffffn) return 0xffff
  return Number((sign === '-' ? -value : value) & 0xffffn)
}

/** `major:minor` in hexadecimal; of each 16 bits are kept. Source: iptables 1.8.9 libxt_CLASSIFY.c. */
const trafficClassId = optionOf<number>({
  words: 1,
  placeholder: 'MAJOR:MINOR',
  parse: ([word = '']) => {
    const parts = CLASS.exec(word)
    if (parts === null) throw new UsageError(`Bad class value "${word}"`)
    const [, majorSign = '', major = '', minorSign = '', minor = ''] = parts
    return ((low16(majorSign, major) << 16) | low16(minorSign, minor)) >>> 0
  },
  format: (value) => {
    const four = (part: number): string => part.toString(16).padStart(4, '0')
    return `${four(value >>> 16)}:${four(value & 0xffff)}`
  },
})

/**
 * `-j CLASSIFY`: set the packet's priority, which is its class in the queue of the device.
 *
 * Source: iptables-extensions(8) "CLASSIFY"; Linux xt_CLASSIFY.c classify_tg().
 */
export const CLASSIFY = defineTarget({
  name: 'CLASSIFY',
  families: [4, 6],
  hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
  options: {
    'set-class': trafficClassId({
      help: 'traffic class for the queue of the device, both parts hexadecimal, 0-ffff',
      required: true,
    }),
  },
  list: ({ 'set-class': given }) => {
    const value = given?.value ?? 0
    return ` CLASSIFY set ${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`
  },
  act: ({ 'set-class': given }) => {
    const priority = given?.value ?? 0
    return [
      {
        kind: 'computed',
        name: 'CLASSIFY',
        act: (packet) => {
          packet.priority = priority
          return VERDICT.continue
        },
      },
    ]
  },
})
