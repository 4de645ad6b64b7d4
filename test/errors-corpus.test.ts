import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { memoryStore } from '../src/cli/iptables/store.ts'
import { tokenize } from '../src/xtables/index.ts'
import { askOurs, type Call } from './harness/real-tool.ts'

/** One question to the real tool. See fixtures/errors/README.md. */
interface Question {
  readonly form: 'restore' | 'command'
  readonly family: 'v4' | 'v6'
  readonly table: string
  readonly chains?: readonly string[]
  readonly sets?: readonly string[]
  readonly line: string
  readonly status: number
  readonly stderr: string
  readonly stdout?: string
}

/** What depends on more than the text: sets and timeout policies of the host, whether there is a name server. */
const DEPENDS_ON_THE_HOST = [/-set nosuch/, /--timeout nosuch/, /--(to|on-ip) foo$/]

const folder = new URL('../fixtures/errors/', import.meta.url)

/** The same question to our programs; chains exist before a command. */
function answer({ form, family, table, chains = [], sets = [], line }: Question): string {
  const tool = family === 'v4' ? 'iptables' : 'ip6tables'
  const words = tokenize(line, true).map(({ text }) => text)
  const before = [`*${table}`, ...chains, 'COMMIT', ''].join('\n')
  const calls: Call[] =
    form === 'restore'
      ? [{ program: `${tool}-restore`, argv: [], input: [`*${table}`, ...chains, line, 'COMMIT', ''].join('\n') }]
      : [
          { program: `${tool}-restore`, argv: [], input: before },
          { program: tool, argv: ['-t', table, ...words] },
        ]
  const { status, stdout, stderr } = askOurs(calls, memoryStore({}, `${sets.join('\n')}\n`)).at(-1) as ReturnType<
    typeof askOurs
  >[number]
  return `${form} ${family} ${line}\n${stdout}${stderr}[${status}]`
}

describe('wrong rules are refused in the words of the real tools', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  it.each(names)('%s', (name) => {
    const questions = (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Question[]).filter(
      ({ line }) => !DEPENDS_ON_THE_HOST.some((pattern) => pattern.test(line)),
    )
    const wanted = questions.map(
      ({ form, family, line, stdout = '', stderr, status }) =>
        `${form} ${family} ${line}\n${stdout}${stderr}[${status}]`,
    )
    expect(questions.map(answer)).toEqual(wanted)
  })
})
