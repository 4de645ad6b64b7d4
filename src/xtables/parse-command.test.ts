import { describe, expect, it } from 'vitest'
import { extensions } from '../host/extensions.ts'
import type { Family } from '../netfilter/glossary.ts'
import { parseCommand } from './parse-command.ts'
import type { RuleSpec } from './rule.ts'
import { saveRule } from './save.ts'
import { tokenize } from './tokens.ts'

function parse(text: string, family: Family = 4, strict = true): readonly RuleSpec[] {
  const outcome = parseCommand(tokenize(`-A FORWARD ${text}`), {
    family,
    table: 'filter',
    registry: extensions(),
    hasChain: (name) => name === 'web',
    strict,
    restored: { program: 'iptables-restore', line: 1 },
  })
  return outcome.kind === 'command' ? outcome.rules : []
}

/** How the rule is saved; several separated by ` ; `. */
function saved(text: string, family: Family = 4, strict = true): string {
  return parse(text, family, strict)
    .map((rule) => saveRule(rule, 'filter').trim())
    .join(' ; ')
}

describe('options of a rule', () => {
  it.each([
    ['-s 10.1.2.3 -d 10.0.0.0/8', '-s 10.1.2.3/32 -d 10.0.0.0/8'],
    ['--dst 1.2.3.4 --source 5.6.7.8/255.255.0.0', '-s 5.6.0.0/16 -d 1.2.3.4/32'],
    ['--destin 1.2.3.4', '-d 1.2.3.4/32'],
    ['-s 10/8 -d 10.1', '-s 10.0.0.0/8 -d 10.1.0.0/32'],
    ['-s 10.0.0.0/255.0.255.0', '-s 10.0.0.0/255.0.255.0'],
    ['-s 0.0.0.0/0 -p all -i +', ''],
    ['! -s 0.0.0.0/0', '! -s 0.0.0.0/0'],
    ['-i eth0 -o eth+', '-i eth0 -o eth+'],
    ['! -i lo ! -p udp ! -f', '! -i lo ! -p udp ! -f'],
    ['--in-interface=eth0 --proto tcp --jump=ACCEPT', '-i eth0 -p tcp -j ACCEPT'],
    ['-ieth0 -jDROP', '-i eth0 -j DROP'],
    ['-p TCP', '-p tcp'],
    ['-p 0x6', '-p tcp'],
    ['-p 254', '-p 254'],
    ['-p MH', '-p mobility-header'],
    ['-v -j ACCEPT --', '-j ACCEPT'],
    ['-g web', '-g web'],
    ['-j web', '-j web'],
    [
      '-s 10.0.0.1,10.0.0.2 -d 1.1.1.1,2.2.2.2 -j DROP',
      [
        '-s 10.0.0.1/32 -d 1.1.1.1/32 -j DROP',
        '-s 10.0.0.1/32 -d 2.2.2.2/32 -j DROP',
        '-s 10.0.0.2/32 -d 1.1.1.1/32 -j DROP',
        '-s 10.0.0.2/32 -d 2.2.2.2/32 -j DROP',
      ].join(' ; '),
    ],
  ])('%s', (text, wanted) => {
    expect(saved(text)).toBe(wanted)
  })

  it('are skipped with the rule that is meant for the other family', () => {
    expect(saved('-4 -j ACCEPT')).toBe('-j ACCEPT')
    expect(parse('--ipv6 -j ACCEPT')).toEqual([])
    expect(saved('-6 -s fd00::1', 6)).toBe('-s fd00::1/128')
  })
})

describe('options of extensions', () => {
  it.each([
    ['-p tcp --dport 22', '-p tcp -m tcp --dport 22'],
    ['-p tcp ! --dport 22 --syn', '-p tcp -m tcp ! --dport 22 --tcp-flags FIN,SYN,RST,ACK SYN'],
    ['-p tcp --destination-port=22', '-p tcp -m tcp --dport 22'],
    ['-p tcp --dpo 22', '-p tcp -m tcp --dport 22'],
    ['-p tcp --dport 22 -m tcp --sport 23', '-p tcp -m tcp --dport 22 -m tcp --sport 23'],
    ['-m mark --mark 1 -m mark --mark 2', '-m mark --mark 0x1 -m mark --mark 0x2'],
    ['-m comment --comment "! -j"', '-m comment --comment "! -j"'],
    [
      '-p tcp -m comment --comment x --dport 5 -m mark --mark 1 --sport 7',
      '-p tcp -m comment --comment x -m tcp --sport 7 --dport 5 -m mark --mark 0x1',
    ],
    ['-m tcp -p tcp --dport 22', '-p tcp -m tcp --dport 22'],
    [
      '-p tcp --dport 3 -m multiport --dports 1,2 --sport 4',
      '-p tcp -m tcp --sport 4 --dport 3 -m multiport --dports 1,2',
    ],
  ])('%s', (text, wanted) => {
    expect(saved(text)).toBe(wanted)
  })
})

describe('! between an option and its value, as old rule files have it', () => {
  const lenient = (text: string): string =>
    parse(text, 4, false)
      .map((rule) => saveRule(rule, 'filter').trim())
      .join(' ; ')

  it.each([
    ['-s ! 10.0.0.0/8 -j DROP', '! -s 10.0.0.0/8 -j DROP'],
    ['-p ! tcp', '! -p tcp'],
    ['-i ! eth0', '! -i eth0'],
    ['-p tcp --dport ! 80', '-p tcp -m tcp ! --dport 80'],
    ['-p tcp --tcp-flags ! SYN,ACK SYN', '-p tcp -m tcp ! --tcp-flags SYN,ACK SYN'],
    ['-p udp -m multiport --dports ! 53,123', '-p udp -m multiport ! --dports 53,123'],
    ['-m string --algo bm --string "!"', '--string "!"'],
  ])('%s', (old, now) => expect(lenient(old)).toContain(now))

  it('does not stand twice', () => {
    expect(() => lenient('! -s ! 10.0.0.1')).toThrow(/multiple consecutive ! not allowed/)
  })

  it('is not for options that cannot be inverted', () => {
    expect(() => lenient('-m limit --limit ! 3/min')).toThrow()
  })
})

describe('what is refused', () => {
  it.each([
    ['-s ! 10.0.0.1', /Bad argument `10.0.0.1'/],
    ['! ! -s 10.0.0.1', /multiple consecutive ! not allowed/],
    ['-s 10.0.0.1 !', /nothing appropriate following !/],
    ['! -j ACCEPT', /cannot have ! before -j/],
    ['! -s 10.0.0.1,10.0.0.2', /! not allowed with multiple source or destination/],
    ['-s 10.0.0.1 -s 10.0.0.2', /multiple -s flags not allowed/],
    ['-j ACCEPT -j DROP', /multiple -j flags not allowed/],
    ['-s 256.0.0.1', /host\/network `256.0.0.1' not found/],
    ['-s ::1', /host\/network `::1' not found/],
    ['-s 10.0.0.0/33', /invalid mask `33' specified/],
    ['-s 10.0.0.0/', /invalid mask `' specified/],
    ['-p nosuch', /unknown protocol "nosuch" specified/],
    ['-p 256', /unknown protocol "256" specified/],
    ['-ptcp', /unknown protocol "-ptcp" specified/],
    ['! -p all', /rule would never match protocol/],
    ['-i ""', /Empty interface/],
    ['-i abcdefghijklmnop', /interface name `abcdefghijklmnop' must be shorter/],
    ['-j', /option "-j" requires an argument/],
    ['-j nosuch', /Couldn't load target `nosuch'/],
    ['-j INPUT', /INPUT/],
    ['-g nosuch', /goto 'nosuch' is not a chain/],
    ['-j aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', /28 chars max/],
    ['-m hl --hl-eq 1', /Couldn't load match `hl'/],
    ['--s 10.0.0.1', /unknown option "--s"/],
    ['--nosuch', /unknown option "--nosuch"/],
    ['-z', /unknown option "-z"/],
    ['extra', /Bad argument `extra'/],
    ['-- -j ACCEPT', /unknown arguments found on commandline/],
    ['-p tcp --dport', /requires an argument/],
    ['-p udp --syn', /unknown option "--syn"/],
    ['-p tcp --dport 1 --dport 2', /used once|Only one/],
    ['-p tcp -m mark ! --mark 1 --mark 2', /can only be used once/],
  ])('%s', (text, wanted) => {
    expect(() => parse(text)).toThrow(wanted)
  })

  it('-f in IPv6', () => {
    expect(() => parse('-f', 6)).toThrow(/-f/)
  })

  it('with the column of the word', () => {
    expect(() => parse('-p tcp  --dport 70000')).toThrow(expect.objectContaining({ place: { line: 1, column: 20 } }))
  })
})

describe('extensions that are not known', () => {
  it.each([
    '-m geoip ! --source-country "A B" C -j DROP',
    '-p tcp -m nosuch --set x --opt -m tcp --dport 22 -j ACCEPT',
    '-j TARPIT --honeypot',
  ])('are kept as written: %s', (text) => {
    expect(saved(text, 4, false)).toBe(text)
  })

  it('are refused as iptables refuses them', () => {
    expect(() => parse('-m nosuch')).toThrow("Couldn't load match `nosuch':No such file or directory")
    expect(() => parse('-j TARPIT')).toThrow("Couldn't load target `TARPIT':No such file or directory")
  })

  it('are named', () => {
    const [rule] = parse('-m nosuch --x 1 -j TARPIT', 4, false)
    expect(rule?.matches[0]?.definition).toBeNull()
    expect(rule?.target).toMatchObject({ kind: 'unknown', name: 'TARPIT' })
  })
})

it('reads counters of a rule', () => {
  const counters = (text: string): unknown => {
    const context = { family: 4, registry: extensions(), hasChain: () => false, strict: true } as const
    return parseCommand(tokenize(`-A INPUT ${text}`), context)
  }
  expect(counters('-c 5 6 -j ACCEPT')).toMatchObject({ counters: { packets: 5, bytes: 6 } })
  expect(counters('--set-counters 5,6')).toMatchObject({ counters: { packets: 5, bytes: 6 } })
  expect(() => counters('-c x y')).toThrow(/not numeric/)
})
