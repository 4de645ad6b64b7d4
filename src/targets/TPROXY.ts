import { type Words, ZERO_WORDS } from '../util/words.ts'
import { formatAddress } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import {
  defineTarget,
  type Masked,
  markMask,
  optionOf,
  parseResolved,
  type RuleContext,
  resolvePort,
} from '../xtables/index.ts'

/** Source: libxtables XTTYPE_PORT. */
const proxyPort = optionOf<number>({
  words: 1,
  placeholder: 'port',
  parse: ([word = '']) => resolvePort(word),
  format: String,
})

const proxyAddress = optionOf<Words>({
  words: 1,
  placeholder: 'ip',
  parse: ([word = ''], context) => parseResolved(word, context),
  format: (address, { family }) => formatAddress(family, address),
})

interface ProxyValues {
  readonly 'on-port'?: { readonly value: number }
  readonly 'on-ip'?: { readonly value: Words }
  readonly 'tproxy-mark'?: { readonly value: Masked }
}

/** The parts as they are printed; what is not given is 0. */
function textOf(values: ProxyValues, { family }: RuleContext): Readonly<Record<'address' | 'port' | 'mark', string>> {
  const { value, mask } = values['tproxy-mark']?.value ?? { value: 0, mask: 0 }
  return {
    address: formatAddress(family, values['on-ip']?.value ?? ZERO_WORDS),
    port: String(values['on-port']?.value ?? 0),
    mark: `0x${value.toString(16)}/0x${mask.toString(16)}`,
  }
}

/**
 * `-j TPROXY`: give the packet, as it is, to a socket of this host, and mark it so that it is routed there.
 *
 * Differs: no listening socket is known, so that the packet is dropped.
 *
 * Source: iptables-extensions(8) "TPROXY"; Linux xt_TPROXY.c tproxy_tg4(), tproxy_tg6_v1().
 */
export const TPROXY = defineTarget({
  name: 'TPROXY',
  families: [4, 6],
  tables: ['mangle'],
  hooks: ['PREROUTING'],
  protocols: [PROTOCOL.tcp, PROTOCOL.udp],
  options: {
    'on-port': proxyPort({ help: 'port of the local socket; 0: the one the packet is for', required: true }),
    'on-ip': proxyAddress({ help: 'address of the local socket, default one of the device it came in by' }),
    'tproxy-mark': markMask({ help: 'new mark = (old AND NOT mask) XOR value' }),
  },
  save: (values, rule) => {
    const { address, port, mark } = textOf(values, rule)
    return ` --on-port ${port} --on-ip ${address} --tproxy-mark ${mark}`
  },
  list: (values, rule) => {
    const { address, port, mark } = textOf(values, rule)
    return ` TPROXY redirect ${address}:${port} mark ${mark}`
  },
  act: (values) => [
    {
      kind: 'tproxy',
      address: values['on-ip']?.value ?? ZERO_WORDS,
      port: values['on-port']?.value ?? 0,
      mark: values['tproxy-mark']?.value.value ?? 0,
      mask: values['tproxy-mark']?.value.mask ?? 0,
    },
  ],
})
