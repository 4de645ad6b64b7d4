import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import { TCPOPTSTRIP } from './TCPOPTSTRIP.ts'

const withOptions = packet.tcp({ options: new Uint8Array([2, 4, 5, 180, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1]) })

testTarget(TCPOPTSTRIP, {
  saves: {
    '-p tcp -j TCPOPTSTRIP': '=',
    '-p tcp -j TCPOPTSTRIP --strip-options wscale,sack-permitted,md5,sack,0xff,mss,timestamp':
      '-p tcp -j TCPOPTSTRIP --strip-options 2,3,4,5,8,19,255',
  },
  rejects: {
    '-p tcp -j TCPOPTSTRIP --strip-options 256': /^Bad TCP option value "256"$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 0': /^Option value may not be 0 or 1$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 5,sack': /^Option "sack" already specified$/,
    '-j TCPOPTSTRIP --strip-options 8': /needs `-p tcp'/,
  },
  acts: [
    [
      '-p tcp -j TCPOPTSTRIP --strip-options timestamp',
      withOptions,
      ({ packet, verdict }) => {
        expect([...packet.copyBytes().subarray(40, 56)]).toEqual([2, 4, 5, 180, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
    [
      '-p tcp -j TCPOPTSTRIP --strip-options mss',
      packet.tcp({}).subarray(0, 30),
      ({ verdict }) => expect(verdict).toBe(VERDICT.drop),
    ],
  ],
})

testTarget(TCPOPTSTRIP, {
  family: 6,
  saves: { '-p tcp -j TCPOPTSTRIP --strip-options 0x13,010': '-p tcp -j TCPOPTSTRIP --strip-options 8,19' },
  acts: [
    [
      '-p tcp -j TCPOPTSTRIP --strip-options mss,timestamp',
      packet.tcp({ source: 'fd00::1', destination: 'fd00::2', options: Uint8Array.of(2, 4, 5, 180, 3, 3, 7, 0) }),
      ({ packet }) => expect([...packet.copyBytes().subarray(60, 68)]).toEqual([1, 1, 1, 1, 3, 3, 7, 0]),
    ],
  ],
})
testTarget(TCPOPTSTRIP, { table: 'filter', rejects: { '-p tcp -j TCPOPTSTRIP --strip-options 8': /table mangle/ } })

testTarget(TCPOPTSTRIP, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    '-p tcp -j TCPOPTSTRIP --strip-options +8': '-p tcp -j TCPOPTSTRIP --strip-options 8',
    '-p tcp -j TCPOPTSTRIP --strip-options "8, 9"': '-p tcp -j TCPOPTSTRIP --strip-options 8,9',
    '-p tcp -j TCPOPTSTRIP': '=',
    '-p tcp -j TCPOPTSTRIP --strip-options wscale': '-p tcp -j TCPOPTSTRIP --strip-options 3',
    '-p tcp -j TCPOPTSTRIP --strip-options 2,3,4,5,8,19,255,7':
      '-p tcp -j TCPOPTSTRIP --strip-options 2,3,4,5,7,8,19,255',
    '-p tcp -j TCPOPTSTRIP --strip-options md5,sack,sack-permitted': '-p tcp -j TCPOPTSTRIP --strip-options 4,5,19',
  },
  rejects: {
    '-p tcp -j TCPOPTSTRIP --strip-options 0x8,010': /^Option "010" already specified$/,
    '-p tcp -j TCPOPTSTRIP --strip-options WSCALE': /^Bad TCP option value "WSCALE"$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 8,,9': /^Bad TCP option value ""$/,
    '-p tcp -j TCPOPTSTRIP --strip-options': /^option "--strip-options" requires an argument$/,
    '! -p tcp -j TCPOPTSTRIP --strip-options 8': /^TCPOPTSTRIP needs `-p tcp'$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 2,2': /^Option "2" already specified$/,
    '-p tcp -j TCPOPTSTRIP --strip-options mss,2': /^Option "2" already specified$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 0': /^Option value may not be 0 or 1$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 1': /^Option value may not be 0 or 1$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 256': /^Bad TCP option value "256"$/,
    '-p tcp -j TCPOPTSTRIP --strip-options -1': /^Bad TCP option value "-1"$/,
    '-p tcp -j TCPOPTSTRIP --strip-options x': /^Bad TCP option value "x"$/,
    '-p tcp -j TCPOPTSTRIP --strip-options ""': /^Bad TCP option value ""$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 2,': /^Bad TCP option value ""$/,
    '-p tcp -j TCPOPTSTRIP --strip-options ,2': /^Bad TCP option value ""$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 2 --strip-options 3':
      /^TCPOPTSTRIP: option "--strip-options" can only be used once\.$/,
    '-p tcp -j TCPOPTSTRIP ! --strip-options 2': /^TCPOPTSTRIP: option "--strip-options" cannot be inverted\.$/,
    '-p udp -j TCPOPTSTRIP --strip-options 2': /^TCPOPTSTRIP needs `-p tcp'$/,
    '-j TCPOPTSTRIP --strip-options 2': /^TCPOPTSTRIP needs `-p tcp'$/,
  },
})

testTarget(TCPOPTSTRIP, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-p tcp -j TCPOPTSTRIP --strip-options 2': /^-j TCPOPTSTRIP is only valid in table mangle, not in table filter$/,
  },
})

testTarget(TCPOPTSTRIP, {
  table: 'mangle',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-p tcp -j TCPOPTSTRIP --strip-options 1': /^Option value may not be 0 or 1$/,
    '-p udp -j TCPOPTSTRIP --strip-options 8': /^TCPOPTSTRIP needs `-p tcp'$/,
  },

  saves: {
    '-p tcp -j TCPOPTSTRIP --strip-options 2,timestamp': '-p tcp -j TCPOPTSTRIP --strip-options 2,8',
  },
})

testTarget(TCPOPTSTRIP, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-p tcp -j TCPOPTSTRIP --strip-options 8': /^-j TCPOPTSTRIP is only valid in table mangle, not in table filter$/,
  },
})
