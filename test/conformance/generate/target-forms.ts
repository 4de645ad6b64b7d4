/** Every option of every target. Words before ` => ` are conditions of the rule. */
import { expand, type Form, type Forms } from './forms.ts'

const all: readonly Forms[] = [
  { name: 'AUDIT', forms: ['--type accept', '--type drop', '--type reject'] },
  { name: 'CHECKSUM', tables: ['mangle'], forms: ['--checksum-fill'] },
  { name: 'CLASSIFY', hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'], forms: ['--set-class 1:2'] },
  {
    name: 'CONNMARK',
    tables: ['mangle', 'filter', 'nat'],
    forms: [
      '--set-xmark 0x5/0xf',
      '--set-mark 0x10/0xff',
      '--and-mark 0x4',
      '--or-mark 0x2',
      '--xor-mark 0x1',
      '--save-mark',
      '--restore-mark',
      '--save-mark --nfmask 0xff --ctmask 0xf',
      '--restore-mark --nfmask 0x7 --ctmask 0xff',
      '--save-mark --mask 0xff',
      '--restore-mark --mask 0x7',
      '--set-xmark 0x3 --left-shift-mark 4',
      '--set-xmark 0x30 --right-shift-mark 4',
      '--restore-mark --left-shift-mark 1',
      '--save-mark --right-shift-mark 1',
    ],
  },
  { name: 'CONNSECMARK', tables: ['mangle', 'security'], forms: ['--save', '--restore'] },
  {
    name: 'CT',
    tables: ['raw'],
    forms: [
      '--notrack',
      '-p tcp => --helper ftp',
      '--ctevents new,destroy',
      '--expevents new',
      '--zone 1',
      '--zone mark',
      '--zone-orig 2',
      '--zone-reply 3',
    ],
  },
  {
    name: 'DNAT',
    tables: ['nat'],
    hooks: ['PREROUTING', 'OUTPUT'],
    protocols: ['esp', '103', 'ah'],
    forms: [
      '--to-destination 10.0.2.9 || --to-destination fd00:0:0:2::9',
      '--to-destination 10.0.2.9 --random || --to-destination fd00:0:0:2::9 --random',
      '--to-destination 10.0.2.9-10.0.2.10 --persistent || --to-destination fd00:0:0:2::9-fd00:0:0:2::a --persistent',
    ],
  },
  {
    name: 'DNPT',
    versions: [6],
    tables: ['mangle'],
    hooks: ['PREROUTING', 'OUTPUT'],
    forms: ['-d 2001:db8::/32 => --src-pfx 2001:db8::/32 --dst-pfx fd00:0:0:2::/64'],
  },
  {
    name: 'DSCP',
    tables: ['mangle'],
    forms: ['--set-dscp 46', '--set-dscp 0', '--set-dscp-class EF', '--set-dscp-class CS1'],
  },
  {
    name: 'ECN',
    versions: [4],
    tables: ['mangle'],
    protocols: ['tcp'],
    forms: ['--ecn-tcp-remove', '--ecn-tcp-ece 1', '--ecn-tcp-cwr 0', '--ecn-tcp-cwr 1 --ecn-tcp-ece 0'],
  },
  { name: 'ECN', versions: [4], tables: ['mangle'], forms: ['--ecn-ip-ect 2', '--ecn-ip-ect 0'] },
  { name: 'HL', versions: [6], tables: ['mangle'], forms: ['--hl-set 64', '--hl-inc 3', '--hl-dec 1'] },
  {
    name: 'HMARK',
    forms: [
      '--hmark-tuple src,dst,proto --hmark-mod 8 --hmark-rnd 5',
      '--hmark-tuple ct,src,dst,sport,dport,proto --hmark-mod 8 --hmark-offset 4 --hmark-rnd 6',
      '--hmark-src-prefix {bits} --hmark-dst-prefix {bits} --hmark-mod 8 --hmark-rnd 7',
      '--hmark-sport-mask 0xff --hmark-dport-mask 0xff0 --hmark-proto-mask 0x7 --hmark-mod 9 --hmark-rnd 1',
      '--hmark-spi-mask 0xff --hmark-mod 9 --hmark-rnd 1',
      '--hmark-sport 0x50 --hmark-dport 0x60 --hmark-mod 9 --hmark-rnd 1',
      '--hmark-spi 0x70 --hmark-mod 9 --hmark-rnd 1',
    ],
  },
  { name: 'IDLETIMER', forms: ['--timeout 60 --label a{n}', '--timeout 60 --label b{n} --alarm'] },
  {
    name: 'LOG',
    forms: [
      '--log-prefix "x y "',
      '--log-level 4',
      '--log-level debug',
      '--log-tcp-sequence',
      '--log-tcp-options',
      '--log-ip-options',
      '--log-uid',
      '--log-macdecode',
    ],
  },
  {
    name: 'MARK',
    forms: ['--set-xmark 0x5/0xf', '--set-mark 0x10/0xff', '--and-mark 0x4', '--or-mark 0x2', '--xor-mark 0x1'],
  },
  {
    name: 'MASQUERADE',
    tables: ['nat'],
    hooks: ['POSTROUTING'],
    // Of a protocol without ports: a random port would end what can be compared.
    forms: [
      '-p esp =>',
      '-p esp => --random',
      '-p 103 => --random-fully',
      '-p udp -m udp --dport {port} => --to-ports {port}',
    ],
  },
  {
    name: 'NETMAP',
    tables: ['nat'],
    hooks: ['PREROUTING', 'OUTPUT', 'POSTROUTING', 'INPUT'],
    forms: ['--to 10.0.2.0/24 || --to fd00:0:0:2::/64'],
  },
  {
    name: 'NFLOG',
    forms: [
      '--nflog-prefix "n p"',
      '--nflog-group 3',
      '--nflog-group 3 --nflog-range 40',
      '--nflog-group 4 --nflog-size 40',
      '--nflog-group 5 --nflog-threshold 2',
    ],
  },
  {
    name: 'NFQUEUE',
    tables: ['mangle', 'filter', 'raw'],
    forms: [
      '-p udplite => --queue-num 3',
      '-p sctp => --queue-balance 1:2',
      '-p dccp => --queue-balance 1:2 --queue-cpu-fanout',
      '-p gre => --queue-num 4 --queue-bypass',
    ],
  },
  { name: 'NFQUEUE', tables: ['nat'], forms: ['-s {net} => --queue-num 4 --queue-bypass'] },
  { name: 'NOTRACK', tables: ['raw'], forms: ['-p udp =>'] },
  {
    name: 'RATEEST',
    tables: ['mangle'],
    forms: ['--rateest-name z{n} --rateest-interval 8.0s --rateest-ewmalog 16.0s'],
  },
  {
    name: 'REDIRECT',
    tables: ['nat'],
    hooks: ['PREROUTING', 'OUTPUT'],
    forms: ['-p esp =>', '-p udp => --to-ports {port}', '-p ah => --random'],
  },
  {
    name: 'REJECT',
    tables: ['filter'],
    forms: [
      ...['net', 'host', 'proto', 'port'].map(
        (what) =>
          `-s {one} => --reject-with icmp-${what}-unreachable || -s {one} => --reject-with icmp6-addr-unreachable`,
      ),
      ...['icmp-net-prohibited', 'icmp-host-prohibited', 'icmp-admin-prohibited'].map(
        (type) => `-d {one} => --reject-with ${type} || -d {one} => --reject-with icmp6-policy-fail`,
      ),
      '-p tcp -s {one} => --reject-with tcp-reset',
      '-s {one} =>',
    ],
  },
  {
    name: 'SET',
    tables: ['mangle'],
    hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
    forms: [
      '--add-set ip4 src || --add-set ip6 src',
      '--add-set times src --exist --timeout 600',
      '--del-set ip4 dst || --del-set ip6 dst',
      '--map-set marks src --map-mark',
      '--map-set marks src --map-prio',
      '--map-set marks dst --map-queue',
    ],
  },
  {
    name: 'SNAT',
    tables: ['nat'],
    hooks: ['POSTROUTING', 'INPUT'],
    protocols: ['esp', '103', 'ah'],
    forms: ['', ' --random', ' --random-fully', ' --persistent'].map(
      (flag) => `--to-source 10.0.2.1${flag} || --to-source fd00:0:0:2::1${flag}`,
    ),
  },
  {
    name: 'SNPT',
    versions: [6],
    tables: ['mangle'],
    hooks: ['POSTROUTING', 'INPUT'],
    forms: ['--src-pfx fd00::/64 --dst-pfx 2001:db8:7::/64'],
  },
  {
    name: 'SYNPROXY',
    tables: ['mangle', 'filter'],
    hooks: ['FORWARD', 'INPUT'],
    protocols: ['tcp'],
    forms: ['--sack-perm', '--timestamp', '--wscale 7', '--mss 1400', '--ecn'],
  },
  {
    name: 'TCPMSS',
    tables: ['mangle', 'filter'],
    hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
    forms: ['--set-mss 1000', '--clamp-mss-to-pmtu'].map(
      (option) => `-p tcp -m tcp --tcp-flags SYN,RST SYN => ${option}`,
    ),
  },
  {
    name: 'TCPOPTSTRIP',
    tables: ['mangle'],
    protocols: ['tcp'],
    forms: ['--strip-options timestamp,mss', '--strip-options 19'],
  },
  {
    name: 'TEE',
    tables: ['mangle', 'filter'],
    hooks: ['PREROUTING', 'INPUT', 'FORWARD'],
    forms: ['', ' --oif t2'].map(
      (device) =>
        `! -i lo => --gateway 10.0.2.9${device} || ! -i lo -m addrtype ! --dst-type MULTICAST => --gateway fd00:0:0:2::9${device}`,
    ),
  },
  {
    name: 'TOS',
    tables: ['mangle'],
    forms: ['--set-tos 0x10', '--set-tos 0x20/0xe0', '--and-tos 0x0f', '--or-tos 0x04', '--xor-tos 0x08'],
  },
  {
    name: 'TPROXY',
    tables: ['mangle'],
    hooks: ['PREROUTING'],
    protocols: ['tcp', 'udp'],
    forms: [
      '-s {one} => --on-port 9999',
      '-s {one} => --on-port 9999 --on-ip 10.0.0.1 || -s {one} => --on-port 9999 --on-ip fd00::1',
      '-s {one} => --on-port 9999 --tproxy-mark 0x1/0x1',
    ],
  },
  { name: 'TRACE', tables: ['raw'], forms: [''] },
  { name: 'TTL', versions: [4], tables: ['mangle'], forms: ['--ttl-set 64', '--ttl-inc 3', '--ttl-dec 1'] },
]

/** Every text of every target. */
export const targetForms: readonly Form[] = expand('target', all)
