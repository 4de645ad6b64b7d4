import { expect, it } from 'vitest'
import { Random } from '../../src/util/random.ts'
import { run } from './run.ts'

const PACKETS = [
  'tcp 203.0.113.9:51000 > 192.0.2.10:8080 [S]',
  'tcp 203.0.113.9:51000 > 192.0.2.10:22 [FPU] ttl 1 mss 9 frag 0',
  'udp 192.0.2.10:5353 > 255.255.255.255:53 mf payload "x"',
  'udp 10.0.0.1 > 192.0.2.10 frag 8 len 8',
  'icmp 203.0.113.9 > 192.0.2.10 port-unreachable (udp 192.0.2.10:1 > 203.0.113.9:2)',
  'icmp6 fe80::1 > ff02::1 neighbor-solicitation target fe80::2',
  'tcp [2001:db8:f::bad]:51000 > [2001:db8::10]:22 [S] ext hop-by-hop',
  'sctp 224.0.0.1:1 > 127.0.0.1:2 [INIT]',
  'hex 4500',
  'hex 60',
  '45000028000000004006000000000000000000000000000000000000000000000000000000000000',
]
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  '--in': ['eth0', 'eth0', 'lo', 'docker0', 'nope'],
  '--out': ['eth0', 'eth1', 'docker0'],
  '--local': [],
  '--route': [
    'default dev eth0',
    '10.0.0.0/8 via 192.0.2.1',
    'blackhole 203.0.113.0/24',
    'local 10.0.0.0/8 dev lo',
    '::/0 dev eth0',
    'x',
  ],
  '--address': ['10.0.0.1/8 dev eth0', '2001:db8::10/64 dev eth0', '127.0.0.2/8 dev lo', '0.0.0.0/0', 'y'],
  '--then': [
    'reply',
    'reply',
    'after 9 reply',
    'in eth0 udp 1.1.1.1:1 > 192.0.2.10:2',
    'local icmp 192.0.2.10 > 1.1.1.1',
  ],
  '--mark': ['0', '0xffffffff', '-1'],
  '--uid': ['0', '1000', ''],
  '--mac': ['02:00:00:00:00:99', 'z'],
  '--seed': ['x', ''],
  '--time': ['2026-02-28', '2026-02-31T99:00'],
  '--all': [],
  '--quiet': [],
  '-o': ['json', 'text', 'xtables-monitor'],
  '--lang': ['zh', 'en'],
  '--rules6': ['fixtures/fail2ban/rules.v6', 'README.md'],
  '--batch': ['-'],
  '--final': [],
}
const HOSTS = [
  ...['docker-ufw', 'fail2ban', 'istio', 'istio-tproxy', 'shorewall', 'ferm'].map((name) => [
    '--host',
    `fixtures/${name}`,
  ]),
  ['-r', 'fixtures/kube-proxy/rules.v4'],
  ['-r', 'fixtures/ufw/rules.v6'],
  ['-r', '-'],
]

const SEED = 'command lines'

it(`answers any command line with an exit code of its own (seed ${SEED})`, async () => {
  const random = new Random(SEED)
  const one = <T>(list: readonly T[]): T => list[random.below(list.length)] as T
  /** Now and then a text loses, doubles or swaps a piece. */
  const mutated = (text: string): string => {
    if (random.below(6) > 0) return text
    const at = random.below(text.length + 1)
    const other = random.below(text.length + 1)
    return one([text.slice(0, at), text.slice(at), text.slice(0, at) + text.slice(other), `${text}${text.slice(at)}`])
  }
  const codes = new Map<number, number>()
  for (let round = 0; round < 1500; round++) {
    const argv = ['trace', ...one(HOSTS)]
    if (random.below(4) > 0) argv.push(...one([['--in', 'eth0'], ['--in', 'eth0'], ['--local']]))
    for (let count = random.below(3); count > 0; count--) {
      const [name, values] = one(Object.entries(CHOICES))
      argv.push(name, ...(values.length > 0 ? [mutated(one(values))] : []))
    }
    if (!argv.includes('--batch'))
      for (let count = 1 + random.below(2); count > 0; count--) argv.push(mutated(one(PACKETS)))
    const line = JSON.stringify({ in: 'eth0', packet: one(PACKETS), at: random.below(3) })
    const input = one([`${line}\n${mutated(line)}`, '*filter\n:INPUT DROP [0:0]\nCOMMIT\n'])
    const { code, error } = await run(argv, { input })
    expect([0, 1, 2, 3], `${JSON.stringify(argv)}: ${error}`).toContain(code)
    codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  // Enough of them must get as far as a trace.
  expect(codes.get(0)).toBeGreaterThan(300)
})
