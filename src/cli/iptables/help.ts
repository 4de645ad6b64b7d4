import type { AnyMatch, AnyTarget, OptionDefinition } from '../../xtables/index.ts'
import type { Program } from './programs.ts'
import { IPTABLES_VERSION } from './session.ts'

/** What `-h` prints: the commands and options, and those of the extensions that the command line loaded. */
export function helpText({ name, family }: Program, about: readonly (AnyMatch | AnyTarget)[]): string {
  const fragments = family === 4 ? '[!] -f, --fragments              fragments behind the first one only\n  ' : ''
  const general = `${name} v${IPTABLES_VERSION}

Usage: ${name} [-t table] -A|-C|-D chain rule
       ${name} [-t table] -I chain [number] rule
       ${name} [-t table] -R chain number rule
       ${name} [-t table] -D chain number
       ${name} [-t table] -L|-S [chain [number]]
       ${name} [-t table] -F|-Z|-X [chain]
       ${name} [-t table] -N chain
       ${name} [-t table] -E chain name
       ${name} [-t table] -P chain ACCEPT|DROP
       ${name} -h | -m match -h | -j TARGET -h

Commands:
  -A, --append chain               add a rule at the end of a chain
  -C, --check chain                is there such a rule? The exit status answers
  -D, --delete chain [number]      remove the first rule like this, or the one of this number
  -I, --insert chain [number]      put a rule before this one (default: 1)
  -R, --replace chain number       put a rule in place of this one
  -L, --list [chain [number]]      print rules as a table
  -S, --list-rules [chain [number]]  print rules as commands
  -F, --flush [chain]              remove all rules
  -Z, --zero [chain [rulenum]]     set counters to 0
  -N, --new-chain chain            make a user chain
  -X, --delete-chain [chain]       remove a user chain, or all
  -E, --rename-chain chain name    give a user chain another name
  -P, --policy chain ACCEPT|DROP   what happens at the end of a built-in chain

Options:
      -4, --ipv4                       nothing for iptables; an error for ip6tables
      -6, --ipv6                       the other way round
  [!] -p, --protocol proto             tcp, udp, icmp, … or a number
  [!] -s, --source address[/mask][,…]  where packets come from
  [!] -d, --destination address[/mask][,…]  where packets go to
  [!] -i, --in-interface device[+]     the device they come in by
  [!] -o, --out-interface device[+]    the device they leave by
  ${fragments}    -j, --jump target                what happens to packets of the rule
      -g, --goto chain                 go on in a chain and do not come back here
      -m, --match match                load a match, whose options follow
      -n, --numeric                    numbers instead of names
      -v, --verbose                    more, with counters
      -x, --exact                      counters in full
      --line-numbers                   number the rules of a list
      -t, --table table                filter (default), nat, mangle, raw or security
      -w, --wait [seconds]             wait for the lock
      -c, --set-counters packets bytes counters of the rule or policy
      -M, --modprobe command           taken and not used
      -V, --version                    print the version
`
  return general + about.map(extensionHelp).join('')
}

function extensionHelp(extension: AnyMatch | AnyTarget): string {
  const options = Object.entries<OptionDefinition<unknown>>(extension.options)
  const lines = options.map(([name, option]) => {
    const words = option.words === 0 ? '' : option.optional ? ` [${option.placeholder}]` : ` ${option.placeholder}`
    const also = (option.aliases ?? []).map((alias) => `, --${alias}`).join('')
    const left = `${option.invertible ? '[!]' : '   '} --${name}${also}${words}`
    return option.help === undefined ? `  ${left}\n` : `  ${left.padEnd(42)} ${option.help}\n`
  })
  const none = lines.length === 0 ? '  (no options)\n' : ''
  return `\n${extension.name} ${extension.kind} options:\n${lines.join('')}${none}${extension.names ?? ''}`
}
