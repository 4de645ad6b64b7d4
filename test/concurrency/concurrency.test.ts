import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../scripts/bundle.mjs'
import { extensions } from '../../src/host/extensions.ts'
import { Random } from '../../src/util/random.ts'
import { readTables } from '../../src/xtables/index.ts'

const root = join(import.meta.dirname, '../..')
const program = join(root, 'dist/.concurrency')
const folder = mkdtempSync(join(tmpdir(), 'hookline-writers-'))

interface Writer {
  readonly child: ChildProcess
  /** The sources of the rules it was told are there, in order. */
  readonly taken: string[]
  readonly ended: Promise<unknown>
}

function startWriter(host: string, name: number, commands: number): Writer {
  const argv = [
    join(import.meta.dirname, 'writer.cjs'),
    join(program, 'hookline.cjs'),
    host,
    String(name),
    String(commands),
  ]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  let problem = ''
  const taken: string[] = []
  child.stdout?.on('data', (data) => {
    text += data
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    taken.push(...lines)
  })
  child.stderr?.on('data', (data) => {
    problem += data
  })
  const ended = once(child, 'close').then(() => expect(problem).toBe(''))
  return { child, taken, ended }
}

/** The sources of the host's rules in order; reading them checks the whole file. */
function sourcesOf(host: string): string[] {
  const tables = readTables(readFileSync(join(host, 'rules.v4'), 'utf8'), 4, extensions(), { strict: true })
  return (tables.get('filter')?.chains.get('INPUT')?.rules ?? []).map(({ text }) => /-s (\S+)/.exec(text)?.[1] ?? '')
}

describe('writers on one host directory', () => {
  beforeAll(() => bundle(program))
  afterAll(() => {
    for (const one of [folder, program]) rmSync(one, { recursive: true, force: true })
  })

  it('64 of them with 50 commands each lose no rule', { timeout: 300_000 }, async () => {
    const host = join(folder, 'all')
    const writers = Array.from({ length: 64 }, (_, name) => startWriter(host, name, 50))
    await Promise.all(writers.map(({ ended }) => ended))
    const found = sourcesOf(host)
    expect(found.length).toBe(64 * 50)
    // Each writer's rules are there once, in its order.
    for (const [name, { taken }] of writers.entries()) {
      expect(taken.length).toBe(50)
      expect(found.filter((source) => source.startsWith(`10.${name}.`))).toEqual(taken)
    }
  })

  it('lose none that was taken when some are killed, and leave no lock', { timeout: 300_000 }, async () => {
    const host = join(folder, 'killed')
    const random = new Random('killed writers')
    const writers = Array.from({ length: 24 }, (_, name) => startWriter(host, name, 60))
    const victims = writers.filter((_, name) => name % 2 === 0)
    let torn = 0
    for (const { child, taken } of victims) {
      // Killed somewhere in its work: after a random number of commands.
      const after = 1 + (random.next() % 20)
      while (taken.length < after && child.exitCode === null)
        await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
      child.kill('SIGKILL')
      if (sourcesOf(host).length === 0) torn++
    }
    await Promise.all(writers.map(({ ended }) => ended))
    expect(torn).toBe(0)
    const found = sourcesOf(host)
    for (const [name, { taken }] of writers.entries()) {
      const own = found.filter((source) => source.startsWith(`10.${name}.`))
      // One may have been written without a word about it.
      expect(own.slice(0, taken.length)).toEqual(taken)
      expect(own.length - taken.length).toBeLessThanOrEqual(name % 2 === 0 ? 1 : 0)
      if (name % 2 !== 0) expect(taken.length).toBe(60)
    }
    const after = startWriter(host, 99, 1)
    await after.ended
    expect(after.taken).toEqual(['10.99.0.0/32'])
    expect(readdirSync(host).filter((file) => file === '.hookline.lock')).toEqual([])
  })
})
