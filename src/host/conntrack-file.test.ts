import { describe, expect, it } from 'vitest'
import { UsageError } from '../util/errors.ts'
import { createBatch } from './batch.ts'
import { parseConnections } from './conntrack-file.ts'

const LINES = [
  'ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.0.5 dst=10.0.2.9 sport=1111 dport=80 packets=3 bytes=180 src=10.0.2.9 dst=10.0.1.1 sport=80 dport=1111 packets=2 bytes=120 [ASSURED] mark=4 use=1',
  'ipv4     2 udp      17 29 src=10.0.0.5 dst=8.8.8.8 sport=5000 dport=53 packets=1 bytes=28 [UNREPLIED] src=8.8.8.8 dst=10.0.0.5 sport=53 dport=5000 packets=0 bytes=0 mark=0 use=1',
  'ipv6     10 icmpv6   58 29 src=fd00::5 dst=fd00::1 type=128 code=0 id=7 packets=1 bytes=64 src=fd00::1 dst=fd00::5 type=129 code=0 id=7 packets=1 bytes=64 mark=0 zone=3 use=1',
]

const ADDRESSES = JSON.stringify([
  { ifindex: 2, ifname: 't0', link_type: 'none', flags: ['UP'], addr_info: [{ local: '10.0.0.1', prefixlen: 24 }] },
  { ifindex: 3, ifname: 't2', link_type: 'none', flags: ['UP'], addr_info: [{ local: '10.0.2.1', prefixlen: 24 }] },
])

const batchWith = (conntrack: string) =>
  createBatch({
    rulesV4: '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\nCOMMIT\n',
    addr: ADDRESSES,
    sysctl: 'net.netfilter.nf_conntrack_acct = 1\n',
    conntrack,
  })

describe('the conntrack file', () => {
  it('is printed again as it was read', () => {
    expect(batchWith(`${LINES.join('\n')}\n`).final().conntrack).toBe(`${LINES.join('\n')}\n`)
  })

  it('lets replies of its connections through', () => {
    const reply = { in: 't2', packet: 'tcp 10.0.2.9:80 > 10.0.0.5:1111 [A]' }
    const untracked = { in: 't2', packet: 'tcp 10.0.2.9:80 > 10.0.0.5:2222 [A]' }
    const line = LINES[0]?.replace('dst=10.0.1.1', 'dst=10.0.0.5') ?? ''
    const batch = batchWith(line)
    expect(batch.run(reply).verdict).toBe('FORWARDED')
    expect(batch.run(untracked).verdict).toBe('DROPPED')
  })

  it('may be written without -o extended', () => {
    const short =
      'tcp      6 10 CLOSE src=10.0.0.5 dst=1.2.3.4 sport=1 dport=2 src=1.2.3.4 dst=10.0.0.5 sport=2 dport=1'
    expect(parseConnections(short)).toMatchObject([{ state: 'CLOSE', seconds: 10, original: { family: 4, sport: 1 } }])
  })

  it.each([
    ['tcp 17 1 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=2', /not protocol 17/],
    ['udp 17 1 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=2', /two directions/],
    ['udp 17 1 src=1.1.1.1 dst=::1 sport=1 dport=2 src=1.1.1.1 dst=2.2.2.2', /different families/],
    ['udp 17 1 src=1.1.1.1 dst=2.2.2.2 sport=x dport=2 src=2.2.2.2 dst=1.1.1.1', /sport=, found "x"/],
    ['nonsense', /protocol and its number/],
  ])('says what is wrong with "%s"', (line, message) => {
    const read = () => parseConnections(`\n${line}\n`)
    expect(read).toThrow(message)
    expect(read).toThrow(UsageError)
    try {
      read()
    } catch (error) {
      expect((error as UsageError).place).toMatchObject({ file: 'conntrack', line: 2 })
    }
  })
})
