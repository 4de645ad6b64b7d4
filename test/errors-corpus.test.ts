import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { extensions } from '../src/host/extensions.ts'
import { UsageError } from '../src/util/errors.ts'
import { restoreRuleset } from '../src/xtables/index.ts'

/** One question to the real tool. See fixtures/errors/README.md. */
interface Question {
  readonly form: 'restore' | 'command'
  readonly family: 'v4' | 'v6'
  readonly table: string
  readonly chains?: readonly string[]
  readonly line: string
  readonly status: number
  readonly stderr: string
}

/** What depends on more than the text: sets and timeout policies of the host, and extensions that hookline keeps unread. */
const DEPENDS_ON_THE_HOST = [/-set nosuch/, /--timeout nosuch/, /-m nosuch$/, /-j NOSUCH$/]

const folder = new URL('../fixtures/errors/', import.meta.url)

function outcome({ family, table, chains = [], line }: Question): unknown {
  const text = [`*${table}`, ...chains, line, 'COMMIT', ''].join('\n')
  try {
    restoreRuleset(text, family === 'v4' ? 4 : 6, extensions(), { strict: true })
    return null
  } catch (error) {
    return error
  }
}

describe('rules are refused where the real tools refuse them', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  it.each(names)('%s', (name) => {
    const questions = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Question[]
    for (const question of questions) {
      const { form, line, status, family } = question
      if (form !== 'restore' || DEPENDS_ON_THE_HOST.some((pattern) => pattern.test(line))) continue
      const error = outcome(question)
      if (error !== null) expect(error, line).toBeInstanceOf(UsageError)
      expect(error === null ? 'accepted' : 'refused', `${family} ${line}`).toBe(status === 0 ? 'accepted' : 'refused')
    }
  })
})
