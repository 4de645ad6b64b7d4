import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assumptionOf } from '../../src/cli/trace/assumptions.ts'
import { reasonInChinese } from '../../src/cli/trace/reasons-zh.ts'
import { run } from './run.ts'

const root = new URL('../../', import.meta.url).pathname
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8')

/** The sentences in a source file: string literals of several words, outside of comments and calls of `invariant`. */
function sentencesIn(file: string): string[] {
  const code = read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^import .*$/gm, '')
    .replace(/invariant\(.*\)$/gm, '')
  const literals = [...code.matchAll(/'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`/g)].map((one) => one[1] ?? one[2] ?? '')
  return literals.filter((text) => /^[A-Za-z$][^:|<>]* [a-z]{3,}/.test(text) && !NO_REASONS.includes(text))
}

/** Words of the code itself. */
const NO_REASONS = ['in window', 'a segment without flags']

const protocols = readdirSync(`${root}src/conntrack/protocols`).filter((name) => !name.endsWith('.test.ts'))

/** Where the stack and connection tracking say why. */
const FILES_WITH_REASONS = [
  ...['path', 'ipv4-input', 'ipv6-input', 'reassembler'].map((name) => `src/host/${name}.ts`),
  'src/route/routing4.ts',
  'src/conntrack/conntrack.ts',
  'src/conntrack/icmp-error.ts',
  ...protocols.map((name) => `src/conntrack/protocols/${name}`),
]

/** Values for the holes of templates. */
const filled = (template: string): string =>
  template
    .replace(/\$\{nameOf[^}]*\}/g, 'SYN,ACK')
    .replace(/\$\{side[^}]*\}/g, 'client')
    .replace(/\$\{from\}(?=$)/g, 'ESTABLISHED')
    .replace(/\$\{[^}]*\}/g, '7')

describe('Chinese', () => {
  for (const file of FILES_WITH_REASONS) {
    it(`has every reason of ${file}`, () => {
      const untranslated = sentencesIn(file)
        .map(filled)
        .filter((reason) => !/[\u4e00-\u9fff]/.test(reasonInChinese(reason)))
      expect(untranslated).toEqual([])
    })
  }

  it('has every assumption of the host', () => {
    const sentences = ['src/host/config.ts', 'src/host/rule-environment.ts'].flatMap((file) => {
      const calls = read(file).matchAll(/(?:assumptions\.push\(|kind: 'assumption', text: )(?:'([^']*)'|`([^`]*)`)/g)
      return [...calls].map((one) => one[1] ?? one[2] ?? '')
    })
    expect(sentences.length).toBeGreaterThan(4)
    const samples = sentences.map((one) =>
      one
        .replace(/\$\{file\}/, 'rules.v4')
        .replace(/\$\{family\}/, '4')
        .replace(/\$\{[^}]*\}/g, '-m x'),
    )
    expect(samples.filter((one) => assumptionOf(one).zh === one)).toEqual([])
  })

  it('is chosen by --lang, HOOKLINE_LANG and the locale, in this order', async () => {
    const trace = ['trace', '--host', 'fixtures/ufw', '--in', 'eth0', 'udp 192.0.2.7:1 > 192.0.2.10:9']
    const started = async (more: string[], environment: Record<string, string>): Promise<string> =>
      (await run([...trace, ...more], { environment })).out.slice(0, 6)
    expect(await started([], {})).toBe('Packet')
    expect(await started([], { LANG: 'zh_CN.UTF-8' })).toMatch(/^数据包/)
    expect(await started([], { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' })).toBe('Packet')
    expect(await started([], { LC_ALL: 'C', HOOKLINE_LANG: 'zh' })).toMatch(/^数据包/)
    expect(await started(['--lang', 'en'], { HOOKLINE_LANG: 'zh' })).toBe('Packet')
  })

  it('leaves rules, packets and the last line as they are', async () => {
    const trace = ['trace', '--host', 'fixtures/docker-ufw', '--in', 'eth0']
    const packet = 'tcp 203.0.113.9:51000 > 192.0.2.10:8080 [S]'
    const english = (await run([...trace, packet])).out.split('\n')
    const chinese = (await run([...trace, packet, '--lang', 'zh'])).out.split('\n')
    expect(chinese).toHaveLength(english.length)
    expect(chinese.at(-2)).toBe(english.at(-2))
    expect(chinese.join('\n')).toContain('DOCKER:3  ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT')
  })

  it('has no English words left in a trace', async () => {
    const traces = [
      [
        '--host',
        'fixtures/docker-ufw',
        '--in',
        'eth0',
        'tcp 203.0.113.9:51000 > 192.0.2.10:8080 [S]',
        '--then',
        'reply',
      ],
      ['--host', 'fixtures/shorewall', '--in', 'eth0', 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [FS]'],
      ['--host', 'fixtures/ufw', '--in', 'eth0', 'tcp 203.0.113.9:51000 > 198.51.100.1:22 [S]'],
      ['--host', 'fixtures/fail2ban', '--in', 'eth0', 'tcp [2001:db8:f::bad]:51000 > [2001:db8::10]:22 [S]', '--all'],
      ['--host', 'fixtures/fail2ban', '--in', 'eth0', 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]'],
      ['--host', 'fixtures/istio', '--local', 'tcp 192.0.2.10:51000 > 203.0.113.9:80 [S]'],
      ['--host', 'fixtures/istio', '--local', 'tcp 192.0.2.10:51000 > 255.255.255.255:80 [S]'],
      ['-r', 'fixtures/kube-proxy/rules.v4', '--in', 'eth0', 'tcp 10.0.0.5:40000 > 10.96.0.20:80 [R]'],
    ]
    for (const trace of traces) {
      const { out, error } = await run(['trace', ...trace, '--lang', 'zh'])
      const prose = `${out}${error}`
        .split('\n')
        .filter(
          (line) => !line.startsWith('Final verdict:') && !/^\s*\S+:\d+ {2}/.test(line) && !line.includes('日志：'),
        )
      const english = /\b(the|is|no|of|by|and|to|matched|rule|packet|routing|leaves|has)\b/
      expect(prose.filter((line) => english.test(line))).toEqual([])
    }
  })
})
