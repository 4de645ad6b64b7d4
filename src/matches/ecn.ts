import { field } from '../expression/field.ts'
import { allOf, computed, equals, not, OUTCOME, type Test } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, flag, numberBetween } from '../xtables/index.ts'
import { transportInRules } from './ipv6-headers.ts'

const TCP_HEADER = 20
const FLAGS = 13
const ECE = 0x40
const CWR = 0x80

/** Whether the flag is set where a TCP header would be, also in later fragments; false where that is cut short. */
function flagIs(bit: number, set: boolean): Test {
  return computed('ecn', false, (packet) => {
    const at = transportInRules(packet)
    if (at + TCP_HEADER > packet.end) return OUTCOME.no
    return ((packet.view.getUint8(at + FLAGS) & bit) !== 0) === set ? OUTCOME.yes : OUTCOME.no
  })
}

const options = {
  'ecn-tcp-ece': flag({ help: 'the TCP header has ECE set', invertible: true }),
  'ecn-tcp-cwr': flag({ help: 'the TCP header has CWR set', invertible: true }),
  'ecn-ip-ect': numberBetween(0, 3)({ help: 'value of the ECN field of IPv4 or IPv6, 0-3', invertible: true }),
}

/**
 * `-m ecn`: Explicit Congestion Notification: the code point 0..3 in the IP header, the bits ECE and CWR of TCP.
 *
 * A TCP header cut short does not match, negated or not.
 *
 * Source: iptables-extensions(8) "ecn"; RFC 3168; Linux xt_ecn.c ecn_mt4(), ecn_mt6().
 */
export const ecn = defineMatch({
  name: 'ecn',
  families: [4, 6],
  options,
  check: (values, rule) => {
    if (Object.keys(values).length === 0) throw new UsageError('ECN match: some option required')
    const isTcp = rule.protocol === PROTOCOL.tcp && !rule.protocolInverted
    if ((values['ecn-tcp-ece'] || values['ecn-tcp-cwr']) && !isTcp) {
      throw new UsageError('ecn: the bits of TCP need -p tcp', { errno: 'EINVAL' })
    }
  },
  list: ({ 'ecn-ip-ect': point, 'ecn-tcp-ece': ece, 'ecn-tcp-cwr': cwr }) => {
    const shown = (name: string, given: { readonly inverted: boolean } | undefined): string =>
      given ? ` ${given.inverted ? '!' : ''}${name}` : ''
    return ` ECN match${shown('ECE', ece)}${shown('CWR', cwr)}${shown(`ECT=${point?.value}`, point)}`
  },
  holds: (values, { family }) => {
    const { 'ecn-ip-ect': point, 'ecn-tcp-ece': ece, 'ecn-tcp-cwr': cwr } = values
    const tests: Test[] = []
    if (point) {
      const test = equals(family === 4 ? field.ip.ecn : field.ip6.ecn, point.value)
      tests.push(point.inverted ? not(test) : test)
    }
    if (ece) tests.push(flagIs(ECE, !ece.inverted))
    if (cwr) tests.push(flagIs(CWR, !cwr.inverted))
    return allOf(...tests)
  },
})
