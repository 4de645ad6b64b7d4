import { VERDICT } from '../expression/action.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, optionOf } from '../xtables/index.ts'

/** `major:minor` in hexadecimal; of each 16 bits are kept. */
const trafficClassId = optionOf<number>({
  words: 1,
  placeholder: 'MAJOR:MINOR',
  parse: ([word = '']) => {
    const parts = /^(?:0[xX])?([0-9a-fA-F]+):(?:0[xX])?([0-9a-fA-F]+)/.exec(word)
    if (parts === null) throw new UsageError(`Bad class value "${word}"`)
    const [major, minor] = [parts[1] as string, parts[2] as string].map((part) => Number.parseInt(part.slice(-4), 16))
    return (((major as number) << 16) | (minor as number)) >>> 0
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
  options: { 'set-class': trafficClassId({ help: 'Set skb->priority value (always hexadecimal!)', required: true }) },
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
