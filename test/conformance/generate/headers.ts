/** Reading back what the kernel let out, as far as a script needs it to answer. */

/** The addresses and ports of a packet; ports are 0 where the protocol has none, for ICMP `sport` is the identifier. */
export interface Seen {
  readonly version: 4 | 6
  readonly src: string
  readonly dst: string
  readonly protocol: number
  readonly sport: number
  readonly dport: number
  /** Where the upper-layer header begins. */
  readonly offset: number
}

const hex4 = (bytes: Buffer, at: number) => [...bytes.subarray(at, at + 4)].join('.')
const hex6 = (bytes: Buffer, at: number) =>
  Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(at + i * 2).toString(16)).join(':')

/** The tuple of a packet, or undefined when it is too short to have one. IPv6 extension headers are stepped over. */
export function readTuple(bytes: Buffer): Seen | undefined {
  const version = bytes.length > 0 ? bytes[0]! >> 4 : 0
  if (version === 4 && bytes.length >= 20) {
    const offset = (bytes[0]! & 15) * 4
    return withPorts(bytes, { version: 4, src: hex4(bytes, 12), dst: hex4(bytes, 16), protocol: bytes[9]!, offset })
  }
  if (version !== 6 || bytes.length < 40) return undefined
  let [protocol, offset] = [bytes[6]!, 40]
  while ([0, 43, 44, 60].includes(protocol) && offset + 8 <= bytes.length) {
    const size = protocol === 44 ? 8 : (bytes[offset + 1]! + 1) * 8
    ;[protocol, offset] = [bytes[offset]!, offset + size]
  }
  return withPorts(bytes, { version: 6, src: hex6(bytes, 8), dst: hex6(bytes, 24), protocol, offset })
}

function withPorts(bytes: Buffer, head: Omit<Seen, 'sport' | 'dport'>): Seen {
  const { offset, protocol } = head
  const word = (at: number) => (at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0)
  if (protocol === 1 || protocol === 58) return { ...head, sport: word(offset + 4), dport: 0 }
  return [6, 17, 33, 132, 136].includes(protocol)
    ? { ...head, sport: word(offset), dport: word(offset + 2) }
    : { ...head, sport: 0, dport: 0 }
}
