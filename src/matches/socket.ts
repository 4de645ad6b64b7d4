import { defineMatch, flag } from '../xtables/index.ts'

/**
 * `-m socket`: a local socket would get the packet. Read and saved; not evaluated, since a host's sockets are
 * not known: what depends on it is unknown.
 *
 * Source: iptables-extensions(8) "socket"; Linux xt_socket.c socket_match().
 */
export const socket = defineMatch({
  name: 'socket',
  families: [4, 6],
  hooks: ['PREROUTING', 'INPUT'],
  options: {
    transparent: flag({ help: 'Ignore non-transparent sockets' }),
    nowildcard: flag({ help: "Don't ignore LISTEN sockets bound on INADDR_ANY" }),
    'restore-skmark': flag({
      help: 'Set the packet mark to the socket mark if the socket matches and transparent / nowildcard conditions are satisfied',
    }),
  },
  holds: () => ({ kind: 'unknown', extension: 'socket' }),
})
