import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { extensions } from '../../src/host/extensions.ts'
import { UsageError } from '../../src/util/errors.ts'
import { Random } from '../../src/util/random.ts'
import { restoreRuleset, saveRuleset } from '../../src/xtables/index.ts'

const INPUTS = 100_000
const SEED = Number(process.env.HOOKLINE_SEED ?? 20260101)
const FIXTURES = resolve(import.meta.dirname, '../../fixtures')

/** Lines of real rule files to mutate. */
function realLines(): string[] {
  const corpus = join(FIXTURES, 'save')
  const files = readdirSync(corpus).filter((name) => /\.(in|v4|v6)$/.test(name))
  const lines = files.flatMap((name) => readFileSync(join(corpus, name), 'utf8').split('\n'))
  return [...new Set(lines)].filter((line) => line !== '')
}

const PIECES = [
  '!',
  '-j',
  '-g',
  '-m',
  '-p',
  'tcp',
  '-s',
  '0/0',
  '::/0',
  '--',
  '-',
  '"',
  '\\',
  '[1:2]',
  '-A INPUT',
  '*nat',
  'COMMIT',
  ':x - [0:0]',
  '-c',
  '1,2',
  '4294967296',
  '0x',
  '999999999999999999999',
  '\u0000',
  '链',
  '\r',
  '\t',
  '-I',
  '-A',
  '--dport',
  ':',
  ',',
]

function mutate(line: string, random: Random): string {
  const words = line.split(' ')
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(words.length + 1)
    switch (random.below(6)) {
      case 0:
        words.splice(at, 1)
        break
      case 1:
        words.splice(at, 0, random.pick(PIECES))
        break
      case 2:
        words[at] = random.pick(PIECES)
        break
      case 3:
        words.splice(at, 0, words[random.below(words.length + 1)] ?? '')
        break
      case 4: {
        const word = words[at] ?? ''
        const cut = random.below(word.length + 1)
        words[at] = word.slice(0, cut) + String.fromCharCode(random.below(256)) + word.slice(cut + 1)
        break
      }
      default:
        words[at] = (words[at] ?? '').slice(0, random.below(8))
    }
  }
  return words.join(' ')
}

describe('any text as a ruleset', () => {
  it(`is read or refused with a place, never more: ${INPUTS} inputs, seed ${SEED} (HOOKLINE_SEED)`, () => {
    const random = new Random(SEED)
    const lines = realLines()
    const registry = extensions()
    let read = 0
    let refused = 0
    for (let input = 0; input < INPUTS; input++) {
      const table = random.pick(['filter', 'nat', 'mangle', 'raw', 'security'])
      const body = Array.from({ length: 1 + random.below(3) }, () => mutate(random.pick(lines), random))
      const text = random.below(20) === 0 ? body.join('\n') : `*${table}\n:x - [0:0]\n${body.join('\n')}\nCOMMIT\n`
      const family = random.below(2) === 0 ? 4 : 6
      try {
        const saved = saveRuleset(restoreRuleset(text, family, registry))
        // What was accepted is accepted again and saved as the same text.
        expect(saveRuleset(restoreRuleset(saved, family, registry)), JSON.stringify(text)).toBe(saved)
        read++
      } catch (error) {
        if (!(error instanceof UsageError))
          throw new Error(`seed ${SEED}, input ${input}: ${JSON.stringify(text)}`, { cause: error })
        expect(error.place?.line, error.message).toBeGreaterThan(0)
        expect(error.message.length).toBeLessThan(1000)
        refused++
      }
    }
    expect(read).toBeGreaterThan(INPUTS / 100)
    expect(refused).toBeGreaterThan(INPUTS / 100)
  }, 120_000)
})
