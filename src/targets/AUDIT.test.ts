import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4, udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { AUDIT } from './AUDIT.ts'

testTarget(AUDIT, {
  saves: {
    '-j AUDIT --type accept': '=',
    '-j AUDIT --type rEjEcT': '-j AUDIT --type reject',
    '-j AUDIT --type DROP': '-j AUDIT --type drop',
  },
  rejects: {
    '-j AUDIT --type acc': /^Bad action type value "acc"$/,
    '-j AUDIT ! --type drop': /cannot be inverted/,
    '-j AUDIT': /must be specified/,
    '-j AUDIT --type foo': /^Bad action type value "foo"$/,
  },
  acts: [['-j AUDIT --type reject', udp4(), ({ verdict }) => expect(verdict).toBe(VERDICT.continue)]],
})

testTarget(AUDIT, {
  family: 6,
  table: 'mangle',
  chain: 'POSTROUTING',
  saves: { '-p icmpv6 -j AUDIT --type Drop': '-p ipv6-icmp -j AUDIT --type drop' },
  acts: [['-j AUDIT --type drop', udp6(), ({ packet }) => expect(packet.copyBytes()).toEqual(udp6())]],
})

testTarget(AUDIT, {
  table: 'filter',
  chain: 'FORWARD',
  saves: {
    '-j AUDIT --type Accept': '-j AUDIT --type accept',
    '-j AUDIT --type accept': '=',
    '-j AUDIT --type drop': '=',
    '-j AUDIT --type reject': '=',
  },
  rejects: {
    '-j AUDIT --type': /^option "--type" requires an argument$/,
    '-j AUDIT --type acceptx': /^Bad action type value "acceptx"$/,
    '-j AUDIT --type a': /^Bad action type value "a"$/,
    '-j AUDIT --type reject --type drop': /^AUDIT: option "--type" can only be used once\.$/,
    '-j AUDIT --type ""': /^Bad action type value ""$/,
    '-j AUDIT': /^AUDIT: option "--type" must be specified$/,
  },
})

testTarget(AUDIT, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j AUDIT --type x': /^Bad action type value "x"$/,
    '-j AUDIT': /^AUDIT: option "--type" must be specified$/,
  },

  saves: {
    '-j AUDIT --type reject': '=',
  },
})
