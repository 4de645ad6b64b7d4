import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4, udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { TEE } from './TEE.ts'

testTarget(TEE, {
  table: 'mangle',
  saves: {
    '-j TEE --gateway 1.2.3.4': '=',
    '-j TEE --oif eth0 --gateway 0x01020304': '-j TEE --gateway 1.2.3.4 --oif eth0',
    '-j TEE --gateway 1.2': '-j TEE --gateway 1.0.0.2',
    '-j TEE --gateway localhost': '-j TEE --gateway 127.0.0.1',
    '-j TEE --gateway 1.2.3.4 --oif ""': '-j TEE --gateway 1.2.3.4',
    '-j TEE --gateway 1.2.3.4 --oif abcdefghijklmnop': '-j TEE --gateway 1.2.3.4 --oif abcdefghijklmno',
  },
  lists: {
    '-j TEE --gateway 1.2.3.4': ' TEE gw:1.2.3.4',
    '-j TEE --gateway 1.2.3.4 --oif eth0': ' TEE gw:1.2.3.4 oif=eth0',
  },
  rejects: {
    '-j TEE': /^TEE: option "--gateway" must be specified/,
    '-j TEE --gateway 0.0.0.0': /an address of its own/,
    '-j TEE --gateway ::1': /^getaddrinfo: Address family for hostname not supported/,
    '-j TEE --gateway 1.2.3.4/32': /^getaddrinfo: Name or service not known/,
    '-j TEE ! --gateway 1.2.3.4': /cannot be inverted/,
  },
  acts: [
    [
      '-j TEE --gateway 10.0.1.9 --oif t1',
      udp4(),
      ({ environment, verdict }) => {
        expect(environment.told).toEqual([['duplicate', [0x0a000109, 0, 0, 0], 't1']])
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
  ],
})

testTarget(TEE, {
  family: 6,
  table: 'mangle',
  saves: {
    '-j TEE --gateway 2001:DB8:0::1 --oif a+': '-j TEE --gateway 2001:db8::1 --oif a+',
    '-j TEE --gateway ::ffff:1.2.3.4': '=',
  },
  lists: { '-j TEE --gateway 2001:db8::1': ' TEE gw:2001:db8::1' },
  rejects: {
    '-j TEE --gateway ::': /an address of its own/,
    '-j TEE --gateway 1.2.3.4': /^getaddrinfo: Address family/,
  },
  acts: [['-j TEE --gateway fd00::9', udp6(), ({ environment }) => expect(environment.told).toHaveLength(1)]],
})
