/** Every option of every match, each where it is the rule's only condition: matches up to ipv6header, and the list of all. */
import { expand, type Form, type Forms } from './forms.ts'
import { moreForms } from './match-forms-more.ts'

const early = ['PREROUTING', 'INPUT', 'FORWARD'] as const
const late = ['FORWARD', 'OUTPUT', 'POSTROUTING'] as const

const all: readonly Forms[] = [
  {
    name: 'addrtype',
    forms: [
      ...['UNICAST', 'LOCAL', 'MULTICAST', 'ANYCAST', 'UNREACHABLE'].map((type) => `~--src-type ${type}`),
      ...['UNICAST', 'LOCAL', 'MULTICAST', 'BROADCAST', 'UNREACHABLE', 'PROHIBIT,BLACKHOLE', 'UNSPEC'].map(
        (type) =>
          `~--dst-type ${type} || ~--dst-type ${type.replace('BROADCAST', 'LOCAL').replace('PROHIBIT,BLACKHOLE', 'UNREACHABLE')}`,
      ),
    ],
  },
  { name: 'addrtype', hooks: early, forms: ['~--dst-type LOCAL --limit-iface-in'] },
  {
    name: 'addrtype',
    hooks: late,
    forms: ['~--src-type LOCAL --limit-iface-out', '~--dst-type UNICAST --limit-iface-out'],
  },
  { name: 'ah', protocols: ['ah'], forms: ['~--ahspi 256', '~--ahspi 0:100'] },
  { name: 'ah', versions: [6], forms: ['~--ahlen 24', '--ahres'] },
  {
    name: 'bpf',
    forms: ['--bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0" || --bytecode "4,48 0 0 6,21 0 1 6,6 0 0 1,6 0 0 0"'],
  },
  { name: 'cgroup', hooks: ['OUTPUT', 'POSTROUTING', 'INPUT'], forms: ['~--path /'] },
  // What a local process' class is, hookline does not know; here no packet has a socket.
  { name: 'cgroup', hooks: ['INPUT'], forms: ['~--cgroup 0', '~--cgroup 7'] },
  {
    name: 'cluster',
    forms: [
      '--cluster-total-nodes 2 ~--cluster-local-node 1 --cluster-hash-seed 0xdeadbeef',
      '--cluster-total-nodes 3 ~--cluster-local-nodemask 0x5 --cluster-hash-seed 7',
    ],
  },
  { name: 'comment', forms: ['--comment "every packet"'] },
  {
    name: 'connbytes',
    forms: ['original', 'reply', 'both'].flatMap((direction) =>
      ['packets', 'bytes', 'avgpkt'].map(
        (mode) =>
          `~--connbytes ${mode === 'packets' ? '2:3' : '50:90'} --connbytes-dir ${direction} --connbytes-mode ${mode}`,
      ),
    ),
  },
  { name: 'connlabel', forms: ['~--label 5', '~--label 5 --set'], before: ['-s {net} -m connlabel --label 5 --set'] },
  {
    name: 'connlimit',
    forms: [
      '~--connlimit-upto 2',
      '~--connlimit-above 2',
      '--connlimit-above 2 --connlimit-mask 8',
      '--connlimit-upto 1 --connlimit-saddr',
      '--connlimit-upto 1 --connlimit-daddr',
      '--connlimit-above 1 --connlimit-mask 24 --connlimit-daddr || --connlimit-above 1 --connlimit-mask 64 --connlimit-daddr',
    ],
  },
  {
    name: 'connmark',
    tables: ['mangle', 'filter'],
    forms: ['~--mark 0x5', '~--mark 0x4/0x4'],
    before: ['-s {net} -j CONNMARK --set-mark 5'],
  },
  {
    name: 'conntrack',
    tables: ['mangle', 'filter', 'nat'],
    forms: [
      ...['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'RELATED,ESTABLISHED'].map(
        (state) => `~--ctstate ${state}`,
      ),
      '~--ctproto tcp',
      '~--ctproto udp',
      ...['ctorigsrc', 'ctorigdst', 'ctreplsrc', 'ctrepldst'].map((option) => `~--${option} {net}`),
      ...['ctorigdstport', 'ctreplsrcport'].flatMap((option) => [`~--${option} {port}`, `~--${option} 1:1023`]),
      ...['ctorigsrcport', 'ctrepldstport'].map((option) => `~--${option} 20000:20200`),
      ...['EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED', 'NONE'].map((status) => `~--ctstatus ${status}`),
      '~--ctexpire 1:4000000000',
      '~--ctexpire 4000000:4000001',
      '--ctdir ORIGINAL',
      '--ctdir REPLY',
    ],
  },
  {
    name: 'conntrack',
    tables: ['mangle', 'filter'],
    hooks: ['FORWARD', 'POSTROUTING'],
    forms: ['~--ctstate SNAT', '~--ctstate DNAT', '~--ctstate SNAT,DNAT'],
    before: [
      'nat PREROUTING: -p udp -j DNAT --to-destination 10.0.2.9 || nat PREROUTING: -p udp -j DNAT --to-destination fd00:0:0:2::9',
      'nat POSTROUTING: -p udp -j SNAT --to-source 10.0.2.1 || nat POSTROUTING: -p udp -j SNAT --to-source fd00:0:0:2::1',
    ],
  },
  { name: 'cpu', forms: ['~--cpu 99'] },
  {
    name: 'dccp',
    protocols: ['dccp'],
    forms: [
      '~--source-port 20000:20700',
      '~--destination-port {port}',
      '~--destination-port 1:1023',
      ...['REQUEST', 'RESPONSE', 'DATA', 'ACK,DATAACK', 'CLOSEREQ,CLOSE', 'RESET', 'SYNC,SYNCACK', 'INVALID'].map(
        (type) => `~--dccp-types ${type}`,
      ),
      '~--dccp-option 5',
      '~--dccp-option 32',
    ],
  },
  { name: 'devgroup', hooks: early, forms: ['~--src-group 0', '~--src-group 0x1/0x1'] },
  { name: 'devgroup', hooks: late, forms: ['~--dst-group 0', '~--dst-group 3'] },
  { name: 'dscp', forms: ['~--dscp 0', '~--dscp 46', '~--dscp-class EF', '~--dscp-class CS0', '~--dscp-class BE'] },
  { name: 'dst', versions: [6], forms: ['~--dst-len 8', '~--dst-len 16', '--dst-opts 1:4', '--dst-opts 255'] },
  { name: 'ecn', forms: [0, 1, 2, 3].map((ect) => `~--ecn-ip-ect ${ect}`) },
  { name: 'ecn', protocols: ['tcp'], forms: ['~--ecn-tcp-ece', '~--ecn-tcp-cwr'] },
  { name: 'esp', protocols: ['esp'], forms: ['~--espspi 256', '~--espspi 0:100'] },
  { name: 'eui64', versions: [6], hooks: early, forms: [''] },
  {
    name: 'frag',
    versions: [6],
    forms: ['~--fragid 7', '~--fragid 5:100', '~--fraglen 8', '--fragres', '--fragfirst', '--fragmore', '--fraglast'],
  },
  {
    name: 'hashlimit',
    forms: [
      '~--hashlimit-upto 1/hour --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-name a{n}',
      '~--hashlimit-above 1/hour --hashlimit-burst 2 --hashlimit-mode dstip --hashlimit-name b{n}',
      '--hashlimit-above 2/hour --hashlimit-burst 3 --hashlimit-name c{n}',
      '--hashlimit-upto 1/hour --hashlimit-burst 3 --hashlimit-mode srcip,dstip --hashlimit-srcmask 16 --hashlimit-dstmask 8 --hashlimit-name d{n}',
      '--hashlimit-upto 1/hour --hashlimit-burst 3 --hashlimit-mode dstport --hashlimit-htable-size 8 --hashlimit-htable-max 64 --hashlimit-htable-gcinterval 3600000 --hashlimit-htable-expire 3600000 --hashlimit-name e{n}',
      '--hashlimit-upto 3/s --hashlimit-rate-match --hashlimit-rate-interval 3600 --hashlimit-mode srcip --hashlimit-htable-expire 3600000 --hashlimit-name f{n}',
    ],
  },
  { name: 'hbh', versions: [6], forms: ['~--hbh-len 8', '~--hbh-len 16', '--hbh-opts 1:4', '--hbh-opts 5:2'] },
  {
    name: 'helper',
    versions: [4, 6],
    tables: ['mangle', 'filter'],
    hooks: ['PREROUTING', 'FORWARD'],
    forms: ['~--helper ftp', '~--helper ""'],
    before: ['raw PREROUTING: -p tcp -j CT --helper ftp'],
  },
  { name: 'hl', versions: [6], forms: ['--hl-lt 64', '--hl-gt 63', '~--hl-eq 64', '~--hl-eq 2'] },
  {
    name: 'icmp',
    versions: [4],
    protocols: ['icmp'],
    forms: ['any', '0', '3', '3/1', '3/4', '4', '5', '8', '11', '12', '13', '17'].map((type) => `~--icmp-type ${type}`),
  },
  {
    name: 'icmp6',
    versions: [6],
    protocols: ['ipv6-icmp'],
    forms: ['1', '1/4', '2', '3', '4', '128', '129', '135', '136'].map((type) => `~--icmpv6-type ${type}`),
  },
  { name: 'ipcomp', protocols: ['ipcomp'], forms: ['~--ipcompspi 256', '~--ipcompspi 0:7'] },
  {
    name: 'iprange',
    forms: [
      '~--src-range 10.0.0.0-10.0.0.6 || ~--src-range fd00::-fd00::6',
      '~--dst-range 10.0.1.0-10.0.2.9 || ~--dst-range fd00:0:0:1::-fd00:0:0:2::9',
    ],
  },
  {
    name: 'ipv6header',
    versions: [6],
    forms: ['frag', 'hop', 'dst', 'route', 'auth', 'esp', 'prot', 'none'].map((header) => `~--header ${header} --soft`),
  },
  {
    name: 'ipv6header',
    versions: [6],
    forms: ['~--header prot', '~--header hop,prot', '~--header frag,prot', '~--header dst'],
  },
  ...moreForms,
]

/** Every text, with and without `!`. */
export const matchForms: readonly Form[] = expand('match', all)
