import { field } from '../expression/field.ts'
import { allOf, anyOf, equals, inNetwork, not, type Test } from '../expression/test.ts'
import { PKTTYPE } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { ipv4Mask } from '../wire/address.ts'
import { defineMatch, optionOf } from '../xtables/index.ts'

/** The names; the first of a number is saved. Source: libxt_pkttype.c supported_types[]. */
const NAMES: Readonly<Record<string, number>> = {
  unicast: PKTTYPE.host,
  broadcast: PKTTYPE.broadcast,
  multicast: PKTTYPE.multicast,
  otherhost: PKTTYPE.otherhost,
  bcast: PKTTYPE.broadcast,
  mcast: PKTTYPE.multicast,
  host: PKTTYPE.host,
}

/** A copy of an own broadcast or multicast packet. Source: linux/if_packet.h PACKET_LOOPBACK. */
const LOOPED_BACK = 5

function nameOf(type: number): string {
  return Object.keys(NAMES).find((name) => NAMES[name] === type) as string
}

const packetType = optionOf<number>({
  words: 1,
  placeholder: 'packettype',
  parse: ([word = '']) => {
    const name = word.toLowerCase()
    if (!Object.hasOwn(NAMES, name)) throw new UsageError(`Bad packet type '${word}'`)
    return NAMES[name] as number
  },
  format: nameOf,
})

/** A packet looped back is told from its destination. Source: Linux pkttype_mt(). */
function typeTest(type: number, family: 4 | 6): Test {
  const isType = equals(field.packet.type, type)
  if (type !== PKTTYPE.broadcast && type !== PKTTYPE.multicast) return isType
  const isLoopedBack = equals(field.packet.type, LOOPED_BACK)
  if (family === 6) return type === PKTTYPE.multicast ? anyOf(isType, isLoopedBack) : isType
  const toGroup = inNetwork(field.packet.destination, [0xe0000000, 0, 0, 0], [ipv4Mask(4), 0, 0, 0])
  return anyOf(isType, allOf(isLoopedBack, type === PKTTYPE.multicast ? toGroup : not(toGroup)))
}

/**
 * `-m pkttype`: whom the link layer addressed: the host (`unicast`), all (`broadcast`), a group (`multicast`).
 *
 * Source: iptables-extensions(8) "pkttype"; Linux xt_pkttype.c pkttype_mt().
 */
export const pkttype = defineMatch({
  name: 'pkttype',
  families: [4, 6],
  options: {
    'pkt-type': packetType({
      help: 'whom the frame was for: unicast, broadcast or multicast',
      invertible: true,
      required: true,
      holds: (type, { family }) => typeTest(type, family),
    }),
  },
  list: ({ 'pkt-type': given }) => (given ? ` PKTTYPE ${given.inverted ? '!=' : '='} ${nameOf(given.value)}` : ''),
})
