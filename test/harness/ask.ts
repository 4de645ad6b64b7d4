/** Ask the kernel by hand: `npm run ask -- --rules4 FILE --in t0 --packet 'udp 10.0.0.5:1 > 10.0.2.9:53'`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { oracleAvailable } from './oracle/available.ts'
import { hostFiles } from './oracle/hostfiles.ts'
import { Namespace, type OraclePacket, run } from './oracle/namespace.ts'
import { packetFromText } from './oracle/text.ts'
import { topology } from './oracle/topology.ts'
import { interpret, targetsOf } from './oracle/verdict.ts'

const usage = `usage: npm run ask -- [--rules4 FILE] [--rules6 FILE] [packets] [what else]

packets (each option may be repeated; they are sent in order)
  --in DEV            device the packets arrive on (default t0); --local: sent by a local process instead
  --hex HEX           a packet from its IP header on
  --packet TEXT       tcp 10.0.0.5:1111 > 10.0.2.9:80 [S] ttl=3 data=0102 (see oracle/text.ts); "@t2 " or "@local " in
                      front overrides --in
  --packets FILE      NDJSON of {"in"|"local", "hex"|"packet", "mark", "uid", "gid", "out"}; - is standard input
  --mark N  --uid N  --gid N  --out DEV    of the sending socket, with --local

namespace (t0 10.0.0.1/24 fd00::1/64, t1 10.0.1.1/24 fd00:0:0:1::1/64 and default route, t2 10.0.2.1/24 fd00:0:0:2::1/64)
  --sysctl KEY=VALUE  --route 'add ...'  --rule 'add ...'  --address DEV=ADDRESS/LEN  --before COMMAND (run by sh)

what else
  --detail            every step with devices, mark and the bytes at that step; also the answers' steps
  --save              iptables-save -c and ip6tables-save -c afterwards
  --conntrack         conntrack -L -o extended afterwards
  --run COMMAND       run by sh in the namespace afterwards, output printed
  --host-dir DIR      write addr.json link.json route.json rule.json sysctl.conf and the rules as a host directory
`

const { values } = parseArgs({
  options: {
    rules4: { type: 'string' },
    rules6: { type: 'string' },
    in: { type: 'string', default: 't0' },
    local: { type: 'boolean', default: false },
    hex: { type: 'string', multiple: true, default: [] },
    packet: { type: 'string', multiple: true, default: [] },
    packets: { type: 'string' },
    mark: { type: 'string' },
    uid: { type: 'string' },
    gid: { type: 'string' },
    out: { type: 'string' },
    sysctl: { type: 'string', multiple: true, default: [] },
    route: { type: 'string', multiple: true, default: [] },
    rule: { type: 'string', multiple: true, default: [] },
    address: { type: 'string', multiple: true, default: [] },
    before: { type: 'string', multiple: true, default: [] },
    run: { type: 'string', multiple: true, default: [] },
    detail: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    conntrack: { type: 'boolean', default: false },
    'host-dir': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

function packetOf(line: Partial<OraclePacket> & { packet?: string }): OraclePacket {
  const [, place, text] = /^(?:@(\S+) )?(.*)$/.exec(line.packet ?? '') ?? []
  const from = place ?? line.in ?? (values.local || line.local ? 'local' : values.in)
  const number = (own: number | undefined, option: string | undefined) =>
    own ?? (option === undefined ? 0 : Number(option))
  const out = line.out ?? values.out
  return {
    ...(from === 'local' ? { local: true } : { in: from }),
    hex: line.hex ?? packetFromText(text ?? '').toString('hex'),
    mark: number(line.mark, values.mark),
    uid: number(line.uid, values.uid),
    gid: number(line.gid, values.gid),
    ...(out === undefined ? {} : { out }),
  }
}

function packets(): OraclePacket[] {
  const lines = values.packets ? readFileSync(values.packets === '-' ? 0 : values.packets, 'utf8').split('\n') : []
  return [
    ...values.hex.map((hex) => packetOf({ hex })),
    ...values.packet.map((text) => packetOf({ packet: text })),
    ...lines.filter((line) => line.trim() !== '').map((line) => packetOf(JSON.parse(line) as Partial<OraclePacket>)),
  ]
}

function ask(): void {
  const place = topology({
    routes: values.route,
    rules: values.rule,
    sysctls: Object.fromEntries(
      values.sysctl.map((setting) => setting.split(/=(.*)/s).slice(0, 2) as [string, string]),
    ),
  })
  const namespace = new Namespace(place, { traceBytes: values.detail })
  for (const text of values.address) {
    const [device = '', address = ''] = text.split('=')
    run('ip', ['addr', 'add', address, 'dev', device, ...(address.includes(':') ? ['nodad'] : [])])
  }
  for (const line of values.before) process.stdout.write(run('sh', ['-c', line]))
  const rules = {
    4: values.rules4 && readFileSync(values.rules4, 'utf8'),
    6: values.rules6 && readFileSync(values.rules6, 'utf8'),
  }
  if (rules[4]) namespace.load(4, rules[4])
  if (rules[6]) namespace.load(6, rules[6])
  const targets = { 4: targetsOf(rules[4] ?? ''), 6: targetsOf(rules[6] ?? '') }
  for (const packet of packets()) {
    const seen = namespace.send(packet)
    const answer = interpret(packet, seen, packet.hex.startsWith('6') ? targets[6] : targets[4])
    process.stdout.write(
      `${JSON.stringify(values.detail ? { ...answer, steps: seen.steps, generated: seen.generated } : answer)}\n`,
    )
  }
  if (values.save) process.stdout.write(namespace.save(4) + namespace.save(6))
  if (values.conntrack) process.stdout.write(namespace.conntrack())
  for (const line of values.run) process.stdout.write(run('sh', ['-c', line]))
  const directory = values['host-dir']
  if (directory) {
    mkdirSync(directory, { recursive: true })
    for (const [name, text] of Object.entries(hostFiles(place))) writeFileSync(join(directory, name), text)
    if (rules[4]) writeFileSync(join(directory, 'rules.v4'), rules[4])
    if (rules[6]) writeFileSync(join(directory, 'rules.v6'), rules[6])
  }
}

const available = oracleAvailable()
if (values.help) process.stdout.write(usage)
else if (!available.ok) {
  process.stderr.write(`the kernel cannot be asked here: ${available.reason}\n`)
  process.exitCode = 3
} else {
  try {
    ask()
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  }
}
