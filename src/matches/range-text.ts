import type { Given, NumberRange } from '../xtables/index.ts'

/**
 * A range as `iptables -L` prints it: `spi:5`, `spis:!1:5`; empty where it is absent, or holds all of 0..`max` and is
 * not inverted. Source: print_spis() in iptables 1.8.9 libxt_esp.c, which others repeat.
 */
export function rangeText(name: string, given: Given<NumberRange> | undefined, max = 0xffffffff): string {
  if (given === undefined) return ''
  const { from, to } = given.value
  if (from === 0 && to === max && !given.inverted) return ''
  const not = given.inverted ? '!' : ''
  return from === to ? `${name}:${not}${from}` : `${name}s:${not}${from}:${to}`
}

/** The words with a space before each; what is empty is left out. */
export function spaced(...words: readonly string[]): string {
  return words.map((word) => (word === '' ? '' : ` ${word}`)).join('')
}
