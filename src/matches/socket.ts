import type { Environment } from '../expression/environment.ts'
import { type ComputedTest, OUTCOME, type Outcome } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { sameWords, ZERO_WORDS } from '../util/words.ts'
import { defineMatch, flag, type Values } from '../xtables/index.ts'
import { findSocket, socketsOf } from './socket-table.ts'

const options = {
  transparent: flag({ help: 'only transparent sockets' }),
  nowildcard: flag({ help: 'sockets bound to no address too' }),
  'restore-skmark': flag({ help: 'give the packet the mark of the socket' }),
}

function ask(values: Values<typeof options>, packet: Packet, environment: Environment): Outcome {
  const sockets = socketsOf(environment)
  if (sockets === null) return OUTCOME.unknown
  const found = findSocket(sockets, packet)
  if (found === null || (!values.nowildcard && sameWords(found.address, ZERO_WORDS))) return OUTCOME.no
  // Whether a socket is transparent is nowhere listed.
  if (values.transparent) return OUTCOME.unknown
  if (values['restore-skmark']) {
    if (found.mark === null) return OUTCOME.unknown
    packet.mark = found.mark
  }
  return OUTCOME.yes
}

function socketTest(values: Values<typeof options>): ComputedTest {
  return {
    kind: 'computed',
    name: 'socket',
    stateful: values['restore-skmark'] !== undefined,
    mayBeUnknown: true,
    evaluate: (packet, environment) => ask(values, packet, environment),
    observe: (packet, environment) => {
      const sockets = socketsOf(environment)
      const found = sockets && findSocket(sockets, packet)
      if (sockets === null || (found && values.transparent)) return 'socket'
      return found ? `a socket bound to port ${found.port} of any address` : 'no socket'
    },
  }
}

/**
 * `-m socket`: a local socket would get the packet, or sent what an ICMP error is about. Sockets bound to no address
 * count with `--nowildcard` only.
 *
 * What depends on it is unknown where nothing is known of the host's sockets (no `sockets.txt` in its directory), and
 * with `--transparent` where a socket is found, since no list tells which sockets are transparent.
 *
 * Source: iptables-extensions(8) "socket"; Linux xt_socket.c socket_match().
 */
export const socket = defineMatch({
  name: 'socket',
  families: [4, 6],
  hooks: ['PREROUTING', 'INPUT'],
  options,
  holds: socketTest,
  list: (values) =>
    ` socket${Object.keys(options)
      .filter((name) => values[name as keyof typeof options])
      .map((name) => ` --${name}`)
      .join('')}`,
})
