import { describe, expect, it } from 'vitest'
import { packet } from '../packet/build.ts'
import { toHex } from '../util/bytes.ts'
import { createBatch } from './batch.ts'
import type { HostFiles } from './config.ts'

const link = { link_type: 'none', flags: ['UP'], mtu: 1500 }

/** t0 10.0.0.1/24, t1 10.0.1.1/24, t2 10.0.2.1/24, and the same networks of fd00::/16. */
function hostWith(rulesV4: string, rulesV6 = ''): HostFiles {
  const numbers = [0, 1, 2]
  return {
    rulesV4,
    ...(rulesV6 === '' ? {} : { rulesV6 }),
    addr: JSON.stringify(
      numbers.map((i) => ({
        ...link,
        ifindex: i + 2,
        ifname: `t${i}`,
        addr_info: [
          { family: 'inet', local: `10.0.${i}.1`, prefixlen: 24, broadcast: `10.0.${i}.255`, scope: 'global' },
          { family: 'inet6', local: `fd00:0:0:${i}::1`, prefixlen: 64, scope: 'global' },
        ],
      })),
    ),
    sysctl: 'net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\n',
  }
}

const bytes = (ttl: number, df: boolean): Uint8Array =>
  packet.udp({ source: '10.0.0.5', destination: '10.0.2.9', ttl, df, payload: 'x' })

describe('a copy of TEE', () => {
  const send = (files: HostFiles, sent: Uint8Array) => createBatch(files).run({ in: 't0', hex: toHex(sent) })

  it('leaves by the way to its gateway, with one hop less and not to be fragmented', () => {
    const files = hostWith('*mangle\n-A PREROUTING -j TEE --gateway 10.0.1.7\nCOMMIT\n')
    const { outputs, verdict } = send(files, bytes(64, false))
    expect(outputs).toEqual([
      { dev: 't1', hex: toHex(bytes(63, true)) },
      { dev: 't2', hex: toHex(bytes(63, false)) },
    ])
    expect(verdict).toBe('FORWARDED')
  })

  it('has the hops that are left where it was made in FORWARD', () => {
    const { outputs } = send(hostWith('*filter\n-A FORWARD -j TEE --gateway 10.0.1.7\nCOMMIT\n'), bytes(64, false))
    expect(outputs[0]).toEqual({ dev: 't1', hex: toHex(bytes(63, true)) })
  })

  it('leaves although the packet itself is dropped, which is what the verdict says', () => {
    const files = hostWith('*filter\n-A FORWARD -j TEE --gateway 10.0.1.7\n-A FORWARD -j DROP\nCOMMIT\n')
    const { outputs, verdict } = send(files, bytes(64, false))
    expect(outputs.map(({ dev }) => dev)).toEqual(['t1'])
    expect(verdict).toBe('DROPPED')
  })

  // In Linux 6.18 an arrived packet's copy loads interface index 3 here, the way to its gateway, and not 2.
  it('names the device it will leave by where OUTPUT looks into its buffer', () => {
    const index = (number: number): string =>
      `-A OUTPUT -m bpf --bytecode "4,32 0 0 4294963208,21 0 1 ${number},6 0 0 1,6 0 0 0" -j DROP\n`
    const rules = (number: number): string => `*filter\n-A FORWARD -j TEE --gateway 10.0.1.7\n${index(number)}COMMIT\n`
    expect(send(hostWith(rules(2)), bytes(64, false)).outputs.map(({ dev }) => dev)).toEqual(['t1', 't2'])
    expect(send(hostWith(rules(3)), bytes(64, false)).outputs.map(({ dev }) => dev)).toEqual(['t2'])
  })

  it('is untracked, meets OUTPUT, and is not copied again there', () => {
    const files = hostWith(
      '*filter\n-A FORWARD -j TEE --gateway 10.0.1.7\n-A OUTPUT -j TEE --gateway 10.0.0.7\n-A OUTPUT -m conntrack --ctstate UNTRACKED -j DROP\nCOMMIT\n',
    )
    expect(send(files, bytes(64, false)).outputs.map(({ dev }) => dev)).toEqual(['t2'])
  })

  it('is not made without a route, nor without end', () => {
    const nowhere = hostWith('*filter\n-A FORWARD -j TEE --gateway 192.0.2.1\nCOMMIT\n')
    expect(send(nowhere, bytes(64, false)).outputs.map(({ dev }) => dev)).toEqual(['t2'])
    const itself = hostWith('*mangle\n-A PREROUTING -j TEE --gateway 10.0.1.1\nCOMMIT\n')
    expect(send(itself, bytes(64, false)).outputs.length).toBeLessThanOrEqual(1001)
  })

  it('of IPv6 has one hop less in PREROUTING', () => {
    const six = (ttl: number) => packet.udp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', ttl, payload: 'x' })
    const files = hostWith('', '*mangle\n-A PREROUTING -j TEE --gateway fd00:0:0:1::7\nCOMMIT\n')
    expect(send(files, six(64)).outputs).toEqual([
      { dev: 't1', hex: toHex(six(63)) },
      { dev: 't2', hex: toHex(six(63)) },
    ])
  })
})
