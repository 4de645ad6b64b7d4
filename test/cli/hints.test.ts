import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { refusalInChinese } from '../../src/cli/iptables/hints/reasons-zh.ts'
import { runOnStore } from '../../src/cli/iptables/main.ts'
import { PROGRAMS } from '../../src/cli/iptables/programs.ts'
import { memoryStore } from '../../src/cli/iptables/store.ts'
import { HINT_CASES } from './hint-cases.ts'
import { type Run, run } from './run.ts'

const root = mkdtempSync(`${tmpdir()}/hookline-hints-`)
afterAll(() => rmSync(root, { recursive: true }))

let count = 0
/** The name of a new host directory, with rules if any are given. */
function newHost(rules?: string): string {
  const host = mkdtempSync(`${root}/host-`)
  if (rules !== undefined) writeFileSync(`${host}/rules.v4`, rules)
  return host
}

/** Runs a compatible program with hints in a language on a new host. */
function hinted(argv: readonly string[], language: 'en' | 'zh' = 'en', input = '', host = newHost()): Promise<Run> {
  const environment = { HOOKLINE_HOST: host, HOOKLINE_HINTS: '1', HOOKLINE_LANG: language }
  return run(argv, { environment, input })
}

/** The same without hints: what iptables prints. */
function plain(argv: readonly string[], input = '', host = newHost()): Promise<Run> {
  return run(argv, { environment: { HOOKLINE_HOST: host, HOOKLINE_HINTS: '0' }, input, errorIsTerminal: true })
}

const WORDS = { en: { hint: 'hint: ', fix: 'try:  ' }, zh: { hint: '提示：', fix: '试试：' } }

/** The lines that begin with a word, without it. */
function linesOf(text: string, start: string): string[] {
  return text.split('\n').flatMap((line) => (line.startsWith(start) ? [line.slice(start.length)] : []))
}

/** What stands above the caret. */
function pointedAt(text: string): string {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => /^\s+\^$/.test(line))
  const before = (lines[at] as string).length - 1
  let width = 0
  let start = 0
  for (const one of lines[at - 1] as string) {
    if (width >= before) break
    width += /[\u2e80-\uffe6]/.test(one) && !/[\u2010-\u2060]/.test(one) ? 2 : 1
    start += one.length
  }
  return (lines[at - 1] as string).slice(start)
}

for (const [group, cases] of Object.entries(HINT_CASES)) {
  describe(group, () => {
    for (const { line, under, en, zh, fixed } of cases) {
      it(line, async () => {
        const argv = line.split(' ')
        const silent = await plain(argv)
        for (const [language, sentences] of [
          ['en', en],
          ['zh', zh],
        ] as const) {
          const { code, out, error } = await hinted(argv, language)
          expect(code).toBe(silent.code)
          expect(out).toBe(silent.out)
          expect(error.startsWith(silent.error)).toBe(true)
          expect(linesOf(error, WORDS[language].hint)).toEqual(sentences)
          expect(linesOf(error, WORDS[language].fix)).toEqual(fixed)
          expect(pointedAt(error).startsWith(under)).toBe(true)
        }
      })
    }
  })
}

describe('every corrected command', () => {
  it('is taken', () => {
    const refused: string[] = []
    for (const { fixed } of Object.values(HINT_CASES).flat()) {
      const store = memoryStore()
      for (const command of fixed) {
        const words = [...command.matchAll(/'([^']*)'|\S+/g)].map((one) => one[1] ?? one[0])
        const program = PROGRAMS.get(words[0] as string)
        const io = { out: () => undefined, error: () => undefined, environment: {}, isTerminal: false }
        if (program === undefined || runOnStore(program, words.slice(1), io, store) !== 0) refused.push(command)
      }
    }
    expect(refused).toEqual([])
  })
})

describe('reasons of the kernel', () => {
  /** The cases with sentences of their own. */
  const others = /needs `-p|`-p tcp|bits of TCP|cannot be jumped to/

  it('are there in Chinese', () => {
    const untranslated: string[] = []
    let found = 0
    for (const folder of ['matches', 'targets']) {
      const directory = new URL(`../../src/${folder}/`, import.meta.url)
      for (const file of readdirSync(directory).filter((name) => !name.endsWith('.test.ts'))) {
        const code = readFileSync(new URL(file, directory), 'utf8')
        const name = file.replace(/(-\w+)?\.ts$/, '')
        const thrown = code.matchAll(/new UsageError\((?:'([^']*)'|`([^`]*)`|"([^"]*)"), \{\s*errno/g)
        const refused = code.matchAll(/\brefuse\((?:'([^']*)'|`([^`]*)`)/g)
        const reasons = [
          ...[...thrown].map((one) => one[1] ?? one[2] ?? one[3] ?? ''),
          ...[...refused].map((one) => `${name}: ${one[1] ?? one[2] ?? ''}`),
        ]
        for (const reason of reasons.filter((one) => !/\$\{reason\}/.test(one) && !others.test(one))) {
          found++
          const sample = reason.replace(/\$\{[^}]*\}/g, '7')
          if (!/[\u4e00-\u9fff]/.test(refusalInChinese(sample))) untranslated.push(`${file}: ${sample}`)
        }
      }
    }
    expect(untranslated).toEqual([])
    expect(found).toBeGreaterThan(25)
  })
})

describe('hints', () => {
  const wrong = ['iptables', '-A', 'INPUT', '-j', 'accept']
  const started = (environment: Record<string, string>, errorIsTerminal = false): Promise<Run> =>
    run(wrong, { environment: { HOOKLINE_HOST: newHost(), ...environment }, errorIsTerminal })

  it('are for terminals, or for HOOKLINE_HINTS=1, and never for 0', async () => {
    expect((await started({})).error).not.toContain('hint:')
    expect((await started({}, true)).error).toContain('hint:')
    expect((await started({ HOOKLINE_HINTS: '1' })).error).toContain('hint:')
    expect((await started({ HOOKLINE_HINTS: '0' }, true)).error).not.toContain('hint:')
  })

  it('speak the language of the locale', async () => {
    expect((await started({ LANG: 'zh_CN.UTF-8', HOOKLINE_HINTS: '1' })).error).toContain('提示：')
    expect((await started({ LANG: 'zh_CN.UTF-8', LC_ALL: 'C', HOOKLINE_HINTS: '1' })).error).toContain('hint: ')
  })

  it('say nothing where a command is as it should be', async () => {
    const host = newHost()
    for (const command of [
      '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A INPUT -p tcp --dport 22 -m comment --comment “quoted” -j ACCEPT',
      '-A INPUT -m recent --name seen --set',
      '-A INPUT -j DROP',
      '-L',
      '-S',
      '-t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080',
    ]) {
      expect(await hinted(['iptables', ...command.split(' ')], 'en', '', host)).toMatchObject({ code: 0, error: '' })
    }
  })

  it('change nothing of the rules', async () => {
    const host = newHost()
    await hinted(['iptables', '-A', 'INPUT', '-j', 'ACCEPT'], 'en', '', host)
    const before = readFileSync(`${host}/rules.v4`, 'utf8')
    await hinted(['iptables', '-A', 'INPUT', '-j', 'drop'], 'en', '', host)
    await hinted(['iptables', '-A', 'WEB', '-j', 'DROP'], 'en', '', host)
    expect(readFileSync(`${host}/rules.v4`, 'utf8')).toBe(before)
  })

  it('show a command as a shell takes it', async () => {
    const { error } = await hinted(['iptables', '-A', 'INPUT', '-m', 'comment', '--comment', "it's $5", '-j', 'accept'])
    expect(error).toContain(`  iptables -A INPUT -m comment --comment 'it'\\''s $5' -j accept\n`)
  })
})

describe('a rule that no packet reaches', () => {
  async function appended(rules: readonly string[], command: string, language: 'en' | 'zh' = 'en'): Promise<string> {
    const host = newHost()
    for (const rule of rules) expect((await plain(['iptables', ...rule.split(' ')], '', host)).code).toBe(0)
    const { code, error } = await hinted(['iptables', ...command.split(' ')], language, '', host)
    expect(code).toBe(0)
    return error
  }

  it('is named with the rule before it, and how to put it there', async () => {
    const rules = ['-A INPUT -p tcp --dport 22 -j ACCEPT', '-A INPUT -j DROP']
    const command = '-A INPUT -p tcp --dport 80 -j ACCEPT'
    const error = await appended(rules, command)
    expect(linesOf(error, 'hint: ')).toEqual(['no packet gets here: rule 2 of INPUT decides before it (-j DROP)'])
    expect(linesOf(error, 'try:  ')).toEqual(['iptables -D INPUT 3', 'iptables -I INPUT 2 -p tcp --dport 80 -j ACCEPT'])
    expect(linesOf(await appended(rules, command, 'zh'), '提示：')).toEqual([
      '没有数据包能到这里：INPUT 链的第 2 条规则已先作出决定（-j DROP）',
    ])
  })

  it('may be behind a wider one', async () => {
    for (const [before, later] of [
      ['-s 10.0.0.0/8 -j DROP', '-s 10.1.0.0/16 -p tcp -j ACCEPT'],
      ['! -s 10.0.0.0/16 -j DROP', '! -s 10.0.0.0/8 -j ACCEPT'],
      ['-i eth+ -j ACCEPT', '-i eth0 -p udp -j DROP'],
      ['-p tcp --dport 1:1024 -j REJECT', '-p tcp --dport 22 -j ACCEPT'],
      ['-m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT', '-m conntrack --ctstate NEW -s 10.0.0.1 -j DROP'],
      ['-m comment --comment all -j RETURN', '-p udp -j ACCEPT'],
    ]) {
      expect(await appended([`-A INPUT ${before}`], `-A INPUT ${later}`), `${before} | ${later}`).toContain(
        'no packet gets here',
      )
    }
  })

  it('is not said of rules that see packets', async () => {
    for (const [before, later] of [
      ['-s 10.1.0.0/16 -j DROP', '-s 10.0.0.0/8 -j ACCEPT'],
      ['! -s 10.0.0.0/8 -j DROP', '! -s 10.0.0.0/16 -j ACCEPT'],
      ['-p tcp -j ACCEPT', '-p udp -j ACCEPT'],
      ['! -p tcp -j ACCEPT', '-p tcp -j ACCEPT'],
      ['-i eth0 -j ACCEPT', '-i eth+ -j ACCEPT'],
      ['-j LOG', '-p udp -j ACCEPT'],
      ['-m limit --limit 1/s -j DROP', '-p udp -m limit --limit 1/s -j ACCEPT'],
      ['-p tcp --dport 22 -j ACCEPT', '-p tcp --dport 1:1024 -j ACCEPT'],
      ['-p tcp ! --dport 22 -j ACCEPT', '-p tcp --dport 22 -j ACCEPT'],
      ['-m conntrack --ctstate NEW -j ACCEPT', '-m conntrack --ctstate NEW,RELATED -j ACCEPT'],
      ['-m mark --mark 1 -j ACCEPT', '-m mark --mark 2 -j ACCEPT'],
    ]) {
      expect(await appended([`-A INPUT ${before}`], `-A INPUT ${later}`), `${before} | ${later}`).toBe('')
    }
  })

  it('may be there already', async () => {
    const error = await appended(['-A INPUT -p tcp -j ACCEPT'], '-A INPUT -p tcp -j ACCEPT')
    expect(error).toContain('hint: the same rule is there already, as number 1 of INPUT')
  })

  it('is not one that was inserted first', async () => {
    expect(await appended(['-A INPUT -j DROP'], '-I INPUT -p tcp -j ACCEPT')).toBe('')
  })
})

describe('iptables-restore', () => {
  const text = (...lines: string[]): string => `*filter\n:INPUT ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`

  it('shows the line of the file, with the caret where the word stands', async () => {
    const { code, error } = await hinted(['iptables-restore'], 'en', text('-A INPUT   -p tcp --dport 80,443 -j ACCEPT'))
    expect(code).toBe(2)
    expect(error).toContain('Error occurred at line: 3\n')
    expect(error).toContain(
      '  -A INPUT   -p tcp --dport 80,443 -j ACCEPT\n                            ^\nhint: --dport takes one port',
    )
    expect(linesOf(error, 'try:  ')).toEqual(['-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT'])
  })

  it('does so for what the kernel refuses at COMMIT', async () => {
    const lines = text('-A INPUT -j REJECT --reject-with tcp-reset', '-A INPUT -j DROP')
    const plainly = await plain(['iptables-restore'], lines)
    for (const [language, sentence] of [
      ['en', 'hint: --reject-with tcp-reset needs -p tcp in its rule'],
      ['zh', '提示：--reject-with tcp-reset 需要规则中有 -p tcp'],
    ] as const) {
      const { code, error } = await hinted(['iptables-restore'], language, lines)
      expect(code).toBe(1)
      expect(error.startsWith(plainly.error)).toBe(true)
      expect(error).toContain('iptables-restore: line 5 failed\n  -A INPUT -j REJECT --reject-with tcp-reset\n')
      expect(error).toContain(sentence)
    }
  })

  it('knows the chains of the lines before', async () => {
    const lines = text(':WEB-IN - [0:0]', '-A INPUT -j WEB-INN')
    const { error } = await hinted(['iptables-restore'], 'en', lines)
    expect(error).toContain('hint: did you mean WEB-IN?')
    expect(linesOf(error, 'try:  ')).toEqual(['-A INPUT -j WEB-IN'])
  })

  it('tells a misspelt table', async () => {
    const { error } = await hinted(['iptables-restore'], 'zh', '*fliter\nCOMMIT\n')
    expect(error).toContain('提示：没有 fliter 表；是不是想写 filter？')
    expect(linesOf(error, '试试：')).toEqual(['*filter'])
  })

  it('tells a target of another table without moving the line', async () => {
    const { error } = await hinted(['iptables-restore'], 'en', text('-A INPUT -j MASQUERADE'))
    expect(error).toContain('hint: MASQUERADE works only in table nat')
    expect(linesOf(error, 'try:  ')).toEqual([])
  })

  it('remarks on rules that it takes, three at most', async () => {
    const rules = ['-A INPUT -j DROP', ...[1, 2, 3, 4, 5].map((port) => `-A INPUT -p tcp --dport ${port} -j ACCEPT`)]
    const { code, error } = await hinted(['iptables-restore'], 'en', text(...rules))
    expect(code).toBe(0)
    expect(linesOf(error, 'hint: ')).toEqual([
      ...[1, 2, 3].map(() => 'no packet gets here: rule 1 of INPUT (line 3) decides before it (-j DROP)'),
      '2 more like these',
    ])
  })

  it('reads files, too', async () => {
    const file = `${root}/rules-${count++}`
    writeFileSync(file, text('-A INPUT -j accept'))
    expect((await hinted(['iptables-restore', file])).error).toContain('hint: targets are written in capitals: ACCEPT')
  })

  it('says nothing of the rules of real hosts that are as they should be', async () => {
    for (const host of ['ufw', 'docker', 'kube-proxy']) {
      const rules = readFileSync(new URL(`../../fixtures/${host}/rules.v4`, import.meta.url), 'utf8')
      expect(await hinted(['iptables-restore'], 'en', rules)).toMatchObject({ code: 0, error: '' })
    }
  })
})
