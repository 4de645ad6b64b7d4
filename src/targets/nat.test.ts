import { describe, expect, it } from 'vitest'
import { realSave, realToolsMissing, testTarget } from '../../test/harness/extension-tester.ts'
import type { NatRange } from '../expression/action.ts'
import { VERDICT } from '../expression/action.ts'
import { extensions } from '../host/extensions.ts'
import { packet } from '../packet/build.ts'
import { restoreRuleset, saveRuleset } from '../xtables/index.ts'
import { DNAT } from './DNAT.ts'
import { MASQUERADE } from './MASQUERADE.ts'
import { NETMAP } from './NETMAP.ts'
import { REDIRECT } from './REDIRECT.ts'
import { SNAT } from './SNAT.ts'

const syn = packet.tcp({ source: '10.0.0.1', destination: '10.0.0.2', sport: 1, dport: 80 })
const nothing: NatRange = {
  addresses: null,
  ports: null,
  basePort: null,
  random: false,
  randomFully: false,
  persistent: false,
  netmap: false,
}
const v4 = (a: number): [number, number, number, number] => [(0x0a000000 + a) >>> 0, 0, 0, 0]

/** What the environment was told to do: one NAT action. */
const told = (environment: { told: unknown[] }): unknown => {
  expect(environment.told).toHaveLength(1)
  const [kind, , action] = environment.told[0] as unknown[]
  expect(kind).toBe('nat')
  return action
}

testTarget(DNAT, {
  saves: {
    '-p tcp -j DNAT --to-destination 10.0.0.5:80-90': '=',
    '-p tcp -j DNAT --to-destination :8080 --persistent --random':
      '-p tcp -j DNAT --to-destination :8080 --random --persistent',
    '-p tcp -j DNAT --to-destination 10.0.0.5-10.0.0.9:0x50-0130/http':
      '-p tcp -j DNAT --to-destination 10.0.0.5-10.0.0.9:80-88/80',
    '-p tcp -j DNAT --to-destination 10.0.0.5:http': '-p tcp -j DNAT --to-destination 10.0.0.5:80',
    '-j DNAT --to 10.0.0.5-10.0.0.5': '-j DNAT --to-destination 10.0.0.5',
  },
  rejects: {
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
      syn,
      ({ environment, verdict }) => {
        expect(verdict).toBe(VERDICT.accept)
        expect(told(environment)).toEqual({
          kind: 'nat',
          side: 'destination',
          range: { ...nothing, addresses: [v4(5), v4(9)], ports: [6000, 6010], basePort: 5000, random: true },
        })
      },
    ],
  ],
})

testTarget(DNAT, {
  family: 6,
  saves: {
    '-p tcp -j DNAT --to-destination [2001:db8::5]:80': '=',
    '-p tcp -j DNAT --to-destination [2001:DB8::5-2001:db8::9]:80-90/5':
      '-p tcp -j DNAT --to-destination [2001:db8::5-2001:db8::9]:80-90/5',
    '-p tcp -j DNAT --to-destination [2001:db8::5]': '-p tcp -j DNAT --to-destination 2001:db8::5',
    '-p tcp -j DNAT --to-destination []:80': '-p tcp -j DNAT --to-destination :80',
    '-p tcp -j DNAT --to-destination fd00::1:80': '=',
  },
  rejects: {
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

testTarget(SNAT, {
  saves: {
    '-j SNAT --to-source 192.0.2.10-192.0.2.19 --persistent --random-fully --random':
      '-j SNAT --to-source 192.0.2.10-192.0.2.19 --random --random-fully --persistent',
  },
  rejects: {
    '-j SNAT': /^SNAT: option "--to-source" must be specified$/,
    '-j SNAT --to-source 192.0.2.0/24': /^Bad IP address "192.0.2.0\/24"$/,
  },
  acts: [
    [
      '-p tcp -j SNAT --to-source 10.0.0.7:1024-2048/1024 --random-fully --persistent',
      syn,
      ({ environment }) =>
        expect(told(environment)).toEqual({
          kind: 'nat',
          side: 'source',
          range: {
            ...nothing,
            addresses: [v4(7), v4(7)],
            ports: [1024, 2048],
            basePort: 0,
            randomFully: true,
            persistent: true,
          },
        }),
    ],
  ],
})
testTarget(SNAT, { chain: 'PREROUTING', rejects: { '-j SNAT --to-source 192.0.2.10': /not valid in PREROUTING/ } })

testTarget(MASQUERADE, {
  saves: {
    '-j MASQUERADE': '=',
    '-p tcp -j MASQUERADE --random-fully --random --to-ports 1024-31000':
      '-p tcp -j MASQUERADE --to-ports 1024-31000 --random --random-fully',
    '-p icmp -j MASQUERADE --to-ports 1024': '=',
  },
  rejects: {
    '-j MASQUERADE --to-ports 1024': /^Need TCP/,
    '-p tcp -j MASQUERADE --to-ports 9-1': /^Port range `1' funky$/,
    '-p tcp -j MASQUERADE --to-ports 5:9': /^Invalid port:port syntax - use dash$/,
  },
  acts: [
    [
      '-p tcp -j MASQUERADE --to-ports 1024-2048',
      syn,
      ({ environment }) =>
        expect(told(environment)).toEqual({ kind: 'masquerade', range: { ...nothing, ports: [1024, 2048] } }),
    ],
  ],
})

testTarget(REDIRECT, {
  saves: {
    '-j REDIRECT': '=',
    '-p udp -j REDIRECT --to-port domain --random': '-p udp -j REDIRECT --to-ports 53 --random',
    '-p tcp -j REDIRECT --to-ports 0': '=',
  },
  rejects: {
    '-p tcp -j REDIRECT --to-ports 5000-5010/5000': /^Shifted portmap ranges not supported with this kernel$/,
    '-p tcp -j REDIRECT --to-ports 80 --persistent': /unknown option/,
  },
  acts: [
    [
      '-p tcp -j REDIRECT --to-ports 8080 --random',
      syn,
      ({ environment }) =>
        expect(told(environment)).toEqual({
          kind: 'redirect',
          range: { ...nothing, ports: [8080, 8080], random: true },
        }),
    ],
  ],
})

testTarget(NETMAP, {
  saves: {
    '-j NETMAP --to 198.51.100.7/24': '-j NETMAP --to 198.51.100.0/24',
    '-j NETMAP --to 198.51.100.7/255.255.255.128': '-j NETMAP --to 198.51.100.0/25',
    '-j NETMAP --to 198.51.100.7': '-j NETMAP --to 198.51.100.7/32',
    '-j NETMAP --to 198.51.100.7/255.0.255.0': '-j NETMAP --to 198.51.100.7/32',
  },
  rejects: {
    '-j NETMAP': /^NETMAP: option "--to" must be specified$/,
    '-j NETMAP ! --to 10.0.0.0/8': /cannot be inverted/,
  },
  acts: [
    [
      '-j NETMAP --to 10.0.0.0/24',
      syn,
      ({ environment }) =>
        expect(told(environment)).toEqual({
          kind: 'nat',
          side: 'destination',
          range: { ...nothing, addresses: [v4(0), v4(255)], netmap: true },
        }),
    ],
  ],
})
testTarget(NETMAP, { family: 6, saves: { '-j NETMAP --to fd01::5/60': '-j NETMAP --to fd01::/60' } })

describe('the NAT targets', () => {
  // The real tool prints these, too, and cannot read them again.
  const shifted = [
    ['PREROUTING', 'DNAT --to-destination 10.0.0.5:6000-6000/6000', 'DNAT --to-destination 10.0.0.5:6000/6000'],
    ['POSTROUTING', 'SNAT --to-source 192.0.2.10:6000-6010/5000', 'SNAT --to-source 192.0.2.10:6000-6010/0'],
    ['POSTROUTING', 'MASQUERADE --to-ports 5000-5010/5000', 'MASQUERADE --to-ports 5000-5010/0'],
  ] as const
  it.each(shifted)('save what is left of a shifted port range in %s: %s', (chain, written, saved) => {
    const text = `*nat\n-A ${chain} -p tcp -j ${written}\nCOMMIT\n`
    expect(saveRuleset(restoreRuleset(text, 4, extensions()))).toContain(`-A ${chain} -p tcp -j ${saved}\n`)
    if (realToolsMissing() === null) expect(realSave(text, 4, 'nat')).toContain(`-A ${chain} -p tcp -j ${saved}\n`)
  })

  it('all need connection tracking', () => {
    for (const target of [DNAT, SNAT, MASQUERADE, REDIRECT, NETMAP]) expect(target.needsConntrack).toBe(true)
  })
})
