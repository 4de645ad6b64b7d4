import { maskWords, type Words } from '../util/words.ts'
import { defineTarget, formatNetwork, hostMask, type Network, optionOf } from '../xtables/index.ts'
import { natRange } from '../xtables/nat-kinds.ts'

const anyHostMask = hostMask()

/** `address[/mask]`, of which the address keeps the mask's bits. Source: iptables 1.8.9 libipt_NETMAP.c NETMAP_parse(). */
const mappedNetwork = optionOf<Network>({
  words: 1,
  placeholder: 'address[/mask]',
  parse: (words, context) => {
    const { address, mask } = anyHostMask.parse(words, context)
    return { address: maskWords(address, mask), mask }
  },
  format: formatNetwork,
})

function lastAddress({ address, mask }: Network, family: 4 | 6): Words {
  const words = family === 4 ? 1 : 4
  return address.map((part, index) => (index < words ? (part | ~(mask[index] as number)) >>> 0 : 0)) as unknown as Words
}

/**
 * `-j NETMAP`: map a whole network onto another, host by host; the destination before routing, the source after.
 *
 * Source: iptables-extensions(8) "NETMAP"; Linux xt_NETMAP.c netmap_tg4(), netmap_tg6().
 */
export const NETMAP = defineTarget({
  name: 'NETMAP',
  families: [4, 6],
  tables: ['nat'],
  hooks: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  needsConntrack: true,
  options: { to: mappedNetwork({ help: 'network whose prefix replaces that of the address', required: true }) },
  list: ({ to }, rule) => (to ? ` to:${formatNetwork(to.value, rule)}` : ''),
  act: ({ to }, rule) => {
    if (to === undefined) return []
    const range = natRange({ addresses: [to.value.address, lastAddress(to.value, rule.family)], netmap: true })
    return [{ kind: 'nat', side: 'destination', range }]
  },
})
