import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { realToolsMissing } from '../../test/harness/extension-tester.ts'
import { packetWith, udp4, udp6 } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { Random } from '../util/random.ts'
import {
  addTo,
  type Change,
  createSets,
  type Lookup,
  NO_SKBINFO,
  readSetLines,
  removeFrom,
  type Sets,
  saveSets,
  testIn,
} from './index.ts'

const make = (text: string, ticks = 0): Sets => createSets(readSetLines(text, 'ipset.save'), ticks)
const asked = (sides: string): Lookup => ({
  sides: sides.split(',') as Lookup['sides'],
  ...{ returnNomatch: false, updatesCounters: true, updatesSubcounters: true },
  ...{ packets: null, bytes: null, skbinfo: NO_SKBINFO },
})
const changed = (sides: string, more: Partial<Change> = {}): Change => ({
  ...{ sides: sides.split(',') as Change['sides'], timeout: null, replaces: false },
  ...more,
})

/** Whether a packet is in the set `s`. */
function holds(text: string, sides: string, one: Packet | Uint8Array, ticks = 0): boolean {
  const set = make(text).get('s')
  if (set === undefined) throw new Error('the text has no set s')
  return testIn(set, one instanceof Uint8Array ? packetWith(one) : one, asked(sides), ticks)
}

const tcp = (sport: number, dport: number): Uint8Array =>
  packet.tcp({ source: '10.0.0.1', destination: '10.0.0.2', sport, dport })
const frame = Uint8Array.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0])
const framed = packetWith(udp4(), { frame })

describe('a set', () => {
  it.each<[type: string, element: string, sides: string, packet: Packet | Uint8Array, found: boolean]>([
    ['hash:ip', '10.0.0.1', 'src', udp4(), true],
    ['hash:ip', '10.0.0.1', 'dst', udp4(), false],
    ['hash:ip', '10.0.0.0/30', 'dst', udp4(), true],
    ['hash:ip', '10.0.0.3-10.0.0.2', 'dst', udp4(), true],
    ['hash:ip netmask 24', '10.0.0.77', 'src', udp4(), true],
    ['hash:ip bitmask 255.0.0.255', '10.9.9.1', 'src', udp4(), true],
    ['hash:ip family inet6', 'fd00::1', 'src', udp6(), true],
    ['hash:ip family inet6 netmask 64', 'fd00::77', 'src', udp6(), true],
    ['hash:ip family inet6', 'fd00::1', 'src', udp4(), false],
    ['hash:net', '10.0.0.0/8', 'src', udp4(), true],
    ['hash:net', '10.0.0.2/31', 'src', udp4(), false],
    ['hash:net', '10.0.0.1-10.0.0.2', 'dst', udp4(), true],
    ['hash:net family inet6', 'fd00::/16', 'dst', udp6(), true],
    ['hash:ip,port', '10.0.0.1,80', 'src,dst', tcp(1, 80), true],
    ['hash:ip,port', '10.0.0.1,udp:80', 'src,dst', tcp(1, 80), false],
    ['hash:ip,port', '10.0.0.1,tcp:79-81', 'src,dst', tcp(1, 80), true],
    ['hash:ip,port', '10.0.0.1,80', 'src,src', tcp(1, 80), false],
    ['hash:ip,port', '10.0.0.1,80', 'src', tcp(1, 80), false],
    ['hash:net,port', '10.0.0.0/24,tcp:http', 'src,dst', tcp(1, 80), true],
    ['hash:ip,port,ip', '10.0.0.1,80,10.0.0.2', 'src,dst,dst', tcp(1, 80), true],
    ['hash:ip,port,net', '10.0.0.1,80,10.0.0.0/24', 'src,dst,dst', tcp(1, 80), true],
    ['hash:ip,port,net', '10.0.0.1,80,10.0.1.0/24', 'src,dst,dst', tcp(1, 80), false],
    ['hash:net,net', '10.0.0.0/24,10.0.0.0/8', 'src,dst', udp4(), true],
    ['hash:net,port,net', '0.0.0.0/0,tcp:80,10.0.0.2/32', 'src,dst,dst', tcp(1, 80), true],
    ['hash:net,iface', '10.0.0.0/8,eth0', 'src,src', udp4(), false],
    ['hash:mac', '02:00:00:00:00:02', 'src', framed, true],
    ['hash:mac', '02:00:00:00:00:01', 'dst', framed, true],
    ['hash:mac', '02:00:00:00:00:02', 'src', udp4(), false],
    ['hash:ip,mac', '10.0.0.1,02:00:00:00:00:02', 'src,src', framed, true],
    ['hash:ip,mark', '10.0.0.1,0x5', 'src,src', packetWith(udp4(), { mark: 5 }), true],
    ['hash:ip,mark markmask 0xf', '10.0.0.1,0x15', 'src,src', packetWith(udp4(), { mark: 0x25 }), true],
    ['bitmap:ip range 10.0.0.0/24', '10.0.0.1-10.0.0.5', 'src', udp4(), true],
    ['bitmap:ip range 10.0.0.0/16 netmask 24', '10.0.0.99', 'src', udp4(), true],
    ['bitmap:port range 0-100', '80', 'dst', tcp(1, 80), true],
    ['bitmap:port range 0-100', '1', 'src', packet.icmp({ source: '10.0.0.1', destination: '10.0.0.2' }), false],
    ['bitmap:ip,mac range 10.0.0.0/24', '10.0.0.1,02:00:00:00:00:02', 'src,src', framed, true],
    ['bitmap:ip,mac range 10.0.0.0/24', '10.0.0.1,02:00:00:00:00:09', 'src,src', framed, false],
    ['bitmap:ip,mac range 10.0.0.0/24', '10.0.0.1', 'src,src', framed, true],
  ])('%s with %s, asked for %s', (type, element, sides, one, found) => {
    expect(holds(`create s ${type}\nadd s ${element}\n`, sides, one)).toBe(found)
    expect(holds(`create s ${type}\n`, sides, one)).toBe(false)
  })

  it('finds ICMP by type and code, other protocols by their number, and later fragments not by port', () => {
    const ping = packet.icmp({ source: '10.0.0.1', destination: '10.0.0.2', type: 8, code: 0 })
    expect(holds('create s hash:ip,port\nadd s 10.0.0.1,icmp:echo-request\n', 'src,dst', ping)).toBe(true)
    expect(holds('create s hash:ip,port\nadd s 10.0.0.1,icmp:0/0\n', 'src,dst', ping)).toBe(false)
    const gre = packet.ipv4({ source: '10.0.0.1', destination: '10.0.0.2', protocol: 47, payload: new Uint8Array(4) })
    expect(holds('create s hash:ip,port\nadd s 10.0.0.1,gre:0\n', 'src,dst', gre)).toBe(true)
    const later = packetWith(tcp(1, 80), { fragmentOffset: 5 })
    expect(holds('create s hash:ip,port\nadd s 10.0.0.1,80\n', 'src,dst', later)).toBe(false)
  })

  it('asks the smallest network first; what is listed with nomatch is an exception', () => {
    const text = 'create s hash:net\nadd s 10.0.0.0/8\nadd s 10.0.0.0/24 nomatch\nadd s 10.0.0.1\n'
    expect(holds(text, 'src', udp4({ source: '10.0.0.1' }))).toBe(true)
    expect(holds(text, 'src', udp4({ source: '10.0.0.2' }))).toBe(false)
    expect(holds(text, 'src', udp4({ source: '10.1.0.2' }))).toBe(true)
  })

  it('of networks with devices does not look beyond a network that is listed with other devices', () => {
    const device = { name: 'eth0', index: 2, link: 'ether', mtu: 1500, up: true, mac: null, addresses: [] } as const
    const arrived = packetWith(udp4(), { inDevice: device })
    const wide = 'create s hash:net,iface\nadd s 10.0.0.0/8,eth0\n'
    expect(holds(wide, 'src,src', arrived)).toBe(true)
    expect(holds(wide, 'src,dst', arrived)).toBe(false)
    expect(holds(`${wide}add s 10.0.0.0/24,eth1\n`, 'src,src', arrived)).toBe(false)
    expect(holds(`${wide}add s 10.0.0.0/24,physdev:eth0\n`, 'src,src', arrived)).toBe(true)
    expect(holds('create s hash:net,iface\nadd s 0.0.0.0/0,eth wildcard\n', 'src,src', arrived)).toBe(true)
  })

  it('keeps elements through the last tick of their time', () => {
    const text = 'create s hash:ip timeout 10\nadd s 10.0.0.1 timeout 2\nadd s 10.0.0.2\nadd s 10.0.0.3 timeout 0\n'
    const at = (source: string, ticks: number) => holds(text, 'src', udp4({ source }), ticks)
    expect([at('10.0.0.1', 500), at('10.0.0.1', 501)]).toEqual([true, false])
    expect([at('10.0.0.2', 2500), at('10.0.0.2', 2501), at('10.0.0.3', 1e9)]).toEqual([true, false, true])
    expect(saveSets(make(text), 600)).toContain('add s 10.0.0.2 timeout 7\nadd s 10.0.0.3 timeout 0\n')
    expect(saveSets(make(text), 600)).not.toContain('10.0.0.1')
  })
})

describe('packets', () => {
  const one = packetWith(udp4())

  it('add and take out elements', () => {
    const sets = make('create s hash:ip timeout 10 counters\n')
    const s = sets.get('s')!
    expect(addTo(s, one, changed('src'), 0)).toBe(true)
    expect(addTo(s, one, changed('src', { timeout: 3 }), 0)).toBe(false)
    expect(saveSets(sets, 0)).toContain(`add s 10.0.0.1 timeout 10 packets 1 bytes ${one.length}\n`)
    expect(addTo(s, one, changed('src', { timeout: 3, replaces: true }), 0)).toBe(true)
    expect(saveSets(sets, 0)).toContain('add s 10.0.0.1 timeout 3 ')
    expect(addTo(s, one, changed('src'), 751)).toBe(true)
    expect(removeFrom(s, one, changed('src'), 800)).toBe(true)
    expect(removeFrom(s, one, changed('src'), 800)).toBe(false)
  })

  it('add networks of the longest prefix that is listed, and clear nomatch', () => {
    const sets = make('create s hash:net\nadd s 192.0.2.0/24\nadd s 10.0.0.0/24 nomatch\n')
    const s = sets.get('s')!
    expect(addTo(s, one, changed('src'), 0)).toBe(false)
    expect(addTo(s, one, changed('src', { replaces: true }), 0)).toBe(true)
    expect(saveSets(sets, 0)).toContain('add s 10.0.0.0/24\n')
    const empty = make('create s hash:net\n')
    addTo(empty.get('s')!, one, changed('src'), 0)
    expect(saveSets(empty, 0)).toContain('add s 10.0.0.1\n')
  })

  it('find no room in a full set unless elements have ended or it is forced', () => {
    const full = make('create s hash:ip maxelem 1\nadd s 10.0.0.9\n')
    expect(addTo(full.get('s')!, one, changed('src'), 0)).toBe(false)
    const timed = make('create s hash:ip maxelem 1 timeout 1\nadd s 10.0.0.9\n')
    expect(addTo(timed.get('s')!, one, changed('src'), 251)).toBe(true)
    const forced = make('create s hash:ip maxelem 1 forceadd\nadd s 10.0.0.9\n')
    expect(addTo(forced.get('s')!, one, changed('src'), 0)).toBe(true)
    expect(saveSets(forced, 0)).not.toContain('10.0.0.9')
  })

  it('add to the first set of a list that takes them', () => {
    const text = 'create v6 hash:ip family inet6\ncreate a hash:ip\ncreate s list:set\nadd s v6\nadd s a\n'
    const sets = make(text)
    expect(addTo(sets.get('s')!, one, changed('src'), 0)).toBe(true)
    expect(saveSets(sets, 0)).toContain('add a 10.0.0.1\n')
    expect(testIn(sets.get('s')!, one, asked('src'), 0)).toBe(true)
  })

  it('get the data of what was found', () => {
    const sets = make('create s hash:ip skbinfo\nadd s 10.0.0.1 skbmark 0x5/0xff skbprio 1:a skbqueue 3\n')
    const lookup = asked('src')
    testIn(sets.get('s')!, one, lookup, 0)
    expect(lookup.skbinfo).toEqual({ mark: 5, mask: 0xff, priority: 0x1000a, queue: 3 })
  })

  it('bring the hardware address that is missing, and the time begins', () => {
    const sets = make('create s bitmap:ip,mac range 10.0.0.0/24 timeout 10\nadd s 10.0.0.1\n')
    expect(testIn(sets.get('s')!, framed, asked('src,src'), 5000)).toBe(true)
    expect(saveSets(sets, 5000)).toContain('add s 10.0.0.1,02:00:00:00:00:02 timeout 10\n')
  })
})

describe('an ipset.save', () => {
  it.each([
    ['destroy s', /expected create or add, found "destroy"/],
    ['create s hash:foo', /there is no type of sets "hash:foo"/],
    ['create s hash:ip foo', /hash:ip has no option "foo"/],
    ['create s hash:ip timeout', /"timeout" needs a value/],
    ['create s hash:ip timeout 9999999', /expected a number of 0 to 2147483/],
    ['create s hash:ip family inet7', /expected inet or inet6/],
    ['create s bitmap:ip', /needs one/],
    ['create s hash:ip\ncreate s hash:net', /there is a set s already/],
    ['add s 10.0.0.1', /there is no set s above this line/],
    ['create s hash:ip\nadd s', /an element is missing/],
    ['create s hash:ip\nadd s 10.0.0.256', /"10\.0\.0\.256" is no IPv4 address/],
    ['create s hash:ip\nadd s 0.0.0.0', /cannot have this element/],
    ['create s hash:ip\nadd s 10.0.0.1\nadd s 10.0.0.1', /has this element already/],
    ['create s hash:ip maxelem 1\nadd s 10.0.0.1\nadd s 10.0.0.2', /is full/],
    ['create s hash:ip\nadd s 10.0.0.1 timeout 5', /created without timeout/],
    ['create s hash:ip\nadd s 10.0.0.1 packets 5', /created without counters/],
    ['create s hash:ip\nadd s 10.0.0.1 nomatch', /lists no networks/],
    ['create s hash:ip\nadd s 10.0.0.1 foo 1', /there is no option "foo"/],
    ['create s hash:net\nadd s 0.0.0.0/0', /length 0/],
    ['create s hash:net,net\nadd s 10.0.0.0/8,0.0.0.0/0', /length 0/],
    ['create s hash:ip,mark markmask 0xff\nadd s 0.0.0.0,0x100', /cannot have this element/],
    ['create s hash:ip,port\nadd s 10.0.0.1', /takes 2 parts/],
    ['create s hash:ip,port\nadd s 10.0.0.1,foo:1', /"foo" is no protocol/],
    ['create s hash:ip,port\nadd s 10.0.0.1,tcp:70000', /is no port/],
    ['create s hash:ip,port\nadd s 10.0.0.0/16,tcp:0-65535', /stands for too many elements/],
    ['create s hash:ip\nadd s 0.0.0.0/0', /too many addresses/],
    ['create s list:set\nadd s t', /there is no set t/],
    ['create s hash:ip comment\nadd s 10.0.0.1 comment "x', /" is missing/],
  ])('with an error is refused: %s', (text, wanted) => {
    const lines = text.split('\n').length
    expect(() => make(`# a comment\n\n${text}\nCOMMIT\n`)).toThrow(wanted)
    expect(() => make(`# a comment\n\n${text}\nCOMMIT\n`)).toThrow(
      expect.objectContaining({ place: { file: 'ipset.save', line: 2 + lines, column: 1 } }),
    )
  })

  const texts = [
    'create s hash:ip family inet hashsize 1024 maxelem 65536 timeout 100 counters comment skbinfo bucketsize 12 initval 0xddef7ccf',
    'add s 10.0.0.1 timeout 50 packets 3 bytes 400 comment "x y" skbmark 0x1/0xff skbprio 1:10 skbqueue 5',
    'add s 10.0.0.2 timeout 0 packets 0 bytes 0 skbmark 0x1',
    'create n hash:net family inet6 hashsize 1024 maxelem 100 bucketsize 12 initval 0x6a518603',
    'add n fd00::/64',
    'add n fd00::1 nomatch',
    'create p hash:ip,port family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x4c6d978f',
    'add p 10.0.0.1,udp:82',
    'add p 10.0.0.1,gre:0',
    'add p 10.0.0.1,icmp:echo-request',
    'add p 10.0.0.1,icmp:fragmentation-needed',
    'create g hash:net,iface family inet hashsize 1024 maxelem 65536 timeout 9 counters bucketsize 12 initval 0xcdc36dc6',
    'add g 0.0.0.0/0,physdev:eth0 timeout 0 packets 0 bytes 0',
    'add g 10.0.0.0/8,eth timeout 0 nomatch wildcard packets 1 bytes 2',
    'create b bitmap:ip range 10.0.0.0-10.0.255.255 netmask 24 counters',
    'add b 10.0.5.0 packets 0 bytes 0',
    'create t bitmap:port range 0-1000',
    'add t 80',
    'create m bitmap:ip,mac range 10.0.0.0-10.0.0.255',
    'add m 10.0.0.5',
    'add m 10.0.0.6,01:02:03:04:05:0A',
    'create w hash:ip family inet hashsize 1024 maxelem 65536 bitmask 255.0.255.0 bucketsize 12 initval 0x6ba9e83d',
    'add w 10.0.2.0',
    'create l list:set size 5 timeout 100',
    'add l n timeout 0',
    'add l s timeout 0',
  ]

  it('is saved as it was read', () => {
    expect(
      saveSets(make(`${texts.join('\n')}\n`), 0)
        .trimEnd()
        .split('\n'),
    ).toEqual(texts)
  })

  it('with any word changed is read or refused, never a crash', () => {
    const words = [
      '',
      '0',
      '-1',
      '65536',
      'x',
      '0.0.0.0/0',
      '::/0',
      'tcp:1-65535',
      '"',
      '0.0.0.0-255.255.255.255',
      'range',
    ]
    let refused = 0
    for (let seed = 0; seed < 400; seed++) {
      const random = new Random(`ipset ${seed}`)
      const at = random.below(texts.length)
      const parts = (texts[at] as string).split(/([ ,:/-])/)
      parts[random.below(parts.length)] = random.pick(words)
      const text = texts.with(at, parts.join('')).join('\n')
      try {
        saveSets(make(text), 5)
      } catch (error) {
        if (!(error instanceof UsageError)) throw new Error(`seed ${seed}: ${parts.join('')}`, { cause: error })
        refused++
      }
    }
    expect(refused).toBeGreaterThan(200)
  })

  const missing = realToolsMissing() ?? (spawnSync('ipset', ['version']).status === 0 ? null : 'needs ipset')
  it.skipIf(missing !== null)(`is saved as the real ipset saves it${missing ? ` (skipped: ${missing})` : ''}`, () => {
    const input = `${texts.join('\n')}\n`
    const ran = spawnSync('unshare', ['-n', 'sh', '-c', 'ipset restore && ipset save'], { input, encoding: 'utf8' })
    // The seconds that passed since, and the order in the kernel's hash, are chance.
    const comparable = (text: string) =>
      text
        .replace(/timeout (49|50)\b/g, 'timeout 50')
        .trimEnd()
        .split('\n')
        .sort()
    expect(comparable(ran.stdout)).toEqual(comparable(input))
  })
})
