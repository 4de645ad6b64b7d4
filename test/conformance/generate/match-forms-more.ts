/** Every option of the matches from length on. */
import type { Forms } from './forms.ts'

const early = ['PREROUTING', 'INPUT', 'FORWARD'] as const

const comparisons = (name: string, values: string): string[] =>
  ['eq', 'gt', 'lt'].map((how) => `~--${name}-${how} ${values}`)

/** The recent address list is known before it is asked for. */
const seenBefore = ['-s {net} -m recent --name l{n} --set']

/** What match-forms.ts goes on with. */
export const moreForms: readonly Forms[] = [
  { name: 'length', forms: ['~--length 0:60', '~--length 41:100', '~--length 28'] },
  { name: 'limit', forms: ['--limit 1/hour', '--limit 2/day --limit-burst 3', '--limit-burst 4 --limit 1/hour'] },
  { name: 'mac', hooks: early, forms: ['~--mac-source 02:00:00:00:00:01'] },
  {
    name: 'mark',
    forms: ['~--mark 0x1', '~--mark 0x4/0x4'],
    before: ['-s {net} -j MARK --set-mark 5', '-d {net} -j MARK --set-mark 1'],
  },
  { name: 'mh', versions: [6], protocols: ['mobility-header'], forms: ['~--mh-type 5', '~--mh-type 0:3'] },
  {
    name: 'multiport',
    protocols: ['tcp', 'udp', 'udplite', 'sctp', 'dccp'],
    forms: [
      '~--source-ports 20000:20700,53',
      '~--destination-ports 22,80,1000',
      '~--ports 1:1023',
      '~--ports {port},{port}',
    ],
  },
  { name: 'nfacct', forms: ['--nfacct-name counted'] },
  {
    name: 'osf',
    versions: [4],
    protocols: ['tcp'],
    hooks: early,
    forms: ['~--genre Linux', '--genre unknown --ttl 2', '--genre Linux --ttl 0 --log 2', '--genre unknown --log 1'],
  },
  {
    name: 'owner',
    hooks: ['OUTPUT', 'POSTROUTING'],
    forms: [
      '~--socket-exists',
      '~--uid-owner 0',
      '~--uid-owner 500-2000',
      '~--gid-owner 1000',
      '--gid-owner 1000 --suppl-groups',
      '--gid-owner 0 --suppl-groups',
    ],
  },
  { name: 'physdev', hooks: early, forms: ['~--physdev-is-in', '~--physdev-in t0'] },
  {
    name: 'physdev',
    hooks: ['FORWARD', 'POSTROUTING'],
    forms: ['~--physdev-is-out', '~--physdev-out t0', '~--physdev-is-bridged'],
  },
  { name: 'pkttype', forms: ['unicast', 'broadcast', 'multicast'].map((type) => `~--pkt-type ${type}`) },
  {
    name: 'policy',
    hooks: ['FORWARD'],
    forms: [
      '--dir in --pol none',
      '--dir out --pol none',
      '--dir in --pol ipsec',
      '--dir in --pol ipsec --strict ~--reqid 7 ~--spi 256 ~--proto esp --mode tunnel ~--tunnel-dst {host} ~--tunnel-src {host}',
      '--dir out --pol ipsec --strict ~--reqid 7 --next ~--mode transport',
    ],
  },
  { name: 'quota', forms: ['~--quota 300', '~--quota 1000', '~--quota 0'] },
  {
    name: 'rateest',
    tables: ['mangle'],
    // The estimator's first interval outlasts every run, so that its rates are zero.
    before: [
      '-j RATEEST --rateest-name x{n} --rateest-interval 8.0s --rateest-ewmalog 16.0s',
      '-j RATEEST --rateest-name y{n} --rateest-interval 8.0s --rateest-ewmalog 16.0s',
    ],
    forms: [
      '--rateest1 x{n} ~--rateest-lt --rateest-bps1 --rateest-bps2 8bit',
      '--rateest1 x{n} ~--rateest-gt --rateest-pps1 --rateest-pps2 5',
      '--rateest1 x{n} ~--rateest-eq --rateest-bps1 --rateest-bps2 0bit',
      '--rateest1 x{n} --rateest-eq --rateest-pps1 --rateest-pps2 0',
      '--rateest-delta --rateest1 x{n} --rateest-bps1 100bit ~--rateest-gt --rateest-bps2 50bit',
      '--rateest-delta --rateest1 x{n} --rateest-pps1 7 ~--rateest-eq --rateest-pps2 5',
      '--rateest1 x{n} ~--rateest-lt --rateest2 y{n} --rateest-bps',
      '--rateest1 x{n} ~--rateest-eq --rateest2 y{n} --rateest-pps',
      '--rateest1 x{n} --rateest-eq --rateest2 y{n} --rateest-bps1 --rateest-bps2',
    ],
  },
  {
    name: 'realm',
    versions: [4],
    hooks: ['INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
    forms: ['~--realm 0', '~--realm 0x5/0xff'],
  },
  { name: 'recent', forms: ['~--set --name s{n}', '--set --rsource --name s{n}', '--set --rdest --name s{n}'] },
  {
    name: 'recent',
    before: seenBefore,
    forms: [
      '~--rcheck --name l{n}',
      '~--update --name l{n}',
      '~--remove --name l{n}',
      '--rcheck --name l{n} --rsource',
      '--rcheck --name l{n} --rdest',
      '--rcheck --name l{n} --seconds 3600',
      '--update --name l{n} --seconds 3600 --reap',
      '--rcheck --name l{n} --hitcount 2',
      '--rcheck --name l{n} --rttl',
    ],
  },
  {
    name: 'recent',
    before: [
      '-s {net} -m recent --name m{n} --mask 255.255.255.0 --set || -s {net} -m recent --name m{n} --mask ffff:ffff:ffff:ffff:: --set',
    ],
    forms: ['--rcheck --name m{n} --mask 255.255.255.0 || --rcheck --name m{n} --mask ffff:ffff:ffff:ffff::'],
  },
  {
    name: 'rpfilter',
    tables: ['raw', 'mangle'],
    hooks: ['PREROUTING'],
    forms: ['', '--loose', '--validmark', '--accept-local', '--invert', '--loose --accept-local --invert'],
  },
  {
    name: 'rt',
    versions: [6],
    forms: ['~--rt-type 0', '~--rt-type 4', '~--rt-segsleft 0', '~--rt-segsleft 1:2', '~--rt-len 24'],
  },
  {
    name: 'rt',
    versions: [6],
    before: ['-m rt --rt-type 0'],
    forms: [
      '--rt-type 0 --rt-0-res',
      '--rt-type 0 --rt-0-addrs fd00:0:0:2::9',
      '--rt-type 0 --rt-0-addrs fd00:0:0:2::9 --rt-0-not-strict',
    ],
  },
  {
    name: 'sctp',
    protocols: ['sctp'],
    forms: [
      '~--sport 20000:20700',
      '~--dport {port}',
      '~--dport 1:1023',
      ...[
        'any DATA,SACK',
        'all INIT',
        'only INIT',
        'any INIT_ACK,COOKIE_ECHO',
        'only DATA',
        'all DATA,SACK',
        'any DATA:Be',
        'any ABORT:t',
      ].map((types) => `~--chunk-types ${types}`),
    ],
  },
  {
    name: 'set',
    forms: [
      '~--match-set ip4 src || ~--match-set ip6 src',
      '~--match-set net4 dst || ~--match-set net6 dst',
      '--match-set net4 src --return-nomatch || --match-set net6 src --return-nomatch',
      '--match-set list src ~--update-subcounters',
      '~--set ip4 src || ~--set ip6 src',
      '--match-set counts src ~--update-counters',
    ],
  },
  {
    name: 'set',
    before: ['-m set --match-set counts src'],
    forms: [
      ...['~--packets-eq 3', '--packets-lt 4', '--packets-gt 3'].map((test) => `--match-set counts src ${test}`),
      ...['~--bytes-eq 168', '--bytes-lt 200', '--bytes-gt 160'].map((test) => `--match-set counts src ${test}`),
    ],
  },
  {
    name: 'socket',
    hooks: ['PREROUTING', 'INPUT'],
    tables: ['mangle'],
    protocols: ['udp'],
    forms: ['', '--nowildcard', '--restore-skmark', '--transparent'],
  },
  {
    name: 'srh',
    versions: [6],
    forms: [
      '~--srh-next-hdr 6',
      '~--srh-next-hdr 17',
      ...comparisons('srh-hdr-len', '2'),
      ...comparisons('srh-segs-left', '1'),
      ...comparisons('srh-last-entry', '1'),
      '~--srh-tag 258',
      ...['psid', 'nsid', 'lsid'].map((which) => `~--srh-${which} fd00:0:1::/48`),
      ...['psid', 'nsid', 'lsid'].map((which) => `~--srh-${which} fd00:0:0:1::/32`),
    ],
  },
  {
    name: 'state',
    tables: ['mangle', 'filter'],
    forms: ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'].map((state) => `~--state ${state}`),
  },
  {
    name: 'statistic',
    forms: ['--mode random ~--probability 0', '--mode random ~--probability 1.0', '--mode nth ~--every 3 --packet 1'],
  },
  {
    name: 'string',
    forms: [
      '~--string hello --algo bm',
      '~--string GET --algo kmp',
      '~--hex-string "|6c6c|o" --algo bm',
      '--string HELLO --algo kmp --icase',
      // Two letters: one alone is soon met in a cookie of SYNPROXY.
      '--string el --algo bm --from 30 --to 60',
      '--string xy --algo kmp --from 28',
      '--string lo --algo bm --to 60',
    ],
  },
  {
    name: 'tcp',
    protocols: ['tcp'],
    forms: [
      '~--sport 20000:20200',
      '~--dport {port}',
      '~--dport 1:1023',
      ...[2, 3, 4, 5, 8, 19, 30].map((option) => `~--tcp-option ${option}`),
      '~--tcp-flags SYN,ACK,FIN,RST SYN',
      '~--tcp-flags ACK ACK',
      '~--tcp-flags ALL NONE',
      '~--tcp-flags PSH,URG PSH',
      '~--syn',
    ],
  },
  { name: 'tcpmss', protocols: ['tcp'], forms: ['~--mss 1460', '~--mss 536:1400'] },
  {
    name: 'time',
    forms: [
      '--datestart 2001-02-03',
      '--datestart 2037-02-03T04:05:06',
      '--datestop 2037-02-03',
      '--datestop 2001-02-03T04:05:06',
      '~--weekdays Mon,Tue,Wed,Thu,Fri,Sat,Sun',
      '~--monthdays 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31',
      // What holds at any time of day but a second, and the other way round.
      '--timestart 00:00:02 --timestop 00:00:01',
      '--timestart 23:59:59 --timestop 00:00:00',
      '--timestart 00:00:02 --timestop 00:00:01 --contiguous',
      '--timestart 23:59:59 --timestop 00:00:00 --contiguous',
      '--datestart 2001-01-01 --kerneltz',
      '--datestart 2001-01-01 --localtz',
      '--datestart 2037-01-01 --localtz',
      '--datestart 2001-01-01 --utc',
      '--datestart 2037-01-01 --utc',
      '--datestart 2037-01-01 --kerneltz',
    ],
  },
  { name: 'tos', forms: ['~--tos 0x00', '~--tos 0x10', '~--tos 0x20/0xe0', '~--tos 0xb8/0xff'] },
  { name: 'ttl', versions: [4], forms: ['--ttl-lt 64', '--ttl-gt 63', '~--ttl-eq 64', '~--ttl-eq 2'] },
  {
    name: 'u32',
    forms: ['~--u32 "6&0xFF=17" || ~--u32 "4&0xFF00>>8=17"', '~--u32 "0&0xFFFF=0:60" || ~--u32 "4>>16=0:20"'],
  },
  {
    name: 'udp',
    protocols: ['udp'],
    forms: ['~--source-port 20000:20700', '~--destination-port {port}', '~--destination-port 1:1023'],
  },
]
