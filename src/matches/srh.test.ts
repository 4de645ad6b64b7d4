import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { tryParseAddress } from '../wire/address.ts'
import { srh } from './srh.ts'

interface Header {
  readonly type?: number
  readonly length?: number
  readonly left?: number
  readonly last?: number
  readonly tag?: number
  readonly segments?: readonly string[]
}

/** A packet with a Segment Routing Header before UDP. */
function routed({ segments = ['a::1', 'b::1', 'c::1'], ...fields }: Header = {}): Uint8Array {
  const { type = 4, length = 2 * segments.length, left = 1, last = segments.length - 1, tag = 0 } = fields
  const list = segments.flatMap((one) => tryParseAddress(one)?.words ?? [])
  const bytes = list.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255])
  const payload = Uint8Array.of(17, length, type, left, last, 0, tag >> 8, tag & 255, ...bytes, 0, 1, 0, 2, 0, 8, 0, 0)
  return packet.raw({ source: 'fd00::5', destination: 'fd00:0:0:2::9', protocol: 43, payload })
}

const all =
  '-m srh ! --srh-next-hdr 17 --srh-hdr-len-eq 3 ! --srh-hdr-len-gt 3 --srh-hdr-len-lt 3 --srh-segs-left-eq 6 --srh-segs-left-gt 6 --srh-segs-left-lt 6 --srh-last-entry-eq 9 --srh-last-entry-gt 9 --srh-last-entry-lt 9 ! --srh-tag 10 --srh-psid a::/64 ! --srh-nsid b::/60 --srh-lsid c::1/128'

testMatch(srh, {
  saves: {
    '-m srh': '=',
    [all]: '=',
    '-m srh --srh-hdr-len-lt 3 --srh-hdr-len-eq 0x4': '-m srh --srh-hdr-len-eq 4 --srh-hdr-len-lt 4',
    '-m srh --srh-lsid a::1 --srh-psid a::1/ffff::': '-m srh --srh-psid a::1/16 --srh-lsid a::1/128',
    '-m srh --srh-nsid a::1/ffff::1': '-m srh --srh-nsid a::1/128',
  },
  lists: {
    '-m srh': ' srh',
    [all]:
      ' srh next-hdr:!17 hdr-len-eq:3 hdr-len-gt:!3 hdr-len-lt:3 segs-left-eq:6 segs-left-gt:6 segs-left-lt:6 last-entry-eq:9 last-entry-gt:9 last-entry-lt:9 tag:!10 psid  a::/64 nsid ! b::/60 lsid  c::1/128',
  },
  rejects: {
    '-m srh --srh-next-hdr udp': /bad value for option "--srh-next-hdr", or out of range \(0-255\)/,
    '-m srh --srh-tag 65536': /\(0-65535\)/,
    '-m srh --srh-psid a::1/129': /neither a valid network mask nor valid CIDR \(0-128\)/,
    '-m srh --srh-psid 1.2.3.4': /getaddrinfo: Address family/,
    '-m srh --srh-tag 1 --srh-tag 2': /can only be used once/,
  },
  matches: [
    ['-m srh', routed()],
    ['-m srh --srh-next-hdr 17 --srh-hdr-len-eq 6', routed()],
    ['-m srh --srh-hdr-len-gt 5', routed()],
    ['-m srh ! --srh-hdr-len-lt 6 --srh-segs-left-lt 2', routed()],
    ['-m srh --srh-last-entry-eq 2 ! --srh-segs-left-gt 1', routed()],
    ['-m srh --srh-tag 0x3412', routed({ tag: 0x1234 })],
    ['-m srh --srh-psid c::/64 --srh-nsid a::1 --srh-lsid a::/16', routed()],
    ['-m srh ! --srh-psid b::/64', routed()],
    ['-m srh --srh-lsid a::1', routed({ left: 0 })],
  ],
  misses: [
    ['-m srh', packet.udp({ source: 'fd00::5', destination: 'fd00:0:0:2::9' })],
    ['-m srh', routed({ type: 0, left: 0 })],
    ['-m srh', routed({ left: 3 })],
    ['-m srh', routed({ length: 9 })],
    ['-m srh --srh-hdr-len-eq 6 --srh-hdr-len-gt 5', routed()],
    ['-m srh --srh-tag 0x1234', routed({ tag: 0x1234 })],
    ['-m srh ! --srh-psid d::1', routed({ left: 2 })],
    ['-m srh ! --srh-nsid d::1', routed({ left: 0 })],
    ['-m srh ! --srh-psid d::1', routed({ left: 3, last: 4 })],
    [
      '-m srh',
      packet.raw({ source: 'fd00::5', destination: 'fd00::9', protocol: 43, payload: Uint8Array.of(17, 0, 4) }),
    ],
  ],
})
