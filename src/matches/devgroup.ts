import type { Hook } from '../expression/environment.ts'
import { computed, OUTCOME } from '../expression/test.ts'
import type { Device } from '../packet/device.ts'
import { UsageError } from '../util/errors.ts'
import {
  defineMatch,
  formatMarkMask,
  type Given,
  type Masked,
  optionOf,
  parseNumber,
  type Values,
} from '../xtables/index.ts'

const MOST = 0xffffffff

/** `number[/mask]` or the one group name that every system has. Source: libxtables xtables_parse_val_mask(). */
const group = optionOf<Masked>({
  words: 1,
  placeholder: 'name|number[/mask]',
  parse: ([word = ''], { extension, option }) => {
    if (word === 'default') return { value: 0, mask: MOST }
    const slash = word.indexOf('/')
    const value = parseNumber(slash < 0 ? word : word.slice(0, slash))
    if (value === null || value > MOST) {
      throw new UsageError(`${extension}: could not map name ${word} to an integer value for option "--${option}".\n`)
    }
    const mask = slash < 0 ? MOST : parseNumber(word.slice(slash + 1))
    if (mask === null || mask > MOST) {
      throw new UsageError(`${extension}: bad integer value for option "--${option}", or out of range.\n`)
    }
    return { value, mask }
  },
  format: (given) => (isDefault(given) ? 'default' : formatMarkMask(given)),
})

function isDefault({ value, mask }: Masked): boolean {
  return value === 0 && mask === MOST
}

const options = {
  'src-group': group({ help: 'group of the device the packet came in by', invertible: true }),
  'dst-group': group({ help: 'group of the device the packet leaves by', invertible: true }),
}

const INCOMING: readonly Hook[] = ['PREROUTING', 'INPUT', 'FORWARD']
const OUTGOING: readonly Hook[] = ['FORWARD', 'OUTPUT', 'POSTROUTING']

function hooks(values: Values<typeof options>): readonly Hook[] {
  const source = values['src-group'] ? INCOMING : [...INCOMING, ...OUTGOING]
  return values['dst-group'] ? source.filter((hook) => OUTGOING.includes(hook)) : source
}

function isIn(device: Device | null, given: Given<Masked> | undefined): boolean {
  if (given === undefined) return true
  const { value, mask } = given.value
  return ((((device?.group ?? 0) ^ value) & mask) === 0) !== given.inverted
}

/**
 * `-m devgroup`: the group of the incoming or outgoing device (`ip link set … group`), 32 bits under a mask. The
 * name `default` is group 0, in which devices are until they are put into another.
 *
 * Source: iptables-extensions(8) "devgroup"; Linux xt_devgroup.c devgroup_mt(), devgroup_mt_checkentry().
 */
export const devgroup = defineMatch({
  name: 'devgroup',
  families: [4, 6],
  options,
  hooks,
  check: (values) => {
    if (values['src-group'] || values['dst-group']) return
    throw new UsageError("devgroup match: You must specify either '--src-group' or '--dst-group'")
  },
  holds: ({ 'src-group': source, 'dst-group': destination }) =>
    computed(
      'devgroup',
      false,
      ({ inDevice, outDevice }) => (isIn(inDevice, source) && isIn(outDevice, destination) ? OUTCOME.yes : OUTCOME.no),
      ({ inDevice, outDevice }) =>
        [inDevice, outDevice].map((device) => (device ? `${device.name} in ${device.group ?? 0}` : '')).join(' '),
    ),
  list: (values, _rule, { numeric }) =>
    (['src-group', 'dst-group'] as const)
      .map((name) => {
        const given = values[name]
        if (given === undefined) return ''
        const text = !numeric && isDefault(given.value) ? 'default' : formatMarkMask(given.value)
        return `${given.inverted ? ' !' : ''} ${name} ${text}`
      })
      .join(''),
})
