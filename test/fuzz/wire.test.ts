import { describe, expect, it } from 'vitest'
import { parsePacketText } from '../../src/packet/language.ts'
import { printPacket } from '../../src/packet/print.ts'
import { toHex } from '../../src/util/bytes.ts'
import * as wire from '../../src/wire/index.ts'

const SEED = Number(process.env['FUZZ_SEED'] ?? 20240229)
const ROUNDS = 100_000

/** xorshift32: small, and the same everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed | 0 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const PROTOCOLS = [0, 1, 4, 6, 17, 33, 41, 43, 44, 47, 50, 51, 58, 59, 60, 132, 135, 136]

/** Random bytes that begin like a network header more often than chance has it. */
function randomPacket(random: (below: number) => number): Uint8Array {
  const bytes = new Uint8Array(random(120))
  const density = random(4)
  for (let i = 0; i < bytes.length; i++) bytes[i] = random(4) < density ? random(256) : random(3)
  const protocol = PROTOCOLS[random(PROTOCOLS.length)]!
  const total = random(8) === 0 ? random(200) : bytes.length
  const shape = random(5)
  if (shape < 2 && bytes.length >= 20) {
    bytes[0] = 0x45 + (random(4) === 0 ? random(4) : 0)
    wire_set(bytes, 2, total)
    if (random(3) > 0) bytes[6] = bytes[7] = 0
    bytes[9] = protocol
  } else if (shape < 4 && bytes.length >= 40) {
    bytes[0] = 0x60
    wire_set(bytes, 4, Math.max(0, total - 40))
    bytes[6] = protocol
    if (bytes.length > 48) bytes[40] = PROTOCOLS[random(PROTOCOLS.length)]!
    if (bytes.length > 48) bytes[41] = random(3)
  }
  return bytes
}

function wire_set(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8
  bytes[at + 1] = value & 255
}

const PARSERS = {
  ethernet: wire.parseEthernet,
  arp: wire.parseArp,
  ipv4: wire.parseIpv4,
  ipv6: wire.parseIpv6,
  tcp: wire.parseTcp,
  udp: wire.parseUdp,
  udplite: wire.parseUdplite,
  icmp: wire.parseIcmp,
  icmpv6: wire.parseIcmpv6,
  sctp: wire.parseSctp,
  dccp: wire.parseDccp,
  gre: wire.parseGre,
  esp: wire.parseEsp,
  ah: wire.parseAh,
} as const

describe(`any bytes (seed ${SEED}; set FUZZ_SEED for another)`, () => {
  it('are read by every parser without throwing, and what is read lies inside', () => {
    const random = randomFrom(SEED)
    const read: Record<string, number> = {}
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = randomPacket(random)
      const offset = random(3) === 0 ? random(bytes.length + 1) : 0
      const end = offset + random(bytes.length - offset + 1)
      for (const [name, parse] of Object.entries(PARSERS)) {
        const parsed = parse(bytes, offset, round % 2 ? end : bytes.length)
        if (!parsed.ok) continue
        read[name] = (read[name] ?? 0) + 1
        if ('payloadOffset' in parsed && parsed.payloadOffset > (round % 2 ? end : bytes.length)) {
          throw new Error(`${name} reads past the end: ${toHex(bytes)} ${offset} ${end}`)
        }
      }
    }
    for (const name of Object.keys(PARSERS))
      expect(`${name} ${(read[name] ?? 0) > (name === 'arp' ? -1 : 100)}`).toBe(`${name} true`)
  })

  it('are printed without throwing, and what is not malformed is read again as it was', () => {
    const random = randomFrom(SEED + 1)
    let whole = 0
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = randomPacket(random)
      const text = printPacket(bytes)
      if (text.startsWith('malformed')) continue
      whole++
      const again = parsePacketText(text).bytes
      if (toHex(again) !== toHex(bytes)) throw new Error(`${toHex(bytes)}\n${text}\n${toHex(again)}`)
    }
    expect(whole).toBeGreaterThan(ROUNDS / 4)
  })
})
