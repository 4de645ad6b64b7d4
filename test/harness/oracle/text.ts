/** A packet in one line of text, for asking by hand: `tcp 10.0.0.5:1111 > 10.0.2.9:80 [S] ttl=3 data=0102`. */
import { icmp, packet, tcp, udp } from './build.ts'

const flagBits: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16, '.': 16, U: 32, E: 64, W: 128 }

/**
 * Builds the packet a line describes. Protocols: tcp, udp, icmp, icmp6, or a number. Settings after the addresses:
 * `[flags]` of F S R P A U E W, `ttl= tos= id= frag= seq= ack= window= options= (hex) type= code= rest= data= (hex) len=`.
 * IPv6 addresses stand in brackets where a port follows. Throws on a line it does not understand.
 */
export function packetFromText(line: string): Buffer {
  const match = /^(\S+) (\S+) > (\S+)(?: (.*))?$/.exec(line.trim())
  if (!match) throw new Error(`not a packet: ${line}`)
  const [, name = '', from = '', to = '', rest = ''] = match
  const settings = new Map<string, string>()
  for (const word of rest.split(/\s+/).filter(Boolean)) {
    const [key = '', value = ''] = word.startsWith('[') ? ['flags', word.slice(1, -1)] : word.split('=')
    settings.set(key, value)
  }
  const number = (key: string, otherwise: number) => Number(settings.get(key) ?? otherwise)
  const bytes = (key: string) => Buffer.from(settings.get(key) ?? '', 'hex')
  const data = settings.has('len') ? Buffer.alloc(number('len', 0), 0x78) : bytes('data')
  const [src, sport] = endpoint(from)
  const [dst, dport] = endpoint(to)
  const protocol = { tcp: 6, udp: 17, icmp: 1, icmp6: 58 }[name] ?? Number(name)
  const fields = {
    src,
    dst,
    protocol,
    ttl: number('ttl', 64),
    tos: number('tos', 0),
    id: number('id', 0x1234),
    fragment: number('frag', 0),
    options: bytes('ipoptions'),
  }
  if (name === 'tcp') {
    const flags = [...(settings.get('flags') ?? 'S')].reduce((sum, letter) => sum | (flagBits[letter] ?? 0), 0)
    const more = { seq: number('seq', 1000), ack: number('ack', 0), window: number('window', 64240) }
    return packet(fields, tcp({ sport, dport, flags, ...more, options: bytes('options') }, data))
  }
  if (name === 'udp') return packet(fields, udp(sport, dport, data))
  if (name.startsWith('icmp')) {
    return packet(
      fields,
      icmp(number('type', name === 'icmp' ? 8 : 128), number('code', 0), number('rest', 0x10001), data),
    )
  }
  return packet(fields, data)
}

function endpoint(text: string): [string, number] {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(text)
  if (bracketed) return [bracketed[1]!, Number(bracketed[2] ?? 0)]
  const plain = /^([\d.]+)(?::(\d+))?$/.exec(text)
  return plain ? [plain[1]!, Number(plain[2] ?? 0)] : [text, 0]
}
