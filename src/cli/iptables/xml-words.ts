/** A word of a rule; quoted ones are never taken for options. */
export interface XmlWord {
  readonly text: string
  readonly quoted: boolean
}

/** The most words of a line. */
const MOST_WORDS = 254

/** The most bytes of a word. */
const LONGEST_WORD = 1023

/**
 * Splits a rule as iptables-xml does: a quote ends the word at its end but not at its beginning, a backslash inside
 * of quotes keeps the next character, and a word that the text ends in counts as not quoted. Gives the problem as a
 * string where a limit is passed.
 *
 * Source: libxtables, as asked of iptables-xml 1.8.9.
 */
export function splitWords(text: string): XmlWord[] | string {
  const words: XmlWord[] = []
  let word = ''
  let isOpen = false
  let quoted = false
  let isEscaped = false
  for (const character of text) {
    let ends = false
    if (isOpen) {
      if (isEscaped) {
        word += character
        isEscaped = false
      } else if (character === '\\') isEscaped = true
      else if (character === '"') {
        isOpen = false
        ends = true
      } else word += character
    } else if (character === '"') {
      isOpen = true
      quoted = true
    } else if (/[ \t\n]/.test(character)) ends = word !== ''
    else word += character
    if (word.length > LONGEST_WORD) return 'Parameter too long!'
    if (!ends) continue
    words.push({ text: word, quoted })
    if (words.length > MOST_WORDS) return 'Parser cannot handle more arguments'
    word = ''
    quoted = false
  }
  if (word !== '') words.push({ text: word, quoted: false })
  return words.length > MOST_WORDS ? 'Parser cannot handle more arguments' : words
}

/** The parts of a line of a chain or with counters, cut out as strtok(3) cuts: what it cuts at is gone. */
export class Cutter {
  private text: string
  private at: number

  constructor(text: string, at: number) {
    this.text = text
    this.at = at
  }

  /** The next part that ends before one of these characters; undefined at the end. */
  next(ends: string): string | undefined {
    const { text } = this
    while (this.at < text.length && ends.includes(text[this.at] as string)) this.at++
    if (this.at >= text.length) return undefined
    const start = this.at
    while (this.at < text.length && !ends.includes(text[this.at] as string)) this.at++
    const part = text.slice(start, this.at)
    if (this.at < text.length) {
      this.text = `${text.slice(0, this.at)}\0${text.slice(this.at + 1)}`
      this.at++
    }
    return part
  }

  /** What stands from there up to the next cut. */
  from(start: number): string {
    const end = this.text.indexOf('\0', start)
    return this.text.slice(start, end < 0 ? undefined : end)
  }
}

const LARGEST = (1n << 64n) - 1n

/** A number as sscanf(3) reads it with `%llu`, printed as signed; null where there is none. */
function scanNumber(text: string): { text: string; rest: string } | null {
  const match = /^[ \t\n\v\f\r]*([+-]?)(\d+)/.exec(text)
  if (match === null) return null
  const magnitude = BigInt(match[2] as string)
  const value = magnitude > LARGEST ? LARGEST : match[1] === '-' ? -magnitude : magnitude
  return { text: BigInt.asIntN(64, value).toString(), rest: text.slice(match[0].length) }
}

/** Reads `[packets:bytes]`, as far as it goes; what is missing is 0, where the real program prints what memory holds. */
export function scanCounters(text: string | undefined): readonly [packets: string, bytes: string] {
  const packets = text?.startsWith('[') ? scanNumber(text.slice(1)) : null
  const bytes = packets?.rest.startsWith(':') ? scanNumber(packets.rest.slice(1)) : null
  return [packets?.text ?? '0', bytes?.text ?? '0']
}
