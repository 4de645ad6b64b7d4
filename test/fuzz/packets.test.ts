import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type BatchPacket, createBatch, HOST_FILE_NAMES, type HostFiles } from '../../src/host/index.ts'
import { packet } from '../../src/packet/index.ts'
import { concat, toHex } from '../../src/util/bytes.ts'
import { Random } from '../../src/util/random.ts'

const INPUTS = 100_000
const SEED = Number(process.env.HOOKLINE_SEED ?? 20260102)
const FIXTURE = resolve(import.meta.dirname, '../../fixtures/ferm')

const VERDICTS = ['FORWARDED', 'DELIVERED', 'DROPPED', 'REJECTED', 'QUEUED', 'STOLEN', 'UNKNOWN']

/** Rules that look into every part of a packet. */
const RULES = (family: 4 | 6): string => `*raw
-A PREROUTING -p tcp -m tcp --tcp-option 8 -j MARK --set-xmark 0x1/0xff
-A PREROUTING -m string --algo bm --string "abc" -j NOTRACK
COMMIT
*mangle
-A PREROUTING -m length --length 0:100 -j MARK --set-xmark 0x2/0xff
-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
-A POSTROUTING -m ${family === 4 ? 'ttl --ttl-lt 5' : 'hl --hl-lt 5'} -j MARK --set-xmark 0x4/0xff
COMMIT
*nat
-A PREROUTING -p tcp -m multiport --dports 80,443,1000:2000 -j REDIRECT --to-ports 8080
-A POSTROUTING -o eth0 -j MASQUERADE
COMMIT
*filter
-A FORWARD -m conntrack --ctstate INVALID -j DROP
-A FORWARD -p udp -m recent --set --name seen --rsource
-A FORWARD -p ${family === 4 ? 'icmp -m icmp --icmp-type 8' : 'ipv6-icmp -m icmp6 --icmpv6-type 128'} -m limit --limit 5/sec -j ACCEPT
-A FORWARD -p sctp -j REJECT
-A INPUT -p tcp -j REJECT --reject-with tcp-reset
-A INPUT -m addrtype --dst-type MULTICAST -j LOG --log-prefix "many " --log-tcp-options --log-ip-options
COMMIT
`

function hostFiles(): HostFiles {
  const read = (part: keyof typeof HOST_FILE_NAMES): string =>
    readFileSync(join(FIXTURE, HOST_FILE_NAMES[part]), 'utf8')
  const network = {
    addr: read('addr'),
    route: read('route'),
    rule: read('rule'),
    link: read('link'),
    sysctl: read('sysctl'),
  }
  return { ...network, rulesV4: RULES(4), rulesV6: RULES(6) }
}

/** Anything from noise to a sound packet with a few bytes changed, cut or added. */
function draw(random: Random): Uint8Array {
  const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.below(256))
  const kind = random.below(10)
  if (kind === 0) return noise(random.below(100))
  const ends = random.pick([
    { source: '203.0.113.9', destination: '192.0.2.10' },
    { source: '192.0.2.77', destination: '198.51.100.7' },
    { source: '2001:db8::77', destination: '2001:db8::10' },
    { source: '2001:db8::77', destination: '2001:db8:1::7' },
  ])
  const ports = { ...ends, sport: random.below(65536), dport: random.pick([22, 53, 80, 1500, 8080]) }
  const payload = noise(random.below(60))
  const sound = [
    () => packet.tcp({ ...ports, payload, flags: random.pick(['S', 'SA', 'A', 'R', 'FA', 'PA']), seq: random.next() }),
    () => packet.udp({ ...ports, payload }),
    () => packet.icmp({ ...ends, payload }),
    () => packet.sctp({ ...ports }),
    () => packet.gre({ ...ends, payload }),
    () => packet.raw({ ...ends, protocol: random.below(256), payload }),
  ]
  const bytes = random.pick(sound)()
  if (kind < 3) return bytes
  const changed = bytes.slice()
  for (let changes = 1 + random.below(4); changes > 0; changes--)
    changed[random.below(changed.length)] = random.below(256)
  if (kind < 7) return changed
  return kind === 7 ? concat(changed, noise(random.below(30))) : changed.slice(0, random.below(changed.length + 1))
}

describe('any bytes as a packet', () => {
  it(`end in a verdict, never in a crash: ${INPUTS} inputs, seed ${SEED} (HOOKLINE_SEED)`, () => {
    const random = new Random(SEED)
    const batch = createBatch(hostFiles())
    const seen = new Map<string, number>()
    for (let input = 0; input < INPUTS; input++) {
      const hex = toHex(draw(random))
      const line: BatchPacket = random.below(4) === 0 ? { local: true, hex } : { in: 'eth0', hex, at: input / 100 }
      try {
        const { verdict } = batch.run(line)
        seen.set(verdict, (seen.get(verdict) ?? 0) + 1)
      } catch (error) {
        throw new Error(`seed ${SEED}, input ${input}: ${JSON.stringify(line)}`, { cause: error })
      }
    }
    expect([...seen.keys()].filter((verdict) => !VERDICTS.includes(verdict))).toEqual([])
    for (const verdict of ['FORWARDED', 'DELIVERED', 'DROPPED', 'REJECTED']) {
      expect(seen.get(verdict) ?? 0, verdict).toBeGreaterThan(100)
    }
  }, 120_000)
})
