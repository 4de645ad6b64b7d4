import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { MATCH_TEXTS } from '../../src/cli/explain/texts/matches.ts'
import { TARGET_TEXTS } from '../../src/cli/explain/texts/targets.ts'
import { shellWords } from '../../src/cli/explain/words.ts'
import { matches } from '../../src/matches/index.ts'
import { targets } from '../../src/targets/index.ts'
import { run } from './run.ts'

interface Explanation {
  readonly family: number
  readonly command: string | null
  readonly table: string
  readonly tableAssumed: boolean
  readonly chain: string | null
  readonly rules: readonly string[]
  readonly parts: readonly {
    readonly text: string
    readonly column: number
    readonly kind: string
    readonly extension: string | null
    readonly inverted: boolean
    readonly meaning: Readonly<Record<'en' | 'zh', string>>
  }[]
  readonly condition: Readonly<Record<'en' | 'zh', string>> | null
  readonly effect: Readonly<Record<'en' | 'zh', string>> | null
  readonly after: string | null
}

const schema = JSON.parse(
  readFileSync(new URL('../../schemas/explanation.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>

/** The schema with every object closed: nothing that is printed may be left out of it. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const parts = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]))
  return 'properties' in value ? { ...parts, additionalProperties: false } : parts
}

const isExplanation = new Ajv2020({ allowUnionTypes: true }).compile(closed(schema) as object)

async function explained(...words: string[]): Promise<Explanation> {
  const { code, out, error } = await run(['explain', '-o', 'json', ...words])
  expect(error).toBe('')
  expect(code).toBe(0)
  const value: unknown = JSON.parse(out)
  expect(isExplanation(value), JSON.stringify(isExplanation.errors)).toBe(true)
  return value as Explanation
}

describe('explain -o json', () => {
  it('takes a command apart in the order written', async () => {
    const { family, command, table, chain, parts, rules, after } = await explained(
      'iptables -t nat -A PREROUTING ! -i eth0 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.80:8080',
    )
    expect({ family, command, table, chain, after }).toEqual({
      family: 4,
      command: 'append',
      table: 'nat',
      chain: 'PREROUTING',
      after: 'next table',
    })
    expect(rules).toEqual(['! -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.80:8080'])
    expect(parts.map(({ text, column, kind, extension }) => [text, column, kind, extension])).toEqual([
      ['-t nat', 10, 'table', null],
      ['-A PREROUTING', 17, 'command', null],
      ['! -i eth0', 31, 'condition', null],
      ['-p tcp', 41, 'condition', null],
      ['--dport 80', 48, 'option', 'tcp'],
      ['-j DNAT', 59, 'target', 'DNAT'],
      ['--to-destination 10.0.0.80:8080', 67, 'option', 'DNAT'],
    ])
    expect(parts[2]).toMatchObject({
      inverted: true,
      meaning: { en: 'it is not one that came in by eth0', zh: '不是从 eth0 进入的' },
    })
  })

  const forms: [string[], Partial<Explanation>][] = [
    [['-A INPUT -p udp -j DROP'], { command: 'append', chain: 'INPUT', table: 'filter', after: 'end' }],
    [['-p udp -j ACCEPT'], { command: null, chain: null, after: 'next table' }],
    [['-o eth0 -j MASQUERADE'], { table: 'nat', tableAssumed: true }],
    [['! -s 10.0.0.0/8 -j LOG'], { rules: ['! -s 10.0.0.0/8 -j LOG'], after: 'next rule' }],
    [['-6', '-s 2001:db8::/32 -j DROP'], { family: 6 }],
    [['ip6tables -A INPUT -s 2001:db8::1 -j DROP'], { family: 6, command: 'append' }],
    [
      ['iptables', '-I', 'FORWARD', '3', '-s', '10.0.0.1,10.0.0.2', '-j', 'RETURN'],
      { command: 'insert', after: 'caller' },
    ],
    [
      ['sudo /usr/sbin/iptables-legacy -w -D INPUT 3'],
      { command: 'delete number', rules: [], effect: null, after: null },
    ],
    [['[12:840] -A DOCKER -i eth0 -j DOCKER-ISOLATION'], { chain: 'DOCKER', after: 'chain' }],
    [['-A INPUT -g WEB'], { after: 'chain' }],
    [['-A INPUT -p tcp'], { after: 'next rule' }],
    [['iptables -P FORWARD DROP'], { command: 'policy', chain: 'FORWARD' }],
    [['iptables -nvL'], { command: 'list', chain: null }],
    [['-A PREROUTING -p tcp -j TPROXY --on-port 1'], { table: 'mangle', tableAssumed: true }],
    [['-A PREROUTING -j NOTRACK'], { table: 'raw', tableAssumed: true }],
  ]
  for (const [words, wanted] of forms) {
    it(`takes ${words.join(' ')}`, async () => {
      expect(await explained(...words)).toMatchObject(wanted)
    })
  }

  it('reads quotes as a shell does, and abbreviated and joined forms', async () => {
    const { parts } = await explained(
      `-A INPUT -ieth0 --source=10.0.0.1 -p tcp --destination-p 22 -j LOG --log-prefix "a 'b' "`,
    )
    expect(parts.map(({ text }) => text)).toEqual([
      '-A INPUT',
      '-ieth0',
      '--source=10.0.0.1',
      '-p tcp',
      '--destination-p 22',
      '-j LOG',
      '--log-prefix "a \'b\' "',
    ])
    expect(parts[4]?.meaning.en).toBe('the destination port is 22')
    expect(parts[2]?.meaning.en).toBe('the source address is 10.0.0.1')
  })

  it('says that a condition is missing', async () => {
    const { condition } = await explained('-A INPUT -j DROP')
    expect(condition).toEqual({ en: 'It is for every packet that gets here.', zh: '适用于到达这里的所有数据包。' })
  })
})

describe('explain', () => {
  const rule =
    'iptables -A INPUT -p tcp -m conntrack ! --ctstate NEW -m multiport --dports 22,8000:8010 -j REJECT --reject-with tcp-reset'

  it('says in English what a rule means', async () => {
    const { code, out, error } = await run(['explain', rule])
    expect({ code, error }).toEqual({ code: 0, error: '' })
    const rows = out.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '))
    expect(rows).toContain('! --ctstate NEW | the state of its connection is not NEW (NEW: opens a connection)')
    expect(rows).toContain('--dports 22,8000:8010 | the destination port is 22 or 8000 to 8010')
    expect(rows).toContain(
      'It is for packets of which all of this is true: the protocol is TCP, and the state of its connection is not NEW, and the destination port is 22 or 8000 to 8010.',
    )
    expect(rows).toContain('Then: throws the packet away and tells the sender, by tcp-reset. Its way ends here.')
  })

  it('says it in Chinese, by --lang or the locale', async () => {
    const { out } = await run(['explain', rule, '--lang', 'zh'])
    expect(out).toContain(
      '适用于同时满足以下条件的数据包：协议是 TCP，并且连接状态不是 NEW，并且目的端口是 22 或 8000 到 8010 之一。',
    )
    expect((await run(['explain', rule], { environment: { LANG: 'zh_CN.UTF-8' } })).out).toBe(out)
  })

  it('says where traversal goes on', async () => {
    const ends: Record<string, RegExp> = {
      '-A INPUT -j ACCEPT': /No further rule of table filter is looked at in this hook/,
      '-A INPUT -j DROP': /Its way ends here\./,
      '-A INPUT -j LOG': /The next rule is looked at\./,
      '-A INPUT -j RETURN': /The policy of INPUT decides\./,
      '-A WEB -j RETURN': /The rule behind the jump is looked at next\./,
      '-A INPUT -j WEB': /goes through chain WEB; where that decides nothing the packet comes back here/,
      '-A INPUT -g WEB': /at its end the packet does not come back here/,
      '-A INPUT -j NFQUEUE': /Rules wait for its answer\./,
      '-A INPUT': /It only counts them; the next rule is looked at\./,
    }
    for (const [line, end] of Object.entries(ends)) expect((await run(['explain', line])).out, line).toMatch(end)
  })

  const refused: [string, RegExp, RegExp][] = [
    [
      '-p tcp --dport 80,443 -j ACCEPT',
      /^hookline: invalid port\/service `80,443' specified\n {2}-p tcp --dport 80,443 -j ACCEPT\n {17}\^\nhint: --dport takes one/,
      /try: {2}-p tcp -m multiport --dports 80,443 -j ACCEPT\n$/,
    ],
    [
      'iptables -A INPUT -j DNAT --to-destination 10.0.0.1',
      /hint: DNAT works only in table nat/,
      /try: {2}iptables -t nat -A PREROUTING -j DNAT/,
    ],
    ['iptables -A PREROUTING -j DROP', /hint: table filter has no chain PREROUTING/, /\n$/],
    ['iptables -A INPUT -s 2001:db8::1 -j DROP', /IPv6 address/, /try: {2}ip6tables -A INPUT/],
    ['-A INPUT -j accept', /targets are written in capitals/, /try: {2}-A INPUT -j ACCEPT/],
    ['iptables –A INPUT –j ACCEPT', /typographic dash/, /try: {2}iptables -A INPUT -j ACCEPT/],
    ['iptables -A INPUT -j REJECT --reject-with tcp-reset', /needs -p tcp in its rule/, /-p tcp -j REJECT/],
    ['-A INPUT -m comment --comment "open', /a quote is not closed/, /\n$/],
    ['iptables -h', /asks iptables for its help/, /\n$/],
    ['nft list ruleset', /only commands of iptables/, /\n$/],
    ['', /a rule or a command is missing/, /\n$/],
  ]
  for (const [line, message, end] of refused) {
    it(`refuses ${line} with exit code 2`, async () => {
      const { code, out, error } = await run(['explain', line])
      expect({ code, out }).toEqual({ code: 2, out: '' })
      expect(error).toMatch(message)
      expect(error).toMatch(end)
    })
  }

  it('gives the hints in Chinese as well', async () => {
    const { error } = await run(['explain', '--lang', 'zh', '-A INPUT -j accept'])
    expect(error).toContain('提示：目标要用大写字母：ACCEPT')
    expect(error).toContain('试试：-A INPUT -j ACCEPT')
  })
})

describe('explain on the rules of real hosts', () => {
  for (const [host, file] of [
    ['ufw', 'rules.v4'],
    ['ufw', 'rules.v6'],
    ['shorewall', 'rules.v4'],
    ['fail2ban', 'rules.v4'],
    ['istio', 'rules.v4'],
  ] as const) {
    it(`knows every option of ${host}/${file}`, async () => {
      const text = readFileSync(new URL(`../../fixtures/${host}/${file}`, import.meta.url), 'utf8')
      let table = ''
      let count = 0
      for (const line of text.split('\n')) {
        if (line.startsWith('*')) table = line.slice(1)
        const rule = /^(\[\S*\] )?(-A .*)$/.exec(line)
        if (rule === null) continue
        const family = file === 'rules.v6' ? ['-6'] : []
        const { parts, rules } = await explained(...family, `[0:0] -t ${table} ${rule[2]}`)
        const written = shellWords(`-t ${table} ${rule[2]}`).filter((one) => one.text.startsWith('-'))
        expect(parts.length, line).toBe(written.length)
        expect(parts.filter(({ meaning }) => meaning.en === '' || meaning.zh === '')).toEqual([])
        expect(rules.length).toBe(1)
        count++
      }
      expect(count).toBeGreaterThan(4)
    })
  }
})

describe('the texts', () => {
  it('have every match and target with every option', () => {
    const missing: string[] = []
    for (const { name, kind, options } of [...matches, ...targets]) {
      const texts = kind === 'match' ? MATCH_TEXTS[name] : TARGET_TEXTS[name]
      if (texts === undefined) missing.push(name)
      for (const option of Object.keys(options))
        if (texts?.options[option] === undefined) missing.push(`${name} --${option}`)
    }
    expect(missing).toEqual([])
  })

  it('of one language have the value where those of the other do', () => {
    const odd: string[] = []
    for (const [name, { options }] of [...Object.entries(MATCH_TEXTS), ...Object.entries(TARGET_TEXTS)]) {
      for (const [option, { en, zh }] of Object.entries(options)) {
        if (en.includes('%') !== zh.includes('%') || (option !== 'selctx' && !/[\u4e00-\u9fff]/.test(zh)))
          odd.push(`${name} --${option}`)
      }
    }
    expect(odd).toEqual([])
  })
})
