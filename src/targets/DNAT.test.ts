import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { natTold, noRange, tcpSyn, ten, testShiftedPorts } from '../../test/harness/nat.ts'
import { VERDICT } from '../expression/action.ts'
import { DNAT } from './DNAT.ts'

testTarget(DNAT, {
  saves: {
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-80/80': '-p tcp -j DNAT --to-destination 10.0.0.5:80/80',
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-80': '-p tcp -j DNAT --to-destination 10.0.0.5:80',
    '-p tcp -j DNAT --to-destination "10.0.0.5: 80"': '-p tcp -j DNAT --to-destination 10.0.0.5:80',
    '-p tcp -j DNAT --to-destination 10.0.0.5:+80': '-p tcp -j DNAT --to-destination 10.0.0.5:80',
    '-p tcp -j DNAT --to-destination 10.0.0.5:0x50-0x5a/010': '-p tcp -j DNAT --to-destination 10.0.0.5:80-90/8',
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-90/5x': '-p tcp -j DNAT --to-destination 10.0.0.5:80-90/5',
    '-j DNAT --to-destination 10.0.0.5': '=',
    '-j DNAT --to-destination 10.0.0.5-10.0.0.9': '=',
    '-p tcp -j DNAT --to-destination 10.0.0.5:80': '=',
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-90/5': '=',
    '-p tcp -j DNAT --to-destination :80': '=',
    '-p tcp -j DNAT --to-destination :80-90/80 --random --persistent': '=',
    '-p tcp -j DNAT --to-destination :http': '-p tcp -j DNAT --to-destination :80',
    '-j DNAT --to-destination 10.0.0.5 --random': '=',
    '-j DNAT --to-destination 10.0.0.5 --persistent': '=',
    '-p tcp -j DNAT --to-destination 10.0.0.5:0': '=',
    '-p tcp -j DNAT --to-destination 10.0.0.5:65535': '=',
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-90/http': '-p tcp -j DNAT --to-destination 10.0.0.5:80-90/80',
    '-p tcp -j DNAT --to-destination 10.0.0.9-10.0.0.5': '=',
    '-p icmp -j DNAT --to-destination 10.0.0.5:80': '=',
    '-p dccp -j DNAT --to-destination 10.0.0.5:80': '=',
    '-p sctp -j DNAT --to-destination 10.0.0.5:80': '=',
    '! -p tcp -j DNAT --to-destination 10.0.0.5:80': '=',
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-90': '=',
    '-p tcp -j DNAT --to-destination :8080 --persistent --random':
      '-p tcp -j DNAT --to-destination :8080 --random --persistent',
    '-p tcp -j DNAT --to-destination 10.0.0.5-10.0.0.9:0x50-0130/http':
      '-p tcp -j DNAT --to-destination 10.0.0.5-10.0.0.9:80-88/80',
    '-p tcp -j DNAT --to-destination 10.0.0.5:http': '-p tcp -j DNAT --to-destination 10.0.0.5:80',
    '-j DNAT --to 10.0.0.5-10.0.0.5': '-j DNAT --to-destination 10.0.0.5',
  },
  rejects: {
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-90/': /^Port `' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-': /^Port `' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:-80': /^Port `-80' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:080': /^Garbage after port value: `80'$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:09': /^Garbage after port value: `9'$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:0x': /^Garbage after port value: `x'$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5-10.0.0.6-10.0.0.7': /^Bad IP address "10\.0\.0\.6-10\.0\.0\.7"$/,
    '-p tcp -j DNAT --to-destination -10.0.0.5': /^Bad IP address ""$/,
    '-p tcp -j DNAT --to-destination 010.0.0.5': /^Bad IP address "010\.0\.0\.5"$/,
    '-p tcp -j DNAT --to-destination 0x0a.0.0.5': /^Bad IP address "0x0a\.0\.0\.5"$/,
    '-p tcp -j DNAT --to-destination 10.5': /^Bad IP address "10\.5"$/,
    '-p tcp -j DNAT --to-destination 10': /^Bad IP address "10"$/,
    '-p tcp -j DNAT --to-destination 256.0.0.1': /^Bad IP address "256\.0\.0\.1"$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5.': /^Bad IP address "10\.0\.0\.5\."$/,
    '-j DNAT --to-destination 10.0.0.5 --to-destination 10.0.0.6':
      /^DNAT: option "--to-destination" can only be used once\.$/,
    '-j DNAT --to-destination 10.0.0.5 --random --random': /^DNAT: option "--random" can only be used once\.$/,
    '-j DNAT ! --to-destination 10.0.0.5': /^DNAT: option "--to-destination" cannot be inverted\.$/,
    '-j DNAT ! --random': /^DNAT: option "--random" cannot be inverted\.$/,
    '-j DNAT --random': /^DNAT: option "--to-destination" must be specified$/,
    '-j DNAT --to-destination ""': /^Bad IP address ""$/,
    '-p tcp -j DNAT --to-destination :': /^Port `' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:': /^Port `' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:65536': /^Port `65536' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:-1': /^Port `-1' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:1-2-3': /^Garbage after port range: `-3'$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:x': /^Port `x' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-http': /^Port `http' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-90/70000': /^Port `70000' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-90/x': /^Port `x' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:80/90': /^Garbage after port value: `\/90'$/,
    '-p tcp -j DNAT --to-destination 10.0.0': /^Bad IP address "10\.0\.0"$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5-foo': /^Bad IP address "foo"$/,
    '-j DNAT --to-destination 10.0.0.5:80 -p tcp': /^Need TCP, UDP, SCTP or DCCP with port specification$/,
    '-j DNAT': /^DNAT: option "--to-destination" must be specified$/,
    '-j DNAT --to-destination 10.0.0.5:80': /^Need TCP, UDP, SCTP or DCCP with port specification$/,
    '-p udplite -j DNAT --to-destination 10.0.0.5:80': /^Need TCP/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:70000': /^Port `70000' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:90-80': /^Port range `80' funky$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:80/5': /^Garbage after port value: `\/5'$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-90x': /^Garbage after port range: `x'$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-90/0': /^Port `0' not valid$/,
    '-p tcp -j DNAT --to-destination 10.0.0.5:80:81': /^Bad IP address "10.0.0.5:80:81"$/,
    '-p tcp -j DNAT --to-destination [10.0.0.5]:80': /^Invalid address format$/,
    '-j DNAT --to-destination 10.0.0.5-': /^Bad IP address ""$/,
    '-j DNAT --to-destination fd00::1': /^Bad IP address "fd00::1"$/,
    '-j DNAT --to-destination 10.0.0.5 --random-fully': /unknown option/,
  },
  acts: [
    [
      '-p tcp -j DNAT --to-destination 10.0.0.5-10.0.0.9:6000-6010/5000 --random',
      tcpSyn,
      ({ environment, verdict }) => {
        expect(verdict).toBe(VERDICT.accept)
        expect(natTold(environment)).toEqual({
          kind: 'nat',
          side: 'destination',
          range: { ...noRange, addresses: [ten(5), ten(9)], ports: [6000, 6010], basePort: 5000, random: true },
        })
      },
    ],
  ],
})

testTarget(DNAT, {
  family: 6,
  saves: {
    '-j DNAT --to-destination fd00::5': '=',
    '-j DNAT --to-destination fd00::5-fd00::9 --random --persistent': '=',
    '-p tcp -j DNAT --to-destination [fd00::5]:80': '=',
    '-p tcp -j DNAT --to-destination [fd00::5]:80-90/5': '=',
    '-p tcp -j DNAT --to-destination [fd00::5]': '-p tcp -j DNAT --to-destination fd00::5',
    '-p tcp -j DNAT --to-destination [fd00::5]x': '-p tcp -j DNAT --to-destination fd00::5',
    '-p tcp -j DNAT --to-destination :80': '=',
    '-p icmp -j DNAT --to-destination [fd00::5]:80': '=',
    '-p tcp -j DNAT --to-destination [2001:db8::5]:80': '=',
    '-p tcp -j DNAT --to-destination [2001:DB8::5-2001:db8::9]:80-90/5':
      '-p tcp -j DNAT --to-destination [2001:db8::5-2001:db8::9]:80-90/5',
    '-p tcp -j DNAT --to-destination [2001:db8::5]': '-p tcp -j DNAT --to-destination 2001:db8::5',
    '-p tcp -j DNAT --to-destination []:80': '-p tcp -j DNAT --to-destination :80',
    '-p tcp -j DNAT --to-destination fd00::1:80': '=',
  },
  rejects: {
    '-j DNAT': /^DNAT: option "--to-destination" must be specified$/,
    '-p tcp -j DNAT --to-destination [fd00::1]:90-80': /^Port range `80' funky$/,
    '-p tcp -j DNAT --to-destination [fd00::1]:x': /^Port `x' not valid$/,
    '-p tcp -j DNAT --to-destination [fd00::1]:': /^Port `' not valid$/,
    '-p tcp -j DNAT --to-destination fd00::1-': /^Bad IP address ""$/,
    '-j DNAT --to-destination [fd00::1]:80': /^Need TCP, UDP, SCTP or DCCP with port specification$/,
    '-p tcp -j DNAT --to-destination [fd00::5': /^Invalid address format$/,
    '-p icmpv6 -j DNAT --to-destination [fd00::5]:80': /^Need TCP, UDP, SCTP or DCCP with port specification$/,
    '-p tcp -j DNAT --to-destination [2001:db8::5': /^Invalid address format$/,
    '-p tcp -j DNAT --to-destination []': /^Bad IP address ""$/,
    '-p tcp -j DNAT --to-destination [2001:db8::5]-[2001:db8::9]:80': /^Port `db8::9]:80' not valid$/,
    '-j DNAT --to-destination 10.0.0.5': /^Bad IP address "10.0.0.5"$/,
  },
})

testTarget(DNAT, {
  chain: 'POSTROUTING',
  rejects: { '-j DNAT --to-destination 10.0.0.5': /not valid in POSTROUTING/ },
})

testTarget(DNAT, { table: 'filter', chain: 'FORWARD', rejects: { '-j DNAT --to-destination 10.0.0.5': /table nat/ } })

describe('-j DNAT', () => {
  it('needs connection tracking', () => expect(DNAT.needsConntrack).toBe(true))
  testShiftedPorts(
    'PREROUTING',
    'DNAT --to-destination 10.0.0.5:6000-6000/6000',
    'DNAT --to-destination 10.0.0.5:6000/6000',
  )
})

testTarget(DNAT, {
  table: 'nat',
  chain: 'INPUT',
  rejects: {
    '-j DNAT --to-destination 10.0.0.5': /^-j DNAT is not valid in INPUT$/,
  },
})

testTarget(DNAT, {
  table: 'nat',
  chain: 'OUTPUT',
  saves: {
    '-j DNAT --to-destination 10.0.0.5': '=',
  },
})

testTarget(DNAT, {
  table: 'mangle',
  chain: 'PREROUTING',
  rejects: {
    '-j DNAT --to-destination 10.0.0.5': /^-j DNAT is only valid in table nat, not in table mangle$/,
  },
})

testTarget(DNAT, {
  table: 'nat',
  chain: 'POSTROUTING',
  family: 6,
  rejects: {
    '-j DNAT --to-destination fd00::1': /^-j DNAT is not valid in POSTROUTING$/,
  },
})

testTarget(DNAT, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j DNAT --to-destination fd00::1': /^-j DNAT is only valid in table nat, not in table filter$/,
  },
})
