import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { excerpt } from '../../src/cli/excerpt.ts'
import { run } from './run.ts'

const directory = mkdtempSync(`${tmpdir()}/hookline-`)
afterAll(() => rmSync(directory, { recursive: true }))

const write = (name: string, content: string): string => {
  writeFileSync(`${directory}/${name}`, content)
  return `${directory}/${name}`
}

const good = write('good.v4', '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n')
const packet = 'udp 10.0.0.5:1 > 10.0.0.1:2'

/** Runs, checks the exit code and that nothing else was printed; gives stderr without its first word. */
async function refused(code: 2 | 3, argv: string[], input = ''): Promise<string> {
  const result = await run(argv, { input })
  expect(result.out).toBe('')
  expect(result.error).toMatch(/^hookline: /)
  expect(result.code).toBe(code)
  return result.error.replace(/^hookline: /, '').trimEnd()
}

describe('rules that cannot be read', () => {
  const cases: Record<string, [line: string, message: RegExp]> = {
    'an option that is misspelt': [
      '-A INPUT -p tcp --dprot 22 -j ACCEPT',
      /unknown option "--dprot"; did you mean '--dport'\?/,
    ],
    'an option whose match is missing': [
      '-A INPUT --ctstate NEW',
      /unknown option "--ctstate"; it is an option of -m conntrack$/m,
    ],
    'an option that several matches have': [
      '-A INPUT --dport 22',
      /; it is an option of -m dccp, -m sctp, -m tcp, -m udp/,
    ],
    'a value that is none': ['-A INPUT -s 10.0.0.0/33', /10\.0\.0\.0\/33|mask/],
  }
  for (const [name, [line, message]] of Object.entries(cases)) {
    it(`because of ${name}: file, line, column, the line and a caret`, async () => {
      const file = write('bad.v4', `*filter\n:INPUT ACCEPT [0:0]\n${line}\nCOMMIT\n`)
      const error = await refused(2, ['trace', '-r', file, '--in', 'eth0', packet])
      const [, column = '', said = ''] = /^.*bad\.v4:3:(\d+): (.*)$/m.exec(error) ?? []
      expect(error.startsWith(`${file}:3:`)).toBe(true)
      expect(said).toMatch(message)
      expect(error.split('\n').slice(-2)).toEqual([`  ${line}`, `  ${' '.repeat(Number(column) - 1)}^`])
    })
  }

  it('because of a table that does not exist', async () => {
    const error = await refused(2, ['trace', '-r', write('t.v4', '*fliter\nCOMMIT\n'), '--in', 'eth0', packet])
    expect(error).toContain('t.v4:1:1: there is no table "fliter"; the tables are')
    expect(error).toContain("did you mean 'filter'?")
  })

  it('in a host directory, by the name of the file in it', async () => {
    mkdirSync(`${directory}/host`)
    write('host/rules.v6', '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT --nope\nCOMMIT\n')
    expect(await refused(2, ['trace', '--host', `${directory}/host`, '--in', 'eth0', packet])).toContain(
      `${directory}/host/rules.v6:3:10: unknown option "--nope"`,
    )
  })

  it('on standard input', async () => {
    expect(await refused(2, ['trace', '-r', '-', '--in', 'eth0', packet], '*filter\nnonsense\n')).toContain(
      'standard input:2:',
    )
  })

  it('because no file is given, two of one kind are, or both are standard input', async () => {
    expect(await refused(2, ['trace', '--in', 'eth0', packet])).toContain('rules are missing: give -r FILE')
    expect(await refused(2, ['trace', '-r', good, '-r', good, '--in', 'eth0', packet])).toContain(
      'are both rules for IPv4',
    )
    expect(await refused(2, ['trace', '-r', '-', '--rules6', '-', '--in', 'eth0', packet])).toContain(
      'standard input (-)',
    )
  })

  it('in hookline save too', async () => {
    const file = write('save.v4', '*filter\n-A INPUT --dprot 1\nCOMMIT\n')
    expect(await refused(2, ['save', file])).toBe(
      `${file}:2:10: unknown option "--dprot"; did you mean '--dport'?\n  -A INPUT --dprot 1\n           ^`,
    )
  })
})

describe('other files of a host that cannot be read', () => {
  it('name the file and the entry', async () => {
    mkdirSync(`${directory}/json`)
    write('json/rules.v4', '*filter\nCOMMIT\n')
    write('json/addr.json', '[{"ifname":"eth0","mtu":"big"}]')
    const trace = ['trace', '--host', `${directory}/json`, '--in', 'eth0', packet]
    expect(await refused(2, trace)).toContain(`${directory}/json/addr.json: entry 1: mtu: expected a whole number`)
    write('json/addr.json', '[{"ifname":"eth0"}')
    expect(await refused(2, trace)).toContain(`${directory}/json/addr.json: not JSON`)
    expect(await refused(2, [...trace, '--route', 'default dev eth0'])).toContain(
      `${directory}/json/addr.json: not JSON`,
    )
  })

  it('end with exit code 3 when they are not there or forbidden', async () => {
    const missing = `${directory}/missing`
    const host = ['trace', '--in', 'eth0', packet]
    expect(await refused(3, [...host, '-r', missing])).toBe(`cannot read ${missing}: no such file or directory`)
    expect(await refused(3, [...host, '--host', missing])).toBe(`cannot read ${missing}: no such directory`)
    expect(await refused(3, [...host, '-r', directory])).toContain('illegal operation on a directory')
    expect(await refused(3, ['trace', '-r', good, '--pcap', missing])).toContain('cannot read')
    expect(await refused(3, ['trace', '-r', good, '--batch', missing])).toContain('cannot read')
    expect(await refused(3, ['save', missing])).toContain('cannot read')
  })

  it.skipIf(process.getuid?.() === 0)(
    'end with exit code 3 when reading is forbidden (skipped for root, who may read everything)',
    async () => {
      const file = write('secret.v4', '')
      chmodSync(file, 0)
      expect(await refused(3, ['trace', '-r', file, '--in', 'eth0', packet])).toContain('permission denied')
    },
  )

  it('are none in a directory without any, or when --host is a file', async () => {
    mkdirSync(`${directory}/empty`)
    expect(await refused(2, ['trace', '--host', `${directory}/empty`, packet])).toContain(
      'holds none of rules.v4, rules.v6',
    )
    expect(await refused(2, ['trace', '--host', good, packet])).toContain(
      'not a directory (-r reads a single rules file)',
    )
  })

  it('are no capture', async () => {
    expect(await refused(2, ['trace', '-r', good, '--pcap', good])).toContain('expected a pcap or pcapng file')
  })
})

describe('packets that cannot be read', () => {
  const trace = (...packets: string[]): string[] => ['trace', '-r', good, '--in', 'eth0', ...packets]

  it('are shown with a caret below what is wrong', async () => {
    expect(await refused(2, trace('tcp 10.0.0.5:1 > 10.0.0.1:htttp'))).toBe(
      [
        "expected a port (0 to 65535, or a name such as ssh, http, domain), found 'htttp'; did you mean 'http'?",
        '  tcp 10.0.0.5:1 > 10.0.0.1:htttp',
        '                            ^',
      ].join('\n'),
    )
  })

  it('are shown with the words before them', async () => {
    expect(await refused(2, trace(packet, '--then', 'after 5 in eth0 tpc 10.0.0.5 > 10.0.0.1:1'))).toMatch(
      /found 'tpc'; did you mean 'tcp'\?\n {2}after 5 in eth0 tpc .*\n {18}\^$/,
    )
    expect(await refused(2, trace('after soon udp 10.0.0.5 > 10.0.0.1:1'))).toContain('expected seconds after "after"')
    expect(await refused(2, trace('in eth0 reply'))).toContain('a reply comes from where the packet before went')
  })

  it('are missing, or a reply without a packet before it', async () => {
    expect(await refused(2, trace())).toContain('a packet is missing, such as')
    expect(await refused(2, trace('reply'))).toContain('a reply needs a packet before it')
  })
})

describe('options that cannot be', () => {
  const host = ['trace', '--host', 'fixtures/docker-ufw']

  it('name the device, those that exist, and the one that may be meant', async () => {
    const said = 'there is no device "dokcer0"; did you mean \'docker0\'? (the host has lo, eth0, docker0,'
    expect(await refused(2, [...host, '--in', 'dokcer0', packet])).toContain(`--in dokcer0: ${said}`)
    expect(await refused(2, [...host, '--local', '--out', 'dokcer0', packet])).toContain(`--out dokcer0: ${said}`)
    expect(await refused(2, [...host, '--in', 'eth0', `in dokcer0 ${packet}`])).toContain(said)
    expect(await refused(2, [...host, '--in', 'eth0', '--route', '10.9.0.0/16 dev dokcer0', packet])).toContain(said)
    expect(await refused(2, [...host, '--in', 'eth0', '--address', '10.9.0.1/16 dev dokcer0', packet])).toContain(said)
  })

  it('leave open where a packet comes from', async () => {
    expect(await refused(2, [...host, packet])).toBe(
      'say where the packet comes from: --in eth0, --in docker0, --in br-5f1c3a9e7b24, --in veth0web, --in veth1app, --local',
    )
  })

  const pairs: [string[], RegExp][] = [
    [['--in', 'eth0', '--local'], /^--in and --local: a packet either arrives/],
    [['--local', '--mac', '02:00:00:00:00:01'], /^--mac is the sender of a packet that arrives/],
    [['--in', 'eth0', '--mac', '02:00'], /^--mac: expected an Ethernet address/],
    [['--in', 'eth0', '--uid', '0'], /^--uid is of packets that a process of the host sends: add --local/],
    [['--in', 'eth0', '--mark', '1'], /^--mark is of packets/],
    [['--local', '--uid', '-1'], /^--uid: expected a number of 0 to 4294967295 \(0xffffffff\), found "-1"$/],
    [['--local', '--gid', '4294967296'], /^--gid: expected a number/],
    [['--local', '--mark', 'x'], /^--mark: expected a number/],
    [['--in', 'eth0', '--all', '--quiet'], /^--all and --quiet/],
    [['--in', 'eth0', '--final'], /^--final is the last line of a batch/],
    [['--in', 'eth0', '--time', 'noon'], /^--time: expected a time in UTC such as/],
    [['--in', 'eth0', '--time', '2026-13-01'], /^--time: expected/],
    [
      ['--in', 'eth0', '--route', '10.0.0.0/8 edv eth0'],
      /"edv" is not understood; did you mean 'dev'\?\n {2}routes are written/,
    ],
    [['--in', 'eth0', '--route', '10.0.0.0/8 dev'], /"dev" needs a value/],
    [['--in', 'eth0', '--route', 'nowhere'], /expected "default" or a prefix/],
    [
      ['--in', 'eth0', '--route', '10.0.0.0/8 via 198.18.0.1'],
      /has no device whose network holds its gateway: add dev DEVICE/,
    ],
    [['--in', 'eth0', '--route', '10.0.0.0/8'], /says neither "via" nor "dev"/],
    [['--in', 'eth0', '--address', '10.0.0.256 dev eth0'], /^--address "10\.0\.0\.256 dev eth0": /],
    [['--in', 'eth0', '--address', '10.0.0.2/24'], /say which device: add dev DEVICE/],
    [['--in', 'eth0', '--address', '10.0.0.2/24 eth0'], /expected ADDRESS\/PREFIX dev DEVICE/],
    [['--in', 'eth0', '-o', 'xml'], /^option '-o, --output <format>' argument 'xml' is invalid/],
    [['--hots', 'x'], /^unknown option '--hots'; did you mean --host\?$/],
    [['--in'], /^unknown|argument missing/],
  ]
  for (const [options, message] of pairs) {
    it(options.join(' '), async () => {
      expect(await refused(2, [...host, packet, ...options])).toMatch(message)
    })
  }

  it('are those of single packets in a batch, and the other way round', async () => {
    expect(await refused(2, [...host, '--batch', '-', '--in', 'eth0'])).toContain('--in is for single packets')
    expect(await refused(2, [...host, '--batch', '-', packet])).toContain('packets come from the file of --batch')
    expect(await refused(2, [...host, '--batch', '-', '-o', 'text'])).toContain('--batch writes JSON lines')
  })
})

describe('the program', () => {
  it('names a command that may be meant', async () => {
    expect(await refused(2, ['tarce', packet])).toBe("unknown command 'tarce'; did you mean trace?")
  })

  it('prints its help and exits with 2 when nothing is asked of it', async () => {
    const { code, out, error } = await run([])
    expect(out).toBe('')
    expect(error).toContain('Usage: hookline')
    expect(code).toBe(2)
  })

  it('says its version', async () => {
    for (const option of ['--version', '-V']) {
      const { code, out } = await run([option])
      expect(out).toMatch(/^hookline \d+\.\d+\.\d+\n$/)
      expect(code).toBe(0)
    }
  })

  it('has help for each command, with every option and examples', async () => {
    for (const argv of [['--help'], ['trace', '--help'], ['save', '--help'], ['help', 'trace']]) {
      const { code, out } = await run(argv)
      expect(out).toContain('Examples:')
      expect(out).not.toMatch(/default: \[\]/)
      expect(code).toBe(0)
    }
  })
})

describe('the excerpt', () => {
  it('shows a part of a long line, and counts wide characters as two', () => {
    const shown = excerpt(`${'x'.repeat(300)}!${'y'.repeat(300)}`, 301).split('\n')
    expect(shown[0]?.length).toBeLessThan(130)
    expect(shown[0]?.[(shown[1] as string).indexOf('^')]).toBe('!')
    expect(excerpt('注释 !', 4)).toBe('  注释 !\n       ^')
    expect(excerpt('\tx', 2)).toBe('  \tx\n  \t^')
  })
})
