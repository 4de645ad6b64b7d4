import { UsageError } from '../util/errors.ts'
import { type Words, ZERO_WORDS } from '../util/words.ts'
import { formatAddress } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { serviceNumber } from '../wire/services.ts'
import { defineTarget, markMask, optionOf, parseResolved } from '../xtables/index.ts'

/** A decimal port, of which 16 bits are kept, or a service. Source: libxtables XTTYPE_PORT, getaddrinfo(). */
const proxyPort = optionOf<number>({
  words: 1,
  placeholder: 'port',
  parse: ([word = ''], { protocol }) => {
    const port = /^[0-9]{1,9}$/.test(word) ? Number(word) & 0xffff : serviceNumber(word, protocol)
    if (port === undefined) throw new UsageError(`Port "${word}" does not resolve to anything.`)
    return port
  },
  format: String,
})

const proxyAddress = optionOf<Words>({
  words: 1,
  placeholder: 'ip',
  parse: ([word = ''], context) => parseResolved(word, context),
  format: (address, { family }) => formatAddress(family, address),
})

/**
 * `-j TPROXY`: hand the packet to a local socket without changing it, and mark it so that it is routed to the host.
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
    'on-port': proxyPort({ help: 'Redirect connection to port', required: true }),
    'on-ip': proxyAddress({ help: 'Optionally redirect to the given IP' }),
    'tproxy-mark': markMask({ help: 'Mark packets with the given value/mask' }),
  },
  save: (values, { family }) => {
    const { value, mask } = values['tproxy-mark']?.value ?? { value: 0, mask: 0 }
    const address = formatAddress(family, values['on-ip']?.value ?? ZERO_WORDS)
    const mark = `0x${value.toString(16)}/0x${mask.toString(16)}`
    return ` --on-port ${values['on-port']?.value ?? 0} --on-ip ${address} --tproxy-mark ${mark}`
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
