import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KernelOracle, oracleAvailable } from '../harness/oracle/oracle.ts'
import { packetFromText } from '../harness/oracle/text.ts'

const available = oracleAvailable()
if (!available.ok) process.stdout.write(`kernel oracle skipped: ${available.reason}\n`)

const hex = (text: string) => packetFromText(text).toString('hex')
const arrives = (dev: string, text: string) => ({ in: dev, hex: hex(text) })

const rules = `*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -p udp --dport 53 -j MARK --set-mark 0x7
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d 10.0.0.1/32 -p tcp --dport 80 -j DNAT --to-destination 10.0.2.9:8080
-A POSTROUTING -o t1 -j SNAT --to-source 10.0.1.1
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:svc - [0:0]
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -p tcp -j svc
-A FORWARD -p udp --dport 99 -j QUEUE
-A FORWARD -p udp -j ACCEPT
-A FORWARD -p icmp -j REJECT --reject-with icmp-admin-prohibited
-A OUTPUT -p udp --dport 666 -j REJECT
-A svc -p tcp --dport 8080 -j ACCEPT
-A svc -p tcp --dport 25 -j REJECT --reject-with tcp-reset
COMMIT
`

describe.skipIf(!available.ok)('the kernel oracle', () => {
  let kernel: KernelOracle
  beforeAll(async () => {
    kernel = await KernelOracle.start()
    expect(await kernel.load(rules)).toEqual({ loaded: true })
  })
  afterAll(() => kernel?.stop())

  it('forwards through DNAT and gives the path of the packet', async () => {
    const [answer] = await kernel.send([arrives('t0', 'tcp 10.0.0.5:1111 > 10.0.0.1:80 [S]')])
    expect(answer?.verdict).toBe('FORWARDED')
    expect(answer?.outputs).toEqual([{ dev: 't2', hex: hex('tcp 10.0.0.5:1111 > 10.0.2.9:8080 [S] ttl=63') }])
    expect(answer?.path).toEqual([
      'mangle:PREROUTING:policy:2',
      'nat:PREROUTING:rule:1',
      'mangle:FORWARD:policy:1',
      'filter:FORWARD:rule:2',
      'filter:svc:rule:1',
      'mangle:POSTROUTING:policy:1',
      'nat:POSTROUTING:policy:2',
    ])
  })

  it('undoes the DNAT for the reply', async () => {
    const [answer] = await kernel.send([arrives('t2', 'tcp 10.0.2.9:8080 > 10.0.0.5:1111 [SA] ack=1001')])
    expect(answer?.outputs).toEqual([{ dev: 't0', hex: hex('tcp 10.0.0.1:80 > 10.0.0.5:1111 [SA] ack=1001 ttl=63') }])
    expect(answer?.path).not.toContain('nat:PREROUTING:policy:2')
  })

  it('drops by policy', async () => {
    const [answer] = await kernel.send([arrives('t0', 'tcp 10.0.0.5:1112 > 8.8.8.8:22 [S]')])
    expect(answer).toMatchObject({ verdict: 'DROPPED', outputs: [], delivered: null })
    expect(answer?.path.at(-1)).toBe('filter:FORWARD:policy:6')
  })

  it('keeps the steps of a reset apart from those of the packet it answers', async () => {
    const [answer] = await kernel.send([arrives('t0', 'tcp 10.0.0.5:1113 > 8.8.8.8:25 [S]')])
    expect(answer?.verdict).toBe('REJECTED')
    expect(answer?.outputs.map(({ dev }) => dev)).toEqual(['t0'])
    expect(answer?.path.at(-1)).toBe('filter:svc:rule:2')
    expect(answer?.answerPath[0]).toBe('mangle:OUTPUT:policy:1')
  })

  it('reports an expired TTL as an answer without a FORWARD step', async () => {
    const [answer] = await kernel.send([arrives('t0', 'udp 10.0.0.5:9 > 10.0.2.9:9 ttl=1')])
    expect(answer?.verdict).toBe('REJECTED')
    expect(answer?.path).toEqual(['mangle:PREROUTING:policy:2', 'nat:PREROUTING:policy:2'])
  })

  it('tells local delivery with the bytes', async () => {
    const packet = arrives('t0', 'udp 10.0.0.5:9 > 10.0.0.1:9 data=6869')
    const [answer] = await kernel.send([packet])
    expect(answer).toMatchObject({ verdict: 'DELIVERED', outputs: [], delivered: { dev: 't0', hex: packet.hex } })
  })

  it('sends local packets through OUTPUT, and back in by lo', async () => {
    const [out, back, refused] = await kernel.send([
      { local: true, hex: hex('udp 10.0.1.1:9 > 8.8.8.8:9') },
      { local: true, hex: hex('udp 10.0.0.1:9 > 10.0.2.1:9') },
      { local: true, hex: hex('udp 10.0.0.1:9 > 10.0.2.9:666') },
    ])
    expect(out).toMatchObject({ verdict: 'FORWARDED', outputs: [{ dev: 't1' }] })
    expect(back).toMatchObject({ verdict: 'DELIVERED', delivered: { dev: 'lo' } })
    expect(back?.path).toContain('filter:INPUT:policy:1')
    expect(refused).toMatchObject({ verdict: 'REJECTED', error: 'EPERM', delivered: null })
    expect(refused?.path.at(-1)).toBe('filter:OUTPUT:rule:1')
  })

  it('names what waits: a queue nobody reads, a fragment held', async () => {
    const [queued, held] = await kernel.send([
      arrives('t0', 'udp 10.0.0.5:9 > 10.0.2.9:99'),
      arrives('t0', 'udp 10.0.0.5:9 > 10.0.2.9:9 frag=0x2000 len=16'),
    ])
    expect(queued?.verdict).toBe('QUEUED')
    expect(held?.verdict).toBe('STOLEN')
  })

  it('counts, tracks, and starts from nothing after the next load', async () => {
    expect(await kernel.save4()).toMatch(/^\[1:40\] -A PREROUTING -d 10\.0\.0\.1\/32 -p tcp .* DNAT/m)
    expect(await kernel.conntrack()).toMatch(/tcp .*src=10\.0\.0\.5 dst=10\.0\.0\.1 sport=1111 dport=80 /)
    expect(await kernel.load()).toEqual({ loaded: true })
    expect(await kernel.save4()).toBe('')
    expect(await kernel.conntrack()).toBe('')
    const [answer] = await kernel.send([arrives('t0', 'tcp 10.0.0.5:1112 > 8.8.8.8:22 [S]')])
    expect(answer).toMatchObject({ verdict: 'FORWARDED', path: [] })
  })

  it('says why a ruleset is refused', async () => {
    const refused = await kernel.load(
      '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DNAT --to-destination 1.2.3.4\nCOMMIT\n',
    )
    expect(refused).toMatchObject({ loaded: false })
    expect(refused.loaded ? '' : refused.message).toMatch(/iptables-legacy-restore/)
  })

  it('carries IPv6 too', async () => {
    await kernel.load(
      undefined,
      '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -p udp -j ACCEPT\nCOMMIT\n',
    )
    const [passed, dropped] = await kernel.send([
      arrives('t0', 'udp [fd00::5]:9 > [fd00:0:0:2::9]:9'),
      arrives('t0', 'tcp [fd00::5]:9 > [fd00:0:0:2::9]:9 [S]'),
    ])
    expect(passed?.outputs).toEqual([{ dev: 't2', hex: hex('udp [fd00::5]:9 > [fd00:0:0:2::9]:9 ttl=63') }])
    expect(dropped).toMatchObject({ verdict: 'DROPPED', path: ['filter:FORWARD:policy:2'] })
  })

  it('describes its namespace as files of a host directory', async () => {
    const files = await kernel.hostFiles()
    expect(JSON.parse(files['addr.json'])).toEqual(
      expect.arrayContaining([expect.objectContaining({ ifname: 't2' }), expect.objectContaining({ ifname: 'lo' })]),
    )
    expect(files['route.json']).toMatch(/fd00:0:0:1::2/)
    expect(files['sysctl.conf']).toMatch(/^net\.ipv4\.ip_forward = 1$/m)
  })
})
