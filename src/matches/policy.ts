import type { Hook } from '../expression/environment.ts'
import { always, never } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { protocolName } from '../wire/protocols.ts'
import { defineMatch, flag, hostMask, optionOf, uint32, type Values } from '../xtables/index.ts'
import { everyUse, type OptionContext, type Use } from '../xtables/option.ts'
import { parseProtocol } from '../xtables/protocol-kind.ts'

const MOST_ELEMENTS = 4
const PROTOCOLS: readonly number[] = [50, 51, 108]
/** The tool's texts name the match in two ways. */
const NAME = 'policy match'

/** One of a few words, with the tool's error for another one. */
function oneOf<const T extends string>(words: readonly T[], refuse: (word: string) => string) {
  return optionOf<T>({
    words: 1,
    placeholder: words.join('|'),
    parse: ([word = '']) => {
      const found = words.find((one) => one === word)
      if (found === undefined) throw new UsageError(refuse(word))
      return found
    },
    format: (word) => word,
  })
}

const direction = oneOf(['in', 'out'], (word) => `policy_match: invalid dir "${word}"`)
const kind = oneOf(['none', 'ipsec'], (word) => `${NAME}: invalid policy "${word}"`)
const mode = oneOf(['transport', 'tunnel'], (word) => `${NAME}: invalid mode "${word}"`)

const securityProtocol = optionOf<number>({
  words: 1,
  placeholder: 'proto',
  parse: ([word = '']) => {
    const number = parseProtocol(word)
    if (!PROTOCOLS.includes(number)) throw new UsageError(`${NAME}: protocol must be ah/esp/ipcomp`)
    return number
  },
  format: (number) => protocolName(number) ?? String(number),
})

const spi = optionOf<number>({ ...uint32(), format: (number) => `0x${number.toString(16)}` })

/** What describes an element, in the order in which it is shown. */
const element = {
  reqid: everyUse(uint32({ help: 'number that the policy is known by (reqid)', invertible: true })),
  spi: everyUse(spi({ help: 'SPI of the element, 32 bits', invertible: true })),
  proto: everyUse(securityProtocol({ help: 'IPsec protocol of the element', invertible: true })),
  mode: everyUse(mode({ help: 'transport or tunnel mode', invertible: true })),
  'tunnel-dst': everyUse(hostMask({ help: 'where the tunnel ends', invertible: true })),
  'tunnel-src': everyUse(hostMask({ help: 'where the tunnel begins', invertible: true })),
}
const options = {
  dir: direction({ help: 'in: policy of a packet that arrived; out: of one that leaves' }),
  pol: kind({ help: 'ipsec or none: whether there is a policy' }),
  strict: flag({ help: 'all elements must fit, not any' }),
  ...element,
  next: everyUse(flag({ help: 'further options are about the element behind' })),
}
type PolicyValues = Values<typeof options>
type Part = keyof typeof element
type Element = Partial<Record<Part, Use<unknown>>>

const PARTS = Object.keys(element) as Part[]

/** The elements that the uses describe, in their order. Throws what the tool says of a use that cannot be. */
function elementsOf(values: PolicyValues): Element[] {
  const uses: (readonly [Part | 'next', Use<unknown>])[] = [...PARTS, 'next' as const].flatMap((name) =>
    (values[name]?.value ?? []).map((use) => [name, use] as const),
  )
  const elements: Element[] = [{}]
  for (const [name, use] of uses.sort((a, b) => a[1].at - b[1].at)) {
    if (name === 'next') {
      if (elements.length === MOST_ELEMENTS) throw new UsageError(`${NAME}: maximum policy depth reached`)
      elements.push({})
      continue
    }
    const last = elements.at(-1) as Element
    if (last[name]) throw new UsageError(`${NAME}: double --${name} option`)
    last[name] = use
  }
  return elements
}

/** Source: libxt_policy.c policy_check(), then the checks of libxtables. */
function check(values: PolicyValues): void {
  const elements = elementsOf(values)
  const { dir, pol, strict, next } = values
  if (!dir) throw new UsageError(`${NAME}: neither --dir in nor --dir out specified`)
  if (pol?.value === 'none') {
    if (strict) throw new UsageError(`${NAME}: policy none but --strict given`)
    if (elements.length > 1) throw new UsageError(`${NAME}: policy none but policy given`)
    return
  }
  for (const [index, one] of elements.entries()) {
    if (strict && Object.keys(one).length === 0) {
      throw new UsageError(
        `${NAME}: empty policy element ${index}. --strict is in effect, but at least one of reqid, spi, tunnel-src, tunnel-dst, proto or mode is required.`,
      )
    }
    const isTunnel = one.mode?.value === 'tunnel' && !one.mode.inverted
    if ((one['tunnel-src'] || one['tunnel-dst']) && !isTunnel) {
      throw new UsageError(`${NAME}: --tunnel-src/--tunnel-dst is only valid in tunnel mode`)
    }
  }
  if (next && !strict) throw new UsageError('policy: option "--next" also requires "--strict".\n')
}

/** The options as text: saved with `prefix` `--`, listed without. */
function texts(values: PolicyValues, family: OptionContext['family'], prefix: '--' | '', numeric: boolean): string {
  const { dir, pol, strict } = values
  const words = [`${prefix}dir ${dir?.value}`, `${prefix}pol ${pol?.value ?? 'ipsec'}`]
  if (strict) words.push(`${prefix}strict`)
  // Nothing describes that there is no policy.
  const elements = pol?.value === 'none' ? [] : elementsOf(values)
  for (const [index, one] of elements.entries()) {
    if (prefix === '' && elements.length > 1) words.push(`[${index}]`)
    if (prefix === '--' && index > 0) words.push('--next')
    for (const part of PARTS) {
      const use = one[part]
      if (use === undefined) continue
      const format = element[part].format as (value: unknown, context: OptionContext) => string
      const context = { family, extension: 'policy', option: part, protocol: 0 }
      const text = part === 'proto' && numeric ? String(use.value) : format(use.value, context)
      words.push(`${use.inverted ? '! ' : ''}${prefix}${part} ${text}`)
    }
  }
  return words.map((word) => ` ${word}`).join('')
}

const HOOKS: Readonly<Record<'in' | 'out', readonly Hook[]>> = {
  in: ['PREROUTING', 'INPUT', 'FORWARD'],
  out: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
}

/**
 * `-m policy`: the IPsec policy by which a packet was decapsulated (`--dir in`) or will be encapsulated
 * (`--dir out`), and with `--pol ipsec` up to four elements of it. A host has no IPsec: no packet has a policy, so
 * `--pol none` always holds and `--pol ipsec` never does.
 *
 * Differs: a host has no IPsec.
 *
 * Source: iptables-extensions(8) "policy"; Linux xt_policy.c policy_mt(), policy_mt_check().
 */
export const policy = defineMatch({
  name: 'policy',
  families: [4, 6],
  hooks: ({ dir }) => HOOKS[dir?.value ?? 'in'],
  options,
  check,
  save: (values, { family }) => texts(values, family, '--', false),
  list: (values, { family }, { numeric }) => ` policy match${texts(values, family, '', numeric)}`,
  holds: ({ pol }) => (pol?.value === 'none' ? always : never),
})
