import type { Hook } from '../expression/environment.ts'
import { never } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { checkDeviceName, defineMatch, flag, optionOf, type Values } from '../xtables/index.ts'

const ALL: readonly Hook[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']

const deviceName = optionOf<string>({
  words: 1,
  placeholder: 'name[+]',
  parse: ([word = ''], { warn }) => {
    checkDeviceName(word, warn)
    return word
  },
  format: (word) => word,
})

/** No packet has passed a bridge. */
const notBridged = (): typeof never => never

const options = {
  'physdev-is-in': flag({ help: 'the packet came in by a port of a bridge', invertible: true, holds: notBridged }),
  'physdev-in': deviceName({
    help: 'bridge port it came in by; + at the end stands for any ending',
    invertible: true,
    holds: notBridged,
  }),
  'physdev-is-out': flag({ help: 'the packet leaves by a port of a bridge', invertible: true, holds: notBridged }),
  'physdev-out': deviceName({
    help: 'bridge port it leaves by; + at the end stands for any ending',
    invertible: true,
    holds: notBridged,
  }),
  'physdev-is-bridged': flag({
    help: 'the packet goes from port to port without routing',
    invertible: true,
    holds: notBridged,
  }),
}

/** The options as given, an empty name with the space before it. */
function optionsText(values: Values<typeof options>): string {
  return (Object.keys(options) as (keyof typeof options)[])
    .map((name) => {
      const given = values[name]
      if (given === undefined) return ''
      return `${given.inverted ? ' !' : ''} --${name}${given.value === true ? '' : ` ${given.value}`}`
    })
    .join('')
}

/**
 * `-m physdev`: the ports of a bridge that a packet passes. A host without bridges has none: then it holds
 * exactly when everything asked is negated.
 *
 * Source: iptables-extensions(8) "physdev"; Linux xt_physdev.c physdev_mt(), physdev_mt_check().
 */
export const physdev = defineMatch({
  name: 'physdev',
  families: [4, 6],
  options,
  save: optionsText,
  list: (values) => ` PHYSDEV match${optionsText(values)}`,
  hooks: (values) => {
    const bridged = values['physdev-is-bridged']
    const asksOut = values['physdev-out'] || values['physdev-is-out']
    return asksOut && (!bridged || bridged.inverted) ? ALL.filter((hook) => hook !== 'OUTPUT') : ALL
  },
  check: (values) => {
    if (Object.keys(values).length === 0) throw new UsageError('PHYSDEV: no physdev option specified')
  },
})
