import { addressCases } from './addresses.ts'
import { chainCases } from './chains.ts'
import { characterCases } from './characters.ts'
import { inversionCases } from './inversion.ts'
import { kernelCases } from './kernel.ts'
import { listCases } from './lists.ts'
import { nameCases } from './names.ts'
import { natCases } from './nat.ts'
import { optionCases } from './options.ts'
import { portCases } from './ports.ts'
import { strayWordCases } from './stray-words.ts'
import type { Attempt, Case, Hint } from './types.ts'
import { valueCases } from './values.ts'

/** All kinds of mistakes, what explains most first: one with typographic dashes is not looked at as an unknown option. */
const CASES: readonly Case[] = [
  ...characterCases,
  ...inversionCases,
  ...listCases,
  ...portCases,
  ...addressCases,
  ...natCases,
  ...nameCases,
  ...optionCases,
  ...strayWordCases,
  ...chainCases,
  ...kernelCases,
  ...valueCases,
]

/** What was probably meant by a command that failed; null for no idea. */
export function hintFor(attempt: Attempt): Hint | null {
  for (const { says, hint } of CASES) {
    const parts = says.exec(attempt.message)
    const found = parts === null ? null : hint(attempt, parts)
    if (found !== null) return found
  }
  return null
}
