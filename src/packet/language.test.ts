import { describe, expect, it } from 'vitest'
import { toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { packet } from './build.ts'
import { parsePacketText } from './language.ts'

const hex = (text: string) => toHex(parsePacketText(text).bytes)

describe('a line', () => {
  it.each([
    [
      'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]',
      packet.tcp({ source: '203.0.113.9', destination: '192.0.2.10', sport: 51000, dport: 22 }),
    ],
    ['tcp 203.0.113.9 > 192.0.2.10:ssh', packet.tcp({ source: '203.0.113.9', destination: '192.0.2.10', dport: 22 })],
    [
      'TCP 203.0.113.9.51000>192.0.2.10.http [FP.]',
      packet.tcp({ source: '203.0.113.9', destination: '192.0.2.10', sport: 51000, dport: 80, flags: 'FPA' }),
    ],
    [
      'tcp 1.1.1.1:1 > 2.2.2.2:2 [none]',
      packet.tcp({ source: '1.1.1.1', destination: '2.2.2.2', sport: 1, dport: 2, flags: 0 }),
    ],
    [
      'udp 10.0.0.1:53 > 10.0.0.2:5353',
      packet.udp({ source: '10.0.0.1', destination: '10.0.0.2', sport: 53, dport: 5353 }),
    ],
    [
      'udp [2001:db8::1]:53 > [2001:db8::2]:domain',
      packet.udp({ source: '2001:db8::1', destination: '2001:db8::2', sport: 53, dport: 53 }),
    ],
    [
      'udp 2001:db8::1 > [2001:db8::2]:53',
      packet.udp({ source: '2001:db8::1', destination: '2001:db8::2', dport: 53 }),
    ],
    [
      'icmp 10.0.0.1 > 10.0.0.2 echo-request id 1 seq 2',
      packet.icmp({ source: '10.0.0.1', destination: '10.0.0.2', id: 1, sequence: 2 }),
    ],
    ['icmp 10.0.0.1 > 10.0.0.2', packet.icmp({ source: '10.0.0.1', destination: '10.0.0.2' })],
    [
      'icmp 10.0.0.1 > 10.0.0.2 type 3 code 13',
      packet.icmp({ source: '10.0.0.1', destination: '10.0.0.2', type: 3, code: 13 }),
    ],
    ['icmp 10.0.0.1 > 10.0.0.2 ttl-exceeded', packet.icmp({ source: '10.0.0.1', destination: '10.0.0.2', type: 11 })],
    [
      'icmp6 ::1 > ::2 packet-too-big mtu 1280',
      packet.icmp({ source: '::1', destination: '::2', type: 'packet-too-big', mtu: 1280 }),
    ],
    [
      'gre 10.0.0.1 > 10.0.0.2 key 5 seq 0 gresum',
      packet.gre({ source: '10.0.0.1', destination: '10.0.0.2', key: 5, sequence: 0, checksum: true }),
    ],
    [
      'gre 10.0.0.1 > 10.0.0.2 callid 5',
      packet.gre({ source: '10.0.0.1', destination: '10.0.0.2', version: 1, callId: 5 }),
    ],
    [
      'esp 10.0.0.1 > 10.0.0.2 spi 0x100 seq 1',
      packet.esp({ source: '10.0.0.1', destination: '10.0.0.2', spi: 256, sequence: 1 }),
    ],
    [
      'ah 10.0.0.1 > 10.0.0.2 spi 1 next tcp',
      packet.ah({ source: '10.0.0.1', destination: '10.0.0.2', spi: 1, nextHeader: 6 }),
    ],
    ['proto 47 10.0.0.1 > 10.0.0.2', packet.raw({ source: '10.0.0.1', destination: '10.0.0.2', protocol: 47 })],
    [
      'proto ospf 10.0.0.1 > 10.0.0.2 len 4',
      packet.raw({ source: '10.0.0.1', destination: '10.0.0.2', protocol: 89, payload: 4 }),
    ],
    [
      'sctp 10.0.0.1:1 > 10.0.0.2:2 [COOKIE_ECHO,data]',
      packet.sctp({ source: '10.0.0.1', destination: '10.0.0.2', sport: 1, dport: 2, chunks: ['COOKIE_ECHO', 'DATA'] }),
    ],
    [
      'sctp 10.0.0.1:1 > 10.0.0.2:2 vtag 0x10',
      packet.sctp({ source: '10.0.0.1', destination: '10.0.0.2', sport: 1, dport: 2, verificationTag: 16 }),
    ],
    [
      'dccp 10.0.0.1:1 > 10.0.0.2:2 [RESPONSE] seq 5 ack 6',
      packet.dccp({
        source: '10.0.0.1',
        destination: '10.0.0.2',
        sport: 1,
        dport: 2,
        type: 'RESPONSE',
        seq: 5,
        ack: 6,
      }),
    ],
    [
      'udplite 10.0.0.1:1 > 10.0.0.2:2 coverage 8',
      packet.udplite({ source: '10.0.0.1', destination: '10.0.0.2', sport: 1, dport: 2, coverage: 8 }),
    ],
  ])('%s', (text, bytes) => expect(hex(text)).toBe(toHex(bytes)))

  it('takes bytes as they are', () => {
    expect(hex('hex 0x4500 0014')).toBe('45000014')
    expect(hex('hex 45:00:00')).toBe('450000')
  })

  it('carries a mark beside the bytes', () => {
    expect(parsePacketText('udp 1.1.1.1 > 2.2.2.2:1 mark 0x1').mark).toBe(1)
    expect(parsePacketText('udp 1.1.1.1 > 2.2.2.2:1')).not.toHaveProperty('mark')
  })
})

describe('words', () => {
  const ends = { source: '1.1.1.1', destination: '2.2.2.2', sport: 1, dport: 2 }
  const ends6 = { source: '::1', destination: '::2', sport: 1, dport: 2 }

  it.each([
    ['ttl 1 tos 0x10 id 7 df', packet.udp({ ...ends, ttl: 1, tos: 16, id: 7, df: true })],
    ['dscp 46 ecn 1', packet.udp({ ...ends, tos: 0xb9 })],
    ['len 1400', packet.udp({ ...ends, payload: 1400 })],
    ['length 3, ttl 9,', packet.udp({ ...ends, payload: 3, ttl: 9 })],
    ['payload "a\\n\\"\\x00é"', packet.udp({ ...ends, payload: 'a\n"\0é' })],
    ['payload 0x0a0b len 4', packet.udp({ ...ends, payload: Uint8Array.of(10, 11, 0, 0) })],
    ['mf id 9', packet.udp({ ...ends, mf: true, id: 9 })],
    ['rr ra', packet.udp({ ...ends, ipOptions: [{ kind: 'rr', addresses: [0, 0, 0] }, { kind: 'ra' }] })],
    [
      'ssrr 8:10.0.0.1,10.0.0.2',
      packet.udp({ ...ends, ipOptions: [{ kind: 'ssrr', pointer: 8, addresses: [0x0a000001, 0x0a000002] }] }),
    ],
    [
      'ipopt 130 0x01 ipopt nop timestamp',
      packet.udp({
        ...ends,
        ipOptions: [
          { kind: 'other', type: 130, data: Uint8Array.of(1) },
          { kind: 'nop' },
          { kind: 'timestamp', words: [0] },
        ],
      }),
    ],
    ['totlen 40 ipcsum 0x1234 evil', packet.udp({ ...ends, totalLength: 40, ipChecksum: 0x1234, reserved: true })],
    ['udplen 9 csum 0', packet.udp({ ...ends, length: 9, checksum: 0 })],
  ])('udp with %s', (words, bytes) => expect(hex(`udp 1.1.1.1:1 > 2.2.2.2:2 ${words}`)).toBe(toHex(bytes)))

  it.each([
    [
      'mss 1460 sackok tsval 1 tsecr 2 nop wscale 7',
      packet.tcp({
        ...ends,
        options: [
          { kind: 'mss', value: 1460 },
          { kind: 'sackOK' },
          { kind: 'timestamps', value: 1, echo: 2 },
          { kind: 'nop' },
          { kind: 'wscale', shift: 7 },
        ],
      }),
    ],
    [
      '[.] seq 4294967295 ack 0x10 win 0 urg 3',
      packet.tcp({ ...ends, flags: 'A', seq: 0xffffffff, ack: 16, window: 0, urgent: 3 }),
    ],
    [
      'sack 1:2,3:4 tcpopt 254 0x0102',
      packet.tcp({
        ...ends,
        options: [
          {
            kind: 'sack',
            blocks: [
              [1, 2],
              [3, 4],
            ],
          },
          { kind: 'other', type: 254, data: Uint8Array.of(1, 2) },
        ],
      }),
    ],
  ])('tcp with %s', (words, bytes) => expect(hex(`tcp 1.1.1.1:1 > 2.2.2.2:2 ${words}`)).toBe(toHex(bytes)))

  it.each([
    ['hoplimit 3 tclass 0xb8 flowlabel 0x12345', packet.udp({ ...ends6, ttl: 3, tos: 0xb8, flowLabel: 0x12345 })],
    ['mf id 0x12345678', packet.udp({ ...ends6, mf: true, id: 0x12345678 })],
    [
      'ext hop-by-hop ext dst-options 0x010400000000',
      packet.udp({ ...ends6, extensions: [{ protocol: 0 }, { protocol: 60 }] }),
    ],
  ])('udp over IPv6 with %s', (words, bytes) => expect(hex(`udp [::1]:1 > [::2]:2 ${words}`)).toBe(toHex(bytes)))

  it('make a checksum wrong, and only that', () => {
    for (const kind of ['tcp', 'udp', 'udplite', 'dccp', 'sctp']) {
      const right = parsePacketText(`${kind} 1.1.1.1:1 > 2.2.2.2:2`).bytes
      const wrong = parsePacketText(`${kind} 1.1.1.1:1 > 2.2.2.2:2 badsum`).bytes
      expect([...wrong.keys()].filter((i) => wrong[i] !== right[i])).toHaveLength(1)
    }
  })

  it('put only data into a later fragment', () => {
    expect(hex('udp 1.1.1.1 > 2.2.2.2 frag 1480 len 3')).toBe(
      toHex(packet.raw({ ...ends, protocol: 17, offset: 1480, payload: 3 })),
    )
  })

  it('quote a packet, and cut it', () => {
    const inner = packet.tcp({ source: '2.2.2.2', destination: '3.3.3.3', sport: 5, dport: 6, seq: 7 })
    const icmp = { source: '1.1.1.1', destination: '2.2.2.2', type: 'port-unreachable' }
    expect(hex('icmp 1.1.1.1 > 2.2.2.2 port-unreachable (tcp 2.2.2.2:5 > 3.3.3.3:6 seq 7)')).toBe(
      toHex(packet.icmp({ ...icmp, payload: inner })),
    )
    expect(hex('icmp 1.1.1.1 > 2.2.2.2 port-unreachable (tcp 2.2.2.2:5 > 3.3.3.3:6 seq 7 cut 28) ttl 64')).toBe(
      toHex(packet.icmp({ ...icmp, payload: inner.slice(0, 28) })),
    )
  })

  it('ask for a neighbour with hop limit 255', () => {
    const bytes = parsePacketText('icmp6 fe80::1 > ff02::1:ff00:2 neighbor-solicitation target fe80::2').bytes
    expect(toHex(bytes.subarray(7, 8))).toBe('ff')
    expect(toHex(bytes.subarray(40))).toMatch(/^8700....00000000fe800000000000000000000000000002$/)
  })
})

describe('an error', () => {
  it.each([
    ['', 1, 'expected the kind of packet'],
    ['tpc 1.1.1.1 > 2.2.2.2:1', 1, "did you mean 'tcp'?"],
    ['ospf 1.1.1.1 > 2.2.2.2', 1, "write 'proto ospf'"],
    ['proto osfp 1.1.1.1 > 2.2.2.2', 7, "did you mean 'ospf'?"],
    ['proto 256 1.1.1.1 > 2.2.2.2', 7, '0 to 255'],
    ['tcp', 4, 'expected the source address'],
    ['tcp host:1 > 2.2.2.2:1', 5, 'expected the source address'],
    ['tcp 1.1.1.1:1', 14, "expected '>'"],
    ['tcp 1.1.1.1:1 > ', 17, 'expected the destination address'],
    ['tcp 1.1.1.1:1 > 2.2.2.2', 17, 'expected a destination port'],
    ['tcp 1.1.1.1:1 > 2.2.2.2:htps', 25, "did you mean 'https'?"],
    ['tcp 1.1.1.1:65536 > 2.2.2.2:1', 13, 'expected a port (0 to 65535'],
    ['tcp [1.1.1.1]:1 > 2.2.2.2:1', 6, 'expected an IPv6 address between brackets'],
    ['tcp 1.1.1.1:1 > [::1]:1', 17, 'expected an IPv4 address, as the source is one'],
    ['tcp 1.1.1.1:1 > 2.2.2.2:1 [SX]', 28, 'found "X"'],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 [S]', 27, 'udp has nothing between brackets'],
    ['dccp 1.1.1.1:1 > 2.2.2.2:1 [RQUEST]', 29, "did you mean 'REQUEST'?"],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 tll 4', 27, "did you mean 'ttl'?"],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 ttl 256', 31, "expected a number of 0 to 255 after 'ttl', found '256'"],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 ttl', 30, 'found the end'],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 ttl 1 ttl 2', 33, "'ttl' is given twice"],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 mss 1460', 27, 'expected a word for udp'],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 payload "abc', 35, 'closing "'],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 payload "a\\q"', 37, 'expected \\n'],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 payload 0x0g', 38, 'hexadecimal digit'],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 payload "abc" len 2', 1, 'the payload has 3 bytes'],
    ['udp 1.1.1.1 > 2.2.2.2 frag 12', 28, 'multiple of 8'],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 frag 8', 5, 'expected no port'],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 id 65536', 1, 'id is 65536'],
    ['udp 1.1.1.1:1 > 2.2.2.2:1 flowlabel 1', 1, 'flowLabel belongs to IPv6'],
    ['icmp 1.1.1.1:1 > 2.2.2.2', 6, 'icmp has none'],
    ['icmp ::1 > ::2', 6, "write 'icmp6'"],
    ['icmp 1.1.1.1 > 2.2.2.2 port-unreachble', 24, "did you mean 'port-unreachable'?"],
    ['icmp 1.1.1.1 > 2.2.2.2 (udp 1.1.1.1:1 > 2.2.2.2:1', 50, "expected ')' for the '(' at column 24"],
    ['icmp 1.1.1.1 > 2.2.2.2 ) ', 24, 'expected the end'],
    ['hex 4', 5, 'even number'],
    ['hex', 4, 'expected the bytes of a packet'],
    [`${'proto 4 1.1.1.1 > 2.2.2.2 ('.repeat(10)}`, 244, 'at most 8 packets deep'],
  ])('in %j points at column %i', (text, column, message) => {
    let error: unknown
    try {
      parsePacketText(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(UsageError)
    expect((error as UsageError).message).toContain(message)
    expect((error as UsageError).place).toEqual({ line: 1, column })
  })
})
