import { TestEnvironment } from '../../test/harness/environment.ts'
import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith, tracked } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import { type Connection, CT_INFO, CT_STATUS } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import { conntrack } from './conntrack.ts'

const bytes = packet.tcp({ source: '10.0.0.5', destination: '10.0.2.9', sport: 1000, dport: 80 })
const of = (differences: Partial<Connection> = {}, info: keyof typeof CT_INFO = 'new'): Packet =>
  tracked(bytes, differences, info)
const invalid = (): Packet => packetWith(bytes)
const untracked = (): Packet => packetWith(bytes, { ctInfo: CT_INFO.untracked })
const expiring = (milliseconds: number): TestEnvironment =>
  Object.assign(new TestEnvironment(), { expiresIn: milliseconds })
const ping: Partial<Connection> = {
  original: { family: 4, protocol: 1, source: [1, 0, 0, 0], destination: [2, 0, 0, 0], sport: 77, dport: 0x0800 },
}

testMatch(conntrack, {
  saves: {
    '-m conntrack --ctstate ESTABLISHED,RELATED': '-m conntrack --ctstate RELATED,ESTABLISHED',
    '-m conntrack ! --ctstate n,inv,U,snat,d': '-m conntrack ! --ctstate INVALID,NEW,UNTRACKED,SNAT,DNAT',
    '-m conntrack --ctproto tcp --ctorigsrc 10.1/255.255.0.0': '-m conntrack --ctproto 6 --ctorigsrc 10.0.0.1/16',
    '-m conntrack --ctorigdst 192.0.2.10/255.255.255.1': '-m conntrack --ctorigdst 192.0.2.10',
    '-m conntrack ! --ctreplsrc 0/0 --ctrepldst 1.2.3.4/0x10':
      '-m conntrack ! --ctreplsrc 0.0.0.0/0 --ctrepldst 1.2.3.4/16',
    '-m conntrack --ctreplsrcport domain --ctrepldstport 5:1 ! --ctorigsrcport :':
      '-m conntrack ! --ctorigsrcport 0:65535 --ctreplsrcport 53 --ctrepldstport 5:1',
    '-m conntrack --ctstatus s,expected': '-m conntrack --ctstatus EXPECTED,SEEN_REPLY',
    '-m conntrack --ctproto ICMP --ctorigsrc 10.0.0.1/33': '-m conntrack --ctproto 1 --ctorigsrc 10.0.0.1',
    '-m conntrack ! --ctstatus none': '-m conntrack ! --ctstatus NONE',
    '-m conntrack --ctexpire :60 --ctdir reply': '-m conntrack --ctexpire 0:60 --ctdir REPLY',
    '-m conntrack --ctstate NEW --ctdir ORIGINAL --ctexpire 5 --ctstatus NONE --ctproto 0x11':
      '-m conntrack --ctstate NEW --ctproto 17 --ctstatus NONE --ctexpire 5 --ctdir ORIGINAL',
  },
  rejects: {
    '-m conntrack': /conntrack/,
    '-m conntrack --ctstate NEW,,OLD': /Bad ctstate ",OLD"/,
    '-m conntrack --ctstate ""': /Bad ctstate ""/,
    '-m conntrack --ctstate NEW RELATED': /Bad argument `RELATED'/,
    '-m conntrack ! --ctdir REPLY': /cannot be inverted/,
    '-m conntrack --ctdir rep': /Bad value for "--ctdir" option: "rep"/,
    '-m conntrack --ctproto Tcp': /unknown protocol "Tcp"/,
    '-m conntrack --ctorigsrc 10.0.0.1/-1': /neither a valid network mask nor valid CIDR \(0-32\)/,
    '-m conntrack --ctorigsrc fd00::1': /getaddrinfo: Address family for hostname not supported/,
    '-m conntrack --ctstatus FOO': /Bad ctstatus "FOO"/,
    '-m conntrack --ctstate NEW --ctstate NEW': /can only be used once/,
  },
  matches: [
    ['-m conntrack --ctstate NEW', of()],
    ['-m conntrack --ctstate ESTABLISHED', of({}, 'established')],
    ['-m conntrack --ctstate ESTABLISHED', of({}, 'establishedReply')],
    ['-m conntrack --ctstate RELATED', of({}, 'relatedReply')],
    ['-m conntrack ! --ctstate NEW,INVALID', of({}, 'related')],
    ['-m conntrack --ctstate INVALID', invalid()],
    ['-m conntrack --ctstate UNTRACKED', untracked()],
    ['-m conntrack ! --ctstate INVALID', untracked()],
    ['-m conntrack --ctstate SNAT', of({ status: CT_STATUS.sourceNat })],
    ['-m conntrack --ctstate DNAT', of({ status: CT_STATUS.destinationNat }, 'establishedReply')],
    ['-m conntrack --ctstate INVALID --ctproto udp --ctorigsrc 1.1.1.1', invalid()],
    ['-m conntrack ! --ctstate NEW --ctproto udp', untracked()],
    ['-m conntrack --ctproto tcp', of()],
    ['-m conntrack ! --ctproto udp', of()],
    ['-m conntrack --ctorigsrc 10.0.0.0/24 --ctorigdst 10.0.2.9', of()],
    ['-m conntrack --ctorigsrc 10.0.0.99/24', of()],
    ['-m conntrack --ctreplsrc 10.0.2.9 ! --ctrepldst 10.0.0.6', of()],
    ['-m conntrack --ctorigsrcport 1000 --ctorigdstport 80:90', of()],
    ['-m conntrack --ctreplsrcport 80 ! --ctrepldstport 1:999', of()],
    ['-m conntrack --ctorigsrcport 77 --ctorigdstport 2048', of(ping)],
    ['-m conntrack --ctstatus ASSURED,EXPECTED', of({ status: CT_STATUS.assured | CT_STATUS.confirmed })],
    ['-m conntrack ! --ctstatus NONE', of()],
    ['-m conntrack --ctdir ORIGINAL', of({}, 'related')],
    ['-m conntrack --ctdir REPLY', of({}, 'establishedReply')],
    ['-m conntrack --ctexpire 60', of(), expiring(60_999)],
    ['-m conntrack ! --ctexpire 0:59', of(), expiring(60_000)],
    ['-m conntrack --ctexpire 0', of({ confirmed: false }), expiring(60_000)],
  ],
  misses: [
    ['-m conntrack --ctstate NEW,ESTABLISHED', of({}, 'related')],
    ['-m conntrack --ctstate NEW,ESTABLISHED,RELATED,UNTRACKED,SNAT,DNAT', invalid()],
    ['-m conntrack ! --ctstate DNAT', of({ status: CT_STATUS.destinationNat })],
    ['-m conntrack ! --ctstate INVALID --ctproto tcp', invalid()],
    ['-m conntrack --ctproto tcp', invalid()],
    ['-m conntrack ! --ctproto tcp', untracked()],
    ['-m conntrack ! --ctorigsrc 1.1.1.1', invalid()],
    ['-m conntrack --ctstate NEW --ctproto udp', of()],
    ['-m conntrack --ctstatus NONE', of()],
    ['-m conntrack --ctdir REPLY', of({}, 'established')],
    ['-m conntrack --ctdir REPLY', invalid()],
    ['-m conntrack --ctexpire 61', of(), expiring(60_999)],
    ['-m conntrack --ctorigsrcport 5:1', of()],
  ],
})

testMatch(conntrack, {
  family: 6,
  saves: {
    '-m conntrack --ctorigsrc 2001:DB8::1/ffff:ffff::': '-m conntrack --ctorigsrc 2001:db8::1/32',
    '-m conntrack ! --ctorigdst ::1/128 --ctproto icmpv6': '-m conntrack --ctproto 58 ! --ctorigdst ::1',
  },
  rejects: { '-m conntrack --ctorigsrc ::/129': /CIDR \(0-128\)/ },
})
