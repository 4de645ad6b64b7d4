import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { realToolsMissing } from './harness/extension-tester.ts'
import { type Answer, askOurs, askReal, type Call, withoutDates } from './harness/real-tool.ts'

const folder = new URL('../fixtures/commands/', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.json'))

function recorded(name: string): (Call & Answer)[] {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as (Call & Answer)[]
}

/** Each call with what it printed, as a person would read it. */
function shown(calls: readonly Call[], answers: readonly Answer[]): string[] {
  return answers.map(withoutDates).map(({ status, stdout, stderr }, at) => {
    const { program, argv, input } = calls[at] as Call
    return `${at} ${program} ${argv.join(' ')}${input === undefined ? '' : ` <<\n${input}`}\n${stdout}${stderr}[${status}]`
  })
}

describe('sequences of commands print and end as with the real tools', () => {
  it.each(names)('%s', (name) => {
    const calls = recorded(name)
    expect(shown(calls, askOurs(calls))).toEqual(shown(calls, calls))
  })
})

const missing = realToolsMissing()

describe.skipIf(missing !== null)(
  `the recorded answers are those of the tools here${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    it.each(names)('%s', (name) => {
      const calls = recorded(name)
      expect(shown(calls, askReal(calls))).toEqual(shown(calls, calls))
    })
  },
)
