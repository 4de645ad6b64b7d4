import { Command, CommanderError, Option } from 'commander'
import { type CommandIo, EXIT } from './io.ts'
import { LANGUAGES } from './language.ts'
import type { TraceOptions } from './trace/command.ts'
import { version } from './version.ts'

/** Reads the command line and runs the command it names; the command's own code is loaded only then. */
export async function runProgram(argv: readonly string[], io: CommandIo): Promise<number> {
  let code: number = EXIT.ok
  const program = new Command('hookline')
    .description('netfilter in TypeScript: why was this packet accepted, dropped or rewritten?')
    .version(`hookline ${version()}`, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.error })
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES)

  addTrace(
    program,
    (run) => {
      code = run
    },
    io,
  )
  addSave(
    program,
    (run) => {
      code = run
    },
    io,
  )

  if (argv.length === 0) {
    program.outputHelp()
    return EXIT.usage
  }
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  }
  return code
}

const EXAMPLES = `
Examples:
  hookline trace -r rules.v4 --in eth0 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]'
  hookline trace --host /etc/firewall-snapshot --in eth0 'udp 10.0.0.5:5353 > 10.96.0.10:53' --then reply
  hookline trace --host DIR --batch packets.ndjson -o json --final
  hookline save rules.v4
`

function addTrace(program: Command, done: (code: number) => void, io: CommandIo): void {
  const collect = (value: string, before: string[]): string[] => [...before, value]
  program
    .command('trace')
    .description("show a packet's way through the rules, and why it ended as it did")
    .argument(
      '[packets...]',
      "packets as tcpdump prints them: 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]', or hex bytes",
    )
    .optionsGroup('The host:')
    .option('-r, --rules <file>', 'iptables-save file; may be given for IPv4 and for IPv6', collect, [])
    .option('--rules6 <file>', 'ip6tables-save file, where the name does not end in .v6', collect, [])
    .option(
      '--host <dir>',
      'host directory: rules.v4, rules.v6, addr.json, route.json, rule.json, link.json, sysctl.conf, conntrack',
    )
    .option('--route <route>', "a route as ip prints it: '172.17.0.0/16 dev docker0'", collect, [])
    .option('--address <address>', "an address of the host: '192.0.2.10/24 dev eth0'", collect, [])
    .optionsGroup('The packet:')
    .option('--in <device>', 'the device it arrives on')
    .option('--out <device>', 'the device it leaves by, where no route says')
    .option('--local', 'it is sent by a process of the host')
    .option('--mark <mark>', 'nfmark of a local packet')
    .option('--uid <uid>', 'owner of a local packet')
    .option('--gid <gid>', 'group of a local packet')
    .option('--pcap <file>', 'take the packets from a pcap or pcapng file')
    .option('--then <packet>', "a further packet on the same state; 'reply' answers the one before", collect, [])
    .optionsGroup('The output:')
    .addOption(
      new Option('-o, --output <format>', 'format').choices(['text', 'json', 'xtables-monitor']).default('text'),
    )
    .option('--all', 'show every rule that did not match')
    .option('--quiet', 'only the final verdict')
    .addOption(new Option('--lang <language>', 'language of the explanation').choices([...LANGUAGES]))
    .optionsGroup('Batches:')
    .option('--batch <file>', 'packets as NDJSON, one a line, - for standard input')
    .option('--final', 'a last line with counters and connections')
    .action(async (packets: string[], options: TraceOptions) => {
      const { runTrace } = await import('./trace/command.ts')
      done(await runTrace(packets, options, io))
    })
}

function addSave(program: Command, done: (code: number) => void, io: CommandIo): void {
  program
    .command('save')
    .description('read an iptables-save file and print it as iptables-save 1.8.9 would')
    .argument('<file>', 'rules file; IPv6 where its name ends in .v6 or -6 is given')
    .option('-c, --counters', 'with packet and byte counters')
    .option('-6, --ipv6', 'the file is of ip6tables')
    .action(async (file: string, options: { counters?: boolean; ipv6?: boolean }) => {
      const { runSave } = await import('./save.ts')
      done(runSave(file, options, io))
    })
}
