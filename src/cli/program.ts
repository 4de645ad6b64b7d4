import { Command, CommanderError, Option } from 'commander'
import type { ExplainOptions } from './explain/command.ts'
import { type CommandIo, EXIT } from './io.ts'
import { LANGUAGES } from './language.ts'
import { reportError } from './report.ts'
import type { TraceOptions } from './trace/options.ts'
import { version } from './version.ts'

/** Reads the command line and runs the command it names; the command's own code is loaded only then. Never throws. */
export async function runProgram(argv: readonly string[], io: CommandIo): Promise<number> {
  let code: number = EXIT.ok
  const program = new Command('hookline')
    .description('netfilter in TypeScript: why was this packet accepted, dropped or rewritten?')
    .version(`hookline ${version()}`, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.error, outputError: (text, write) => write(ourError(text)) })
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES)
  const done = (result: number): void => {
    code = result
  }
  addTrace(program, done, io)
  addSave(program, done, io)
  addExplain(program, done, io)
  addShim(program, done, io)
  addCompatible(program)

  if (argv.length === 0) {
    program.outputHelp({ error: true })
    return EXIT.usage
  }
  try {
    await program.parseAsync(withRuleLast(argv), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, io)
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  }
  return code
}

/** `error: unknown option '--x'` and its hint on a line of its own, in the form of our other errors. */
function ourError(text: string): string {
  const [, message = text, hint] = /^error: ([^\n]*)(?:\n\((.*)\))?\n?$/.exec(text) ?? []
  const lower = hint === undefined ? '' : `; ${hint.charAt(0).toLowerCase()}${hint.slice(1)}`
  return `hookline: ${message.trimEnd().replace(/\.$/, '')}${lower}\n`
}

const EXAMPLES = `
Examples:
  hookline trace -r rules.v4 --in eth0 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]'
  hookline trace --host DIR --in eth0 'udp 10.0.0.5:5353 > 10.96.0.10:53' --then reply
  hookline trace --host DIR --batch packets.ndjson --final
  hookline save rules.v4
  hookline explain 'iptables -A INPUT -p tcp --dport 22 -j ACCEPT'

hookline trace --help explains the packets and the host directory.
`

const TRACE_EXAMPLES = `
Packets are written as tcpdump prints them, with defaults for what is left out:
  'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]'      'tcp 10.0.0.5 > 10.0.0.1:80 [P.] seq 1 ack 1 payload "GET"'
  'udp [2001:db8::5]:5353 > [2001:db8::1]:53'      'icmp 10.0.0.5 > 10.0.0.1 echo-request ttl 1'
  '45 00 00 28 …' (bytes from the network header on)
Before a packet may stand where and when it comes, for --then above all:
  'in eth1 tcp …'   'local udp …'   'after 30 tcp …' (seconds)   'after 30 reply'

Examples:
  hookline trace -r rules.v4 --in eth0 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]'
      Addresses and routes are assumed, and the assumptions printed: here the packet is for the host itself.
  hookline trace -r rules.v4 -r rules.v6 --in eth0 --out eth1 'tcp 203.0.113.9:51000 > 10.0.0.80:80 [S]'
      A packet that is forwarded.
  hookline trace -r rules.v4 --address '192.0.2.10/24 dev eth0' --route '172.17.0.0/16 dev docker0' \\
      --in eth0 'tcp 203.0.113.9:51000 > 192.0.2.10:8080 [S]' --then reply
      With its addresses and routes, and the answer.
  hookline trace --host DIR --local --uid 1000 'udp 192.0.2.10:5353 > 198.51.100.1:53'
      A packet that a process of user 1000 sends.
  iptables-save | hookline trace -r - --in eth0 'icmp 203.0.113.9 > 192.0.2.10' --all
      The rules of this machine; every rule that did not match is shown.
  hookline trace --host DIR --in eth0 --pcap capture.pcapng --quiet
      One verdict for each captured packet.
  hookline trace --host DIR --batch packets.ndjson --final
      Many packets, see docs/batch.md.

Exit codes: 0 traced, whatever the verdict; 2 the command line, a packet or a file is wrong; 3 a file cannot be read.
`

function addTrace(program: Command, done: (code: number) => void, io: CommandIo): void {
  const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]
  program
    .command('trace')
    .description("show a packet's way through the rules, and why it ended as it did")
    .argument('[packets...]', 'packets in the packet language or in hexadecimal, one after the other on one state')
    .optionsGroup('The host:')
    .option('-r, --rules <file>', 'iptables-save text, - for standard input; once for IPv4 and once for IPv6', collect)
    .option('--rules6 <file>', 'ip6tables-save text, where neither name nor content tells', collect)
    .option(
      '--host <dir>',
      'host directory: rules.v4, rules.v6, addr.json, route.json, rule.json, link.json, sysctl.conf, conntrack',
    )
    .option('--address <address>', "an address of the host, such as '192.0.2.10/24 dev eth0'; repeatable", collect)
    .option('--route <route>', "a route as ip prints it, such as '172.17.0.0/16 dev docker0'; repeatable", collect)
    .option('--seed <text>', 'for what is left to chance: statistic, ports of NAT (default: 1)')
    .option('--time <time>', 'what the clock says, in UTC, such as 2026-03-29T18:30 (default: 2026-01-01)')
    .optionsGroup('The packet:')
    .option('--in <device>', 'the device it arrives on')
    .option('--out <device>', 'the device it leaves by: for rules without routes; with --local, a bound socket')
    .option('--local', 'it is sent by a process of the host')
    .option('--mark <mark>', 'nfmark of a local packet, such as 0x4000')
    .option('--uid <uid>', 'user of the sending process')
    .option('--gid <gid>', 'group of the sending process')
    .option('--mac <address>', 'Ethernet address of the sender, for -m mac')
    .option('--pcap <file>', 'packets from a pcap or pcapng file, with the times between them')
    .option(
      '--then <packet>',
      "a further packet on the same state; 'reply' answers the one before; repeatable",
      collect,
    )
    .optionsGroup('The output:')
    .addOption(
      new Option('-o, --output <format>', 'text (default), json, or the lines of xtables-monitor --trace').choices([
        'text',
        'json',
        'xtables-monitor',
      ]),
    )
    .option('--all', 'also the rules that are left out as too many, and the way of answers')
    .option('--quiet', 'only the final verdict of each packet')
    .addOption(
      new Option('--lang <language>', 'language of the explanation (default: by HOOKLINE_LANG, LC_ALL, LANG)').choices([
        ...LANGUAGES,
      ]),
    )
    .optionsGroup('Batches:')
    .option('--batch <file>', 'packets as JSON lines, - for standard input; a line of JSON for each comes out')
    .option('--final', 'a last line with counters and connections')
    .addHelpText('after', TRACE_EXAMPLES)
    .action(async (packets: string[], options: TraceOptions) => {
      const { runTrace } = await import('./trace/command.ts')
      done(runTrace(packets, options, io))
    })
}

const SAVE_EXAMPLES = `
Examples:
  hookline save rules.v4                the rules as iptables-save prints them
  hookline save -c rules.v6             with their counters
  hookline save -6 -                    ip6tables rules from standard input
`

function addSave(program: Command, done: (code: number) => void, io: CommandIo): void {
  program
    .command('save')
    .description('read an iptables-save file and print it as iptables-save 1.8.9 would')
    .argument('<file>', 'rules file, - for standard input; IPv6 by its head, its name, or -6')
    .option('-c, --counters', 'with packet and byte counters')
    .option('-6, --ipv6', 'the file is of ip6tables')
    .addHelpText('after', SAVE_EXAMPLES)
    .action(async (file: string, options: { counters?: boolean; ipv6?: boolean }) => {
      const { runSave } = await import('./save.ts')
      done(runSave(file, options, io))
    })
}

const SHIM_EXAMPLES = `
Examples:
  hookline shim ./bin --host ./host && PATH=$PWD/bin:$PATH
  iptables -A INPUT -p tcp --dport 22 -j ACCEPT       writes ./host/rules.v4
  hookline trace --host ./host --in eth0 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]'
`

function addShim(program: Command, done: (code: number) => void, io: CommandIo): void {
  program
    .command('shim')
    .description(
      'write iptables, iptables-save, iptables-restore and their like into a directory to be put first on PATH',
    )
    .argument('<dir>', 'where the commands are written')
    .option('--host <dir>', 'host directory they act on (default: HOOKLINE_HOST, or DIR/host)')
    .option('--force', 'replace files that are not of hookline')
    .addHelpText('after', SHIM_EXAMPLES)
    .action(async (directory: string, options: { host?: string; force?: boolean }) => {
      const { runShim } = await import('./shim.ts')
      done(runShim(directory, options, io))
    })
}

/** Only for the help: these are run before the command line is read here. */
function addCompatible(program: Command): void {
  for (const [name, description] of [
    ['iptables', 'iptables 1.8.9 on a host directory (also ip6tables): hookline iptables --host DIR -A INPUT …'],
    ['iptables-save', 'print the rules of a host directory (also ip6tables-save)'],
    ['iptables-restore', 'read rules into a host directory (also ip6tables-restore)'],
    ['iptables-apply', 'the same, taken back unless it is confirmed (also ip6tables-apply)'],
    ['iptables-xml', 'turn the output of iptables-save into XML'],
  ] as const) {
    program.command(name).description(description).helpOption(false).allowUnknownOption()
  }
}

const EXPLAIN_EXAMPLES = `
Examples:
  hookline explain 'iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.80:8080'
  hookline explain '-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT'
  hookline explain -6 '-p ipv6-icmp --icmpv6-type echo-request -j ACCEPT'
  hookline explain -o json --lang zh 'iptables -P FORWARD DROP'

Exit codes: 0 explained; 2 iptables or the kernel would refuse it: why, and what was probably meant, is on stderr.
`

function addExplain(program: Command, done: (code: number) => void, io: CommandIo): void {
  program
    .command('explain')
    .description('say in words what a rule or an iptables command means, part by part')
    .argument('<rule...>', 'iptables …, ip6tables …, -A …, or a rule alone, in quotes')
    .option('-6, --ipv6', 'a rule of ip6tables')
    .addOption(new Option('-o, --output <format>', 'text (default) or json').choices(['text', 'json']))
    .addOption(
      new Option('--lang <language>', 'language of the explanation (default: by HOOKLINE_LANG, LC_ALL, LANG)').choices([
        ...LANGUAGES,
      ]),
    )
    .addHelpText('after', EXPLAIN_EXAMPLES)
    .action(async (words: string[], options: ExplainOptions) => {
      const { runExplain } = await import('./explain/command.ts')
      done(runExplain(words, options, io))
    })
}

/** The words of a rule begin with dashes, too: they go behind `--`, so that they are not taken for options. */
function withRuleLast(argv: readonly string[]): string[] {
  if (argv[0] !== 'explain' || argv.includes('--')) return [...argv]
  const start = argv.findIndex((word) => /^(?:sudo|ip6?tables)$/.test(word))
  if (start > 0) return [...argv.slice(0, start), '--', ...argv.slice(start)]
  const isRule = (word: string): boolean => /^[-!]\S*\s/.test(word)
  const rules = argv.filter(isRule)
  return rules.length === 0 ? [...argv] : [...argv.filter((word) => !isRule(word)), '--', ...rules]
}
