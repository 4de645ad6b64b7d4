import { always, never } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { sameWords, ZERO_WORDS } from '../util/words.ts'
import { badValue, defineMatch, flag, hostMask, optionOf, protocolValue, resolvePort } from '../xtables/index.ts'

/** A port by number or service name; an empty word is port 0. */
const port = optionOf<number>({
  words: 1,
  placeholder: 'port',
  parse: ([word = '']) => (word === '' ? 0 : resolvePort(word)),
  format: String,
})

/** One of a few words in any case, saved in capital letters. */
function capital<const T extends string>(...words: readonly T[]): ReturnType<typeof optionOf<T>> {
  return optionOf<T>({
    words: 1,
    placeholder: `{${words.join('|')}}`,
    parse: ([word = ''], context) => {
      const found = words.find((one) => one === word.toUpperCase())
      if (found === undefined) throw badValue(context, word)
      return found
    },
    format: (word) => word,
  })
}

const options = {
  vproto: protocolValue({ help: 'protocol of the virtual service', invertible: true }),
  vaddr: hostMask({ help: 'address of the virtual service', invertible: true }),
  vport: port({ help: 'port of the virtual service', invertible: true }),
  vdir: capital('ORIGINAL', 'REPLY')({ help: 'direction of the packet in its connection' }),
  vmethod: capital('GATE', 'IPIP', 'MASQ')({ help: 'how packets are forwarded', invertible: true }),
  vportctl: port({ help: 'port of the connection that controls this one', invertible: true }),
  ipvs: flag({ help: 'the packet belongs to a connection of IPVS', invertible: true }),
}
const NAMES = ['vproto', 'vaddr', 'vport', 'vdir', 'vmethod', 'vportctl'] as const

/**
 * `-m ipvs`: properties of the IPVS connection of a packet.
 *
 * A host has no virtual services, so that no packet belongs to one: as for the kernel's packets that IPVS has not
 * touched, `! --ipvs` holds and everything else does not, not even what is negated.
 *
 * Differs: a host has no virtual services.
 *
 * Source: iptables-extensions(8) "ipvs"; Linux xt_ipvs.c ipvs_mt().
 */
export const ipvs = defineMatch({
  name: 'ipvs',
  families: [4, 6],
  options,
  check: (values) => {
    if (Object.keys(values).length === 0) throw new UsageError('IPVS: At least one option is required')
    if (values.ipvs?.inverted && NAMES.some((name) => values[name])) {
      throw new UsageError('! --ipvs cannot be together with other options')
    }
  },
  holds: (values) => (values.ipvs?.inverted ? always : never),
  save: (values, { family }) => {
    const context = { family, extension: 'ipvs', option: '', protocol: 0 }
    const words = NAMES.map((name) => {
      const given = values[name]
      if (given === undefined) return ''
      const shown = name === 'vaddr' && values.vaddr ? hostMask().format(values.vaddr.value, context) : given.value
      return `${given.inverted ? ' !' : ''} --${name} ${shown}`
    }).join('')
    return words === '' ? `${values.ipvs?.inverted ? ' !' : ''} --ipvs` : words
  },
  list: (values, { family }, { numeric }) => {
    const context = { family, extension: 'ipvs', option: '', protocol: 0 }
    const words = NAMES.map((name) => {
      const given = values[name]
      if (given === undefined) return ''
      const address = name === 'vaddr' ? values.vaddr?.value : undefined
      const isAny = address !== undefined && !numeric && sameWords(address.address, ZERO_WORDS)
      const shown = address === undefined ? given.value : isAny ? 'anywhere' : hostMask().format(address, context)
      return `${given.inverted ? ' !' : ''} ${name} ${shown}`
    }).join('')
    return words === '' ? `${values.ipvs?.inverted ? ' !' : ''} ipvs` : words
  },
})
