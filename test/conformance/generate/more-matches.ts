/** Match extensions beyond the everyday ones; drawn from where a run asks for all of them. */
import type { MatchMaker } from './matches.ts'
import { maybeNot, portRange } from './pools.ts'
import { setMatchMaker } from './sets.ts'

/** Classic BPF programs: by lengths, offsets from other places, what is not in the bytes, arithmetic, cells. */
const programs: readonly string[] = [
  '4,128 0 0 0,37 0 1 60,6 0 0 1,6 0 0 0',
  '5,48 0 0 0,84 0 0 240,21 0 1 64,6 0 0 1,6 0 0 0',
  '7,177 0 0 0,72 0 0 2,37 0 1 1000,6 0 0 0,21 0 1 80,6 0 0 1,6 0 0 0',
  '4,40 0 0 4293918720,69 0 1 255,6 0 0 1,6 0 0 0',
  '4,32 0 0 4292870156,69 0 1 1,6 0 0 1,6 0 0 0',
  '4,32 0 0 4294963220,21 0 1 4,6 0 0 1,6 0 0 0',
  '4,32 0 0 4294963200,21 0 1 2048,6 0 0 1,6 0 0 0',
  '5,0 0 0 2,32 0 0 4294963208,21 0 1 2,6 0 0 1,6 0 0 0',
  '8,128 0 0 0,2 0 0 3,148 0 0 3,7 0 0 0,96 0 0 3,60 0 0 0,22 0 0 0,6 0 0 0',
]

/** The rest of iptables-extensions(8) as far as its answers depend neither on the clock nor on chance (connlimit forgets by jiffies). */
export const moreMatchMakers: readonly MatchMaker[] = [
  { name: 'dscp', make: ({ random }) => `-m dscp ${maybeNot(random)}--dscp ${random.pick([0, 4, 8, 46])}` },
  {
    name: 'tos',
    make: ({ random }) => `-m tos ${maybeNot(random)}--tos ${random.pick(['0x10', '0x00', '0x20/0xe0', '0xb8/0xff'])}`,
  },
  { name: 'ecn', make: ({ random }) => `-m ecn ${maybeNot(random)}--ecn-ip-ect ${random.below(4)}` },
  {
    name: 'ecn',
    protocols: ['tcp'],
    make: ({ random }) => `-m ecn ${maybeNot(random)}--ecn-tcp-${random.pick(['cwr', 'ece'])}`,
  },
  {
    name: 'ah',
    versions: [4],
    protocols: ['ah'],
    make: ({ random }) => `-m ah ${maybeNot(random)}--ahspi ${random.pick(['256', '0:1000', '5:'])}`,
  },
  {
    name: 'esp',
    protocols: ['esp'],
    make: ({ random }) => `-m esp ${maybeNot(random)}--espspi ${random.pick(['256', '0:1000', '5:'])}`,
  },
  {
    name: 'sctp',
    protocols: ['sctp'],
    make: ({ random }) => `-m sctp ${maybeNot(random)}--dport ${portRange(random)}`,
  },
  {
    name: 'sctp',
    protocols: ['sctp'],
    make: ({ random }) =>
      `-m sctp ${maybeNot(random)}--chunk-types ${random.pick(['any', 'all', 'only'])} ${random.pick(['INIT', 'DATA', 'INIT_ACK,INIT', 'DATA,SACK'])}`,
  },
  {
    name: 'dccp',
    protocols: ['dccp'],
    make: ({ random }) => `-m dccp ${maybeNot(random)}--dport ${portRange(random)}`,
  },
  {
    name: 'dccp',
    protocols: ['dccp'],
    make: ({ random }) =>
      `-m dccp ${maybeNot(random)}--dccp-types ${random.pick(['REQUEST', 'RESPONSE,ACK', 'INVALID', 'RESET'])}`,
  },
  {
    name: 'connbytes',
    make: ({ random }) =>
      `-m connbytes ${maybeNot(random)}--connbytes ${random.pick(['0:1', '2:', '1:100', '60:'])} --connbytes-dir ${random.pick(['original', 'reply', 'both'])} --connbytes-mode ${random.pick(['packets', 'bytes', 'avgpkt'])}`,
  },
  { name: 'quota', make: ({ random }) => `-m quota ${maybeNot(random)}--quota ${random.pick([0, 100, 300, 1000])}` },
  {
    name: 'u32',
    make: ({ random }) =>
      `-m u32 ${maybeNot(random)}--u32 "${random.pick(['6&0xFF=17', '0>>22&0x3C@0>>16=0:1024', '4&0x1FFF=0&&0&0xFFFF=0:60', '12=0x0a000005,0x0a000006'])}"`,
  },
  {
    name: 'bpf',
    make: ({ random }) => `-m bpf --bytecode "4,48 0 0 9,21 0 1 ${random.pick([6, 17, 1])},6 0 0 1,6 0 0 0"`,
  },
  {
    name: 'bpf',
    make: ({ random }) => `-m bpf --bytecode "${random.pick(programs)}"`,
  },
  {
    name: 'ipcomp',
    protocols: ['ipcomp'],
    make: ({ random }) => `-m ipcomp ${maybeNot(random)}--ipcompspi ${random.pick(['256', '0:7', '5:', ':'])}`,
  },
  {
    name: 'osf',
    versions: [4],
    protocols: ['tcp'],
    hooks: ['PREROUTING', 'INPUT', 'FORWARD'],
    make: ({ random }) => `-m osf ${maybeNot(random)}--genre Linux${random.pick(['', ' --ttl 2', ' --ttl 0 --log 1'])}`,
  },
  { name: 'eui64', versions: [6], hooks: ['PREROUTING', 'INPUT', 'FORWARD'], make: () => '-m eui64' },
  {
    name: 'srh',
    versions: [6],
    make: ({ random }) =>
      `-m srh ${random.pick([
        `${maybeNot(random)}--srh-next-hdr ${random.pick([6, 17])}`,
        `${maybeNot(random)}--srh-hdr-len-${random.pick(['eq', 'gt', 'lt'])} ${random.pick([0, 2, 4])}`,
        `${maybeNot(random)}--srh-segs-left-${random.pick(['eq', 'gt', 'lt'])} ${random.below(3)}`,
        `${maybeNot(random)}--srh-last-entry-${random.pick(['eq', 'gt', 'lt'])} ${random.below(3)}`,
        `${maybeNot(random)}--srh-tag ${random.pick([258, 513])}`,
        `${maybeNot(random)}--srh-${random.pick(['p', 'n', 'l'])}sid ${random.pick(['fd00::/32', 'fd00:0:1::/48', 'fd00:0:1::5'])}`,
      ])}`,
  },
  {
    name: 'hashlimit',
    make: ({ random }) =>
      `-m hashlimit --hashlimit-${random.pick(['upto', 'above'])} ${random.pick(['1/hour', '5/hour'])} --hashlimit-burst ${random.between(1, 4)} --hashlimit-mode ${random.pick(['srcip', 'dstip', 'srcip,dstport', 'srcip,dstip,srcport,dstport'])} --hashlimit-name h${random.below(1000000)}`,
  },
  {
    name: 'hashlimit',
    // An interval that no run outlasts.
    make: ({ random }) =>
      `-m hashlimit --hashlimit-${random.pick(['upto', 'above'])} ${random.pick(['1/s', '3/s', '400b/s', '1kb/s --hashlimit-burst 2kb'])} --hashlimit-rate-match --hashlimit-rate-interval 3600 --hashlimit-mode ${random.pick(['srcip --hashlimit-srcmask 24', 'dstip', 'srcport,dstport'])} --hashlimit-htable-expire 3600000 --hashlimit-name r${random.below(1000000)}`,
  },
  {
    name: 'cgroup',
    hooks: ['INPUT', 'OUTPUT', 'POSTROUTING'],
    make: ({ random }) => `-m cgroup ${maybeNot(random)}--path /`,
  },
  { name: 'helper', make: ({ random }) => `-m helper ${maybeNot(random)}--helper ${random.pick(['ftp', '""'])}` },
  {
    name: 'policy',
    hooks: ['PREROUTING', 'INPUT', 'FORWARD'],
    make: ({ random }) => `-m policy --dir in --pol ${random.pick(['none', 'ipsec'])}`,
  },
  {
    name: 'policy',
    hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
    make: ({ random }) => `-m policy --dir out --pol ${random.pick(['none', 'ipsec'])}`,
  },
  {
    name: 'policy',
    hooks: ['FORWARD'],
    make: ({ random }) =>
      `-m policy --dir ${random.pick(['in', 'out'])} --pol ipsec --strict ${maybeNot(random)}--proto esp --mode tunnel${random.chance(0.5) ? ` --next ${maybeNot(random)}--reqid 7` : ''}`,
  },
  {
    name: 'devgroup',
    hooks: ['PREROUTING', 'INPUT', 'FORWARD'],
    make: ({ random }) => `-m devgroup ${maybeNot(random)}--src-group ${random.pick(['0', '0x1', '0x0/0x1'])}`,
  },
  {
    name: 'devgroup',
    hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
    make: ({ random }) => `-m devgroup ${maybeNot(random)}--dst-group ${random.pick(['0', '0x1'])}`,
  },
  {
    name: 'tcpmss',
    protocols: ['tcp'],
    make: ({ random }) => `-m tcpmss ${maybeNot(random)}--mss ${random.pick(['1460', '536:1400', '0:65535'])}`,
  },
  {
    name: 'realm',
    versions: [4],
    hooks: ['INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
    make: ({ random }) => `-m realm ${maybeNot(random)}--realm ${random.pick([0, 5])}`,
  },
  {
    name: 'frag',
    versions: [6],
    make: ({ random }) =>
      `-m frag ${random.pick(['--fragfirst', '--fragmore', '--fraglast', `${maybeNot(random)}--fragid 5:100`])}`,
  },
  ...(['hbh', 'dst'] as const).map(
    (name): MatchMaker => ({
      name,
      versions: [6],
      make: ({ random }) => {
        const size = `${maybeNot(random)}--${name}-len ${random.pick([8, 16])}`
        const options = `--${name}-opts ${random.pick(['1', '1:4', '5:2', '0,1', '5:2,1:0'])}`
        return `-m ${name} ${random.pick([size, options, `${size} ${options}`])}`
      },
    }),
  ),
  {
    name: 'rt',
    versions: [6],
    make: ({ random }) =>
      `-m rt ${random.pick([
        `${maybeNot(random)}--rt-type ${random.pick([0, 2, 4])}`,
        `${maybeNot(random)}--rt-segsleft ${random.pick(['0', '1', '0:1', '2:'])}`,
        `${maybeNot(random)}--rt-len ${random.pick([8, 24])} --rt-type 0`,
        '--rt-type 0 --rt-0-res',
        `--rt-type 0 --rt-0-addrs fd00::5${random.chance(0.5) ? ' --rt-0-not-strict' : ''}`,
      ])}`,
  },
  {
    name: 'ipv6header',
    versions: [6],
    make: ({ random }) =>
      `-m ipv6header ${maybeNot(random)}--header ${random.pick(['frag', 'hop', 'dst', 'route', 'none', 'prot', 'hop,frag'])}${random.chance(0.6) ? ' --soft' : ''}`,
  },
  {
    name: 'ah',
    versions: [6],
    protocols: ['ah'],
    make: ({ random }) => `-m ah ${maybeNot(random)}--ahspi ${random.pick(['256', '0:1000'])}`,
  },
  {
    name: 'mh',
    versions: [6],
    protocols: ['mobility-header'],
    make: ({ random }) => `-m mh ${maybeNot(random)}--mh-type ${random.pick(['5', '0:3'])}`,
  },
  {
    name: 'cluster',
    make: ({ random }) =>
      `-m cluster --cluster-total-nodes 2 ${maybeNot(random)}--cluster-local-node ${random.between(1, 2)} --cluster-hash-seed 0xdeadbeef`,
  },
  setMatchMaker,
  {
    name: 'connlabel',
    make: ({ random }) =>
      `-m connlabel ${maybeNot(random)}--label ${random.pick([0, 1, 1, 2, 127])}${random.chance(0.4) ? ' --set' : ''}`,
  },
]
