import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { main } from '../main.ts'
import { runXml } from './xml.ts'

const fixtures = fileURLToPath(new URL('../../../fixtures/', import.meta.url))

interface Answer {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function ours(argv: readonly string[], input: Uint8Array): Answer {
  let stdout = ''
  let stderr = ''
  let rest = input
  const status = runXml(argv, {
    out: (text) => {
      stdout += text
    },
    error: (text) => {
      stderr += text
    },
    environment: {},
    isTerminal: false,
    read: () => {
      const all = rest
      rest = new Uint8Array(0)
      return all
    },
  })
  return { status, stdout, stderr }
}

function real(argv: readonly string[], input: Uint8Array): Answer {
  const { status, stdout, stderr } = spawnSync('iptables-xml', [...argv], {
    input,
    env: { ...process.env, LC_ALL: 'C' },
  })
  return { status, stdout: stdout.toString(), stderr: stderr.toString() }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const convert = (text: string, ...argv: string[]): Answer => ours(argv, bytes(text))

/** What stands inside of the chain INPUT when these are its rules, without indentation. */
function rules(text: string, ...argv: string[]): string {
  const { stdout } = convert(`*filter\n:INPUT ACCEPT [0:0]\n:U - [0:0]\n${text}\nCOMMIT\n`, ...argv)
  const start = stdout.indexOf('byte-count="0" >\n') + 'byte-count="0" >\n'.length
  return stdout
    .slice(start, stdout.indexOf('    </chain>'))
    .replace(/^ +|\n$/gm, '')
    .replaceAll('\n\n', '\n')
}

describe('iptables-xml', () => {
  it('prints tables, chains, rules with their conditions and actions', () => {
    const text = `*filter
:INPUT ACCEPT [5:10]
:EMPTY - [0:0]
:U - [0:0]
[3:4] -A INPUT -p tcp -m tcp ! --dport 22 -j U
COMMIT
`
    expect(convert(text)).toEqual({
      status: 0,
      stderr: '',
      stdout: `<iptables-rules version="1.0">
  <table name="filter" >
    <chain name="INPUT" policy="ACCEPT" packet-count="5" byte-count="10" >
      <rule packet-count="3" byte-count="4" >
       <conditions>
        <match >
          <p >tcp</p>
        </match>
        <tcp >
          <dport  invert="1">22</dport>
        </tcp>
       </conditions>
       <actions>
        <call >
          <U />
        </call>
       </actions>

      </rule>

    </chain>
    <chain name="EMPTY" packet-count="0" byte-count="0" />
    <chain name="U" packet-count="0" byte-count="0" />
  </table>
</iptables-rules>
`,
    })
  })

  it('tells targets, chains and the ends of elements apart', () => {
    expect(rules('-A INPUT -g U')).toContain('<goto >\n<U />\n</goto>')
    expect(rules('-A INPUT -g V')).toContain('<V  />')
    expect(rules('-A INPUT -j LOG --log-prefix "a: " --log-tcp-options')).toContain(
      '<LOG >\n<log-prefix >&quot;a: &quot;</log-prefix>\n<log-tcp-options  />\n</LOG>',
    )
    expect(rules('-A INPUT -m tcp --tcp-flags FIN,SYN SYN')).toContain('<tcp-flags >FIN,SYN SYN</tcp-flags>')
    expect(rules('-A INPUT -m comment --comment "é \\"<-j>\\" &" -j U')).toContain(
      '<comment >&quot;&#195;&#169; &quot;&lt;-j&gt;&quot; &amp;&quot;</comment>',
    )
  })

  it('combines rules of the same conditions, up to one behind which nothing is reached', () => {
    const text = '-A INPUT -p udp -j MARK\n-A INPUT -p udp -j ACCEPT\n-A INPUT -p udp -j LOG'
    expect(rules(text, '-c').match(/<rule |Combine|<MARK|<ACCEPT|<LOG/g)).toEqual([
      '<rule ',
      '<MARK',
      'Combine',
      '<ACCEPT',
      '<rule ',
      '<LOG',
    ])
    expect(rules(text)).not.toContain('Combine')
    expect(rules('-A INPUT -j MARK\n-A INPUT -j ACCEPT', '-c')).not.toContain('Combine')
  })

  it('shows the lines with -v, as comments that no dash ends', () => {
    expect(convert('# a -- b\n*x\nCOMMIT\n', '-v').stdout).toBe(
      'xptables-xml\n<iptables-rules version="1.0">\n<!-- # a *- *- b -->\n<!-- line 2 *x -->\n' +
        '  <table name="x" >\n<!-- line 3 COMMIT -->\n  </table>\n</iptables-rules>\n',
    )
  })

  it('refuses in the words of the real one', () => {
    const hint = "Try `iptables-xml -h' or 'iptables-xml --help' for more information.\n"
    expect(convert('x\n')).toMatchObject({ status: 1, stderr: 'iptables-xml: line 1 failed\n' })
    expect(convert('*filter\nfoo\n')).toMatchObject({
      status: 1,
      stderr: 'iptables-xml: line 2 failed - no chain found\n',
    })
    expect(convert('*filter\n')).toMatchObject({ status: 1, stderr: 'iptables-xml: COMMIT expected at line 2\n' })
    expect(convert('*\n')).toMatchObject({
      status: 2,
      stderr: `iptables-xml v1.8.9: iptables-xml: line 1 table name invalid\nError occurred at line: 1\n${hint}`,
    })
    expect(convert('*filter\n[1 -A X\n')).toMatchObject({
      status: 2,
      stderr: `iptables-xml v1.8.9: Bad line 2: need ]\nError occurred at line: 2\n${hint}`,
    })
    expect(convert('', '-x')).toMatchObject({ status: 0, stderr: "iptables-xml: invalid option -- 'x'\n" })
    expect(convert('', '-h').status).toBe(1)
    expect(convert('', 'a', 'b').status).toBe(1)
  })

  it('needs no host', async () => {
    let printed = ''
    const write = (text: string): void => {
      printed += text
    }
    const io = { out: write, error: write, environment: {}, isTerminal: false }
    expect(await main(['iptables-xml', `${fixtures}ufw/rules.v4`], io)).toBe(0)
    expect(printed).toContain('<chain name="ufw-user-input"')
  })
})

const WORDS = [
  ...['-j', '-g', '--jump', '--goto', '-m', '--match', '-p', 'tcp', '!', '-s', '1.2.3.4/32', '-A', 'INPUT', 'U', 'V'],
  ...['ACCEPT', 'DROP', 'RETURN', 'QUEUE', 'LOG', '--dport', '22', '--comment', '"a b"', '"-j"', '"-m"', '"!"', '"-p"'],
  ...['""', '"a\\"b\\\\c"', 'x"y z"w', '<a>', '&', "'q'", '--', '-', 'FIN,SYN', '--tcp-flags', 'é', '\x7f', '"open'],
  ...['\t', '"-A"', 'a:b', ']', '--append'],
]
const CHAINS = ['INPUT', 'U', 'V', 'W', '<x>', 'FORWARD']
const CONDITIONS = ['-p tcp', '-p tcp -m tcp --dport 1', '! -s 1.1.1.1/32', '']
const ACTIONS = [' -j U', ' -j LOG', ' -j ACCEPT', ' -g U', ' -j RETURN', '', ' -j DROP --x y', ' -g V', ' -j U --x']
const COUNTERS = ['[0:0]', '[1:2]', '[-4:0x10]', '[99999999999999999999:18446744073709551615]', '[+5:+6]']
const OTHERS = ['# a -- b --- c', '#', '', 'COMMIT', '*nat', 'COMMIT ', '*', '* x y', ' x', '*a<b', 'COMMIT', '*filter']
const OPTIONS = [
  [],
  ['-c'],
  ['-v'],
  ['-c', '-v'],
  ['--combine'],
  ['-cvv'],
  ['--verb'],
  ['-x'],
  ['--verbose=1', '-c'],
  ['--=x'],
]

/** Texts as iptables-save prints them, and what happens to them in bad hands. */
class Odd {
  private state: number

  constructor(seed: number) {
    this.state = seed
  }

  below(limit: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.state / 2 ** 32) * limit)
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T
  }

  private words(): string {
    return Array.from({ length: this.below(9) }, () => this.pick(WORDS)).join(this.pick([' ', ' ', '  ', '\t']))
  }

  private line(): string {
    const kind = this.below(24)
    if (kind < 10) return `-A ${this.pick(CHAINS)} ${this.pick(CONDITIONS)}${this.pick(ACTIONS)}`
    if (kind < 16) return `-A ${this.pick(CHAINS)} ${this.words()}`
    if (kind === 16) {
      const packets = this.pick(['1', '0', 'a', '', ':', '-5'])
      const bytes = this.pick(['2', '<', ''])
      return `[${packets}${this.pick([':', ':', ''])}${bytes}${this.pick([']', ']', ''])} -A U ${this.words()}`
    }
    if (kind === 17) return this.words()
    if (kind < 22) return `:${this.pick(CHAINS)} ${this.pick(['-', 'ACCEPT', 'DROP'])} ${this.pick(COUNTERS)}`
    return this.pick(OTHERS)
  }

  text(): string {
    const start = this.below(10) > 0 ? '*filter\n' : ''
    const chains = CHAINS.filter(() => this.below(3) > 0).map((name) => `:${name} - [0:0]\n`)
    const lines = Array.from({ length: this.below(12) }, () => this.line())
    return `${start}${chains.join('')}${lines.join('\n')}${this.pick(['\nCOMMIT\n', '\nCOMMIT\n', '\nCOMMIT', ''])}`
  }
}

/** Lines and words as long as they may be, and longer. */
function* longTexts(): Generator<string, void, undefined> {
  for (const length of [1022, 1023, 1024, 1025]) {
    for (const quote of ['', '"']) yield `*filter\n-A I --x ${quote}${'x'.repeat(length)}${quote}\nCOMMIT\n`
  }
  for (const count of [250, 251, 252, 253, 254, 255]) yield `*filter\n-A I${' a'.repeat(count)}\nCOMMIT\n`
  for (const length of [10_225, 10_226, 10_227, 20_000]) yield `*filter\n-A I ${' '.repeat(length)}y -A x\nCOMMIT\n`
  const chains = Array.from({ length: 10_241 }, (_, at) => `:C${at} - [0:0]\n`)
  yield `*filter\n${chains.join('')}COMMIT\n`
  const long = 'a'.repeat(40)
  yield `*${long}\n:${long} ACCEPT [0:0]\n:b${long} - [0:0]\n-A ${long} -j b${long}\n-A ${long} -j ${long}\nCOMMIT\n`
  yield '*filter\n-A I a\0b -j x\nCOMM\0IT\nCOMMIT\n'
}

const isMissing = spawnSync('iptables-xml', ['-h']).error !== undefined

describe.skipIf(isMissing)(`the real iptables-xml${isMissing ? ' (skipped: it is not here)' : ''}`, () => {
  const save = readdirSync(`${fixtures}save`).filter((name) => /\.v[46]$/.test(name))
  const hosts = readdirSync(fixtures, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const files = [
    ...save.map((name) => `save/${name}`),
    ...hosts.flatMap(({ name }) =>
      readdirSync(`${fixtures}${name}`)
        .filter((file) => /^rules\.v[46]$/.test(file))
        .map((file) => `${name}/${file}`),
    ),
  ]

  it('prints the same of the rules of real hosts and of every extension', () => {
    expect(files.length).toBeGreaterThan(50)
    for (const file of files) {
      const text = readFileSync(`${fixtures}${file}`)
      for (const argv of [[], ['-c', '-v']]) expect(ours(argv, text), `${file} ${argv}`).toEqual(real(argv, text))
    }
  })

  it('prints the same of long lines', () => {
    for (const text of longTexts()) {
      const input = Buffer.from(text, 'latin1')
      expect(ours(['-v'], input), text.slice(0, 60)).toEqual(real(['-v'], input))
    }
  })

  it('prints the same of odd texts', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const odd = new Odd(seed)
      // The first numbers of neighbouring seeds are alike.
      for (let round = 0; round < 3; round++) odd.below(2)
      const argv = odd.pick(OPTIONS)
      const input = Buffer.from(odd.text(), odd.pick(['utf8', 'latin1']))
      expect(ours(argv, input), `seed ${seed}: ${argv} ${JSON.stringify(input.toString())}`).toEqual(real(argv, input))
    }
  })

  it('names files that it cannot read', () => {
    for (const argv of [['no such file'], [fixtures], [`${fixtures}README.md/x`], ['-'], ['--', '-c'], ['a', 'b']]) {
      expect(ours(argv, bytes('')), String(argv)).toEqual(real(argv, bytes('')))
    }
  })
})
