import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import { LOG } from './LOG.ts'

const datagram = packet.udp({ source: '10.0.0.1', destination: '10.0.0.2' })

testTarget(LOG, {
  saves: {
    '-j LOG': '=',
    '-j LOG --log-level warning': '-j LOG',
    '-j LOG --log-level panic': '-j LOG --log-level 0',
    '-j LOG --log-level 07': '-j LOG --log-level 7',
    '-j LOG --log-prefix "[UFW BLOCK] "': '=',
    '-j LOG --log-prefix "it\'s \\"q\\""': '-j LOG --log-prefix "it\\\'s \\"q\\""',
    '-j LOG --log-prefix abcdefghijklmnopqrstuvwxyz0123': '-j LOG --log-prefix abcdefghijklmnopqrstuvwxyz012',
    '-j LOG --log-macdecode --log-uid --log-ip-options --log-tcp-options --log-tcp-sequence --log-level 5 --log-prefix p':
      '-j LOG --log-prefix p --log-level 5 --log-tcp-sequence --log-tcp-options --log-ip-options --log-uid --log-macdecode',
  },
  rejects: {
    '-j LOG --log-level warn': /^log level "warn" unknown$/,
    '-j LOG --log-level DEBUG': /^log level "DEBUG" unknown$/,
    '-j LOG --log-level 8': /^log level "8" unknown$/,
    '-j LOG --log-prefix ""': /^Argument must have a minimum length of 1 characters$/,
    '-j LOG ! --log-prefix x': /cannot be inverted/,
  },
  acts: [
    [
      '-j LOG --log-prefix "a b" --log-level info --log-uid --log-tcp-options',
      datagram,
      ({ environment, verdict }) => {
        expect(verdict).toBe(VERDICT.continue)
        expect(environment.told).toEqual([
          [
            'log',
            {
              kind: 'LOG',
              prefix: 'a b',
              level: 6,
              group: 0,
              tcpSequence: false,
              tcpOptions: true,
              ipOptions: false,
              uid: true,
              macDecode: false,
            },
          ],
        ])
      },
    ],
  ],
})
