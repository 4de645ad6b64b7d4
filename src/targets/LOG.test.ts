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

testTarget(LOG, {
  table: 'filter',
  chain: 'FORWARD',
  saves: {
    '-j LOG --log-pre x': '-j LOG --log-prefix x',
    '-j LOG --log-prefix "a  b "': '=',
    '-j LOG --log-prefix "ü: "': '=',
    '-j LOG --log-prefix !': '-j LOG --log-prefix "!"',
    '-j LOG --log-prefix -x': '=',
    '-j LOG --log-prefix --': '=',
    '-j LOG --log-level " 3"': '-j LOG --log-level 3',
    '-j LOG --log-level +3': '-j LOG --log-level 3',
    '-j LOG --log-tcp-sequence --log-prefix "Q.931"': '-j LOG --log-prefix "Q.931" --log-tcp-sequence',
    '-j LOG --log-prefix "a%sb"': '=',
    '-j LOG --log-prefix "$x|y;z"': '=',
    '-j LOG --log-level 0 --log-tcp-sequence --log-tcp-options --log-macdecode': '=',
    '-j LOG --log-level notice': '-j LOG --log-level 5',
    '-j LOG --log-prefix "a\'b"': `-j LOG --log-prefix "a\\'b"`,
    '-j LOG --log-prefix 012345678901234567890123456789': '-j LOG --log-prefix 01234567890123456789012345678',
    '-j LOG --log-level 0x1': '-j LOG --log-level 1',
    '-j LOG --log-level panic': '-j LOG --log-level 0',
    '-j LOG --log-level error': '-j LOG --log-level 3',
    '-j LOG --log-level warning': '-j LOG',
    '-j LOG --log-level crit': '-j LOG --log-level 2',
    '-j LOG --log-level debug': '-j LOG --log-level 7',
    '-j LOG --log-level alert': '-j LOG --log-level 1',
  },
  rejects: {
    '-j LOG --log x': /^unknown option "--log"$/,
    '-j LOG --log-prefix': /^option "--log-prefix" requires an argument$/,
    '-j LOG --log-level 3x': /^log level "3x" unknown$/,
    '-j LOG --log-level 4294967299': /^log level "4294967299" unknown$/,
    '-j LOG --log-level 0x': /^log level "0x" unknown$/,
    '-j LOG --log-level 08': /^log level "08" unknown$/,
    '-j LOG ! --log-prefix a': /^LOG: option "--log-prefix" cannot be inverted\.$/,
    '-j LOG --log-prefix a --log-prefix b': /^LOG: option "--log-prefix" can only be used once\.$/,
    '-j LOG --log-level 4 --log-level 5': /^LOG: option "--log-level" can only be used once\.$/,
    '-j LOG --log-uid --log-uid': /^LOG: option "--log-uid" can only be used once\.$/,
    '-j LOG --log-level 010': /^log level "010" unknown$/,
    '-j LOG --log-level -1': /^log level "-1" unknown$/,
    '-j LOG --log-level ""': /^log level "" unknown$/,
    '-j LOG --log-level': /^option "--log-level" requires an argument$/,
  },
})

testTarget(LOG, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  saves: {
    '-j LOG --log-level notice --log-prefix "x " --log-uid --log-macdecode':
      '-j LOG --log-prefix "x " --log-level 5 --log-uid --log-macdecode',
  },

  rejects: {
    '-j LOG --log-level foo': /^log level "foo" unknown$/,
    '-j LOG --log-prefix ""': /^Argument must have a minimum length of 1 characters$/,
    '-j LOG --log-prefix a"b\\c': /^a quote is not closed$/,
  },
})
