import { Cutter, scanCounters, splitWords, type XmlWord } from './xml-words.ts'

/** Why a text is refused. */
export interface XmlProblem {
  readonly text: string
  /** Whether it is a "parameter problem" of libxtables, which exits with 2 and a hint. */
  readonly isParameter: boolean
  /** From 1. */
  readonly line: number
}

/** Options of the conversion. */
export interface XmlOptions {
  /** Rules with the same conditions become one with several actions. */
  readonly combine: boolean
  /** Each line is a comment before what becomes of it. */
  readonly verbose: boolean
}

interface DeclaredChain {
  readonly name: string
  readonly policy: string
  readonly counters: readonly [packets: string, bytes: string]
  isPrinted: boolean
}

/** Bytes of a line; a longer one is read as several. */
const LONGEST_LINE = 10239

/** Bytes of the name of the open table or chain; more are cut off. */
const LONGEST_NAME = 32

const MOST_CHAINS = 10240

/** Targets behind which no further action can be reached. */
const FINAL = ['ACCEPT', 'DROP', 'QUEUE', 'RETURN']

/**
 * One run of iptables-xml over a text in which each character is one byte; `print` gets the same. The conversion is
 * mechanical: it knows no option of any extension, and what of odd lines becomes of is no XML is as the real
 * program has it.
 *
 * Source: iptables-xml(1), and the answers of iptables-xml 1.8.9.
 */
export class XmlConversion {
  private readonly options: XmlOptions
  private readonly print: (text: string) => void
  private table = ''
  private chain = ''
  private chains: DeclaredChain[] = []
  /** What closes the open rule. */
  private pending = ''
  private last: readonly XmlWord[] = []
  private line = 0

  constructor(options: XmlOptions, print: (text: string) => void) {
    this.options = options
    this.print = print
  }

  /** Null where all went well. */
  run(text: string): XmlProblem | null {
    this.print('<iptables-rules version="1.0">\n')
    for (const line of linesOf(text)) {
      this.line++
      const problem = this.read(line)
      if (problem !== null) return problem
    }
    if (this.table !== '') return this.failed(`COMMIT expected at line ${this.line + 1}`)
    this.print('</iptables-rules>\n')
    return null
  }

  private failed(text: string): XmlProblem {
    return { text, isParameter: false, line: this.line }
  }

  private parameter(text: string): XmlProblem {
    return { text, isParameter: true, line: this.line }
  }

  private read(line: string): XmlProblem | null {
    if (line.startsWith('\n')) return null
    if (line.startsWith('#')) {
      this.print(`<!-- ${commentText(line)} -->\n`)
      return null
    }
    if (this.options.verbose) this.print(`<!-- line ${this.line} ${commentText(line)} -->\n`)
    if (line.startsWith('*')) return this.openTable(new Cutter(line, 1).next(' \t\n'))
    if (this.table === '') return this.failed(`line ${this.line} failed`)
    if (line === 'COMMIT\n') {
      this.closeTable()
      return null
    }
    return line.startsWith(':') ? this.declare(new Cutter(line, 1)) : this.rule(line)
  }

  private openTable(name: string | undefined): XmlProblem | null {
    if (name === undefined) return this.parameter(`line ${this.line} table name invalid`)
    this.closeTable()
    this.table = name.slice(0, LONGEST_NAME)
    this.print(`  <table ${attribute('name', this.table)}>\n`)
    return null
  }

  private closeTable(): void {
    this.closeChain()
    for (const chain of this.chains) if (!chain.isPrinted) this.print(`    ${chainTag(chain)}/>\n`)
    this.chains = []
    if (this.table !== '') this.print('  </table>\n')
    this.table = ''
  }

  private declare(parts: Cutter): XmlProblem | null {
    const name = parts.next(' \t\n')
    if (name === undefined || this.chains.length >= MOST_CHAINS) {
      return this.parameter(`line ${this.line} chain name invalid`)
    }
    const policy = parts.next(' \t\n')
    if (policy === undefined) return this.parameter(`line ${this.line} policy invalid`)
    const counters = scanCounters(parts.next(' \t\n'))
    this.chains.push({ name, policy, counters, isPrinted: false })
    return null
  }

  private hasChain(name: string): boolean {
    return this.chain === name || this.chains.some((chain) => chain.name === name)
  }

  /** A chain is opened where a rule of it comes, also again, and each time it was declared. */
  private needChain(name: string): void {
    if (this.chain === name) return
    for (const chain of this.chains) {
      if (chain.name !== name) continue
      this.closeChain()
      this.chain = name.slice(0, LONGEST_NAME)
      this.print(`    ${chainTag(chain)}>\n`)
      chain.isPrinted = true
    }
  }

  private closeChain(): void {
    if (this.chain === '') return
    this.print(`${this.pending}    </chain>\n`)
    this.pending = ''
    this.chain = ''
  }

  private rule(line: string): XmlProblem | null {
    let text = line
    let counters: [string, string] | null = null
    if (line.startsWith('[')) {
      const end = line.indexOf(']')
      const parts = new Cutter(line, 1)
      const packets = end < 0 ? undefined : parts.next(':')
      const bytes = packets === undefined ? undefined : parts.next(']')
      if (packets === undefined || bytes === undefined) return this.parameter(`Bad line ${this.line}: need ]`)
      counters = [packets, bytes]
      text = parts.from(end + 1)
    }
    const words = splitWords(text)
    if (typeof words === 'string') return this.parameter(words)
    const chain = words.find((_, at) => words[at - 1]?.text === '-A')
    if (chain === undefined) return this.failed(`line ${this.line} failed - no chain found`)
    this.needChain(chain.text)
    this.openRule(words, counters)
    this.last = words
    return null
  }

  private openRule(words: readonly XmlWord[], counters: readonly [string, string] | null): void {
    if (this.options.combine && canCombine(this.last, words)) {
      this.print('<!-- Combine action from next rule -->\n')
      // The rule before may have been of a table that is closed.
      if (this.pending === '') this.openActions('')
    } else {
      const counted =
        counters === null ? '' : attribute('packet-count', counters[0]) + attribute('byte-count', counters[1])
      this.print(`${this.pending}      <rule ${counted}>\n`)
      if (words.length >= 3 && !isTarget(words[2])) {
        this.print('       <conditions>\n')
        this.part(words, 2, false)
        this.print('       </conditions>\n')
      }
      this.openActions('      </rule>\n\n')
    }
    const start = words.findIndex((word, at) => at >= 2 && !word.quoted && isTarget(word))
    if (start >= 0) this.part(words, start, true)
  }

  private openActions(ruleEnd: string): void {
    this.print('       <actions>\n')
    this.pending = `       </actions>\n\n${ruleEnd}`
  }

  /** The words of the conditions, up to the first action, or of the actions, as elements of two levels. */
  private part(words: readonly XmlWord[], start: number, isActions: boolean): void {
    const elements = new Elements(this.print)
    const at = words[start]?.text === '!' ? start + 1 : start
    const first = words[at]
    if (first?.text.startsWith('-') && !isTarget(first) && first.text !== '-m') elements.openOuter('match')
    let isInverted = false
    for (let at = start; at < words.length; at++) {
      const { text, quoted } = words[at] as XmlWord
      const next = words[at + 1]
      const isAction = !quoted && isTarget(words[at])
      if (isAction && !isActions) break
      if (!quoted && text === '!') {
        if (next?.text.startsWith('-')) isInverted = true
        else elements.data('!', false)
        elements.hasData = true
      } else if (isAction && next !== undefined && this.hasChain(next.text)) {
        isInverted = false
        elements.openOuter(text === '-g' || text === '--goto' ? 'goto' : 'call')
        elements.openInner(next.text, '/>\n')
        at++
      } else if (isAction || (!quoted && text === '-m')) {
        if (next === undefined) break
        isInverted = false
        const after = words[at + 2]
        elements.openOuter(
          next.text,
          after === undefined || (!after.quoted && (isTarget(after) || after.text === '-m')),
        )
        at++
      } else if (!quoted && text.startsWith('-')) {
        const isEmpty = next === undefined || next.text.startsWith('-')
        const inversion = isInverted ? ' invert="1"' : ''
        elements.openInner(text.replace(/^-+/, ''), `${inversion}${isEmpty ? ' />\n' : '>'}`)
        isInverted = false
      } else elements.data(text, quoted)
    }
    elements.close()
  }
}

/** The open elements of a part of a rule. */
class Elements {
  /** Whether data stands before, so that more is set off by a space. */
  hasData = false
  private readonly print: (text: string) => void
  private outer: string | null = null
  private inner: string | null = null

  constructor(print: (text: string) => void) {
    this.print = print
  }

  openOuter(tag: string, isEmpty = false): void {
    this.close()
    this.print(`        <${tag} ${isEmpty ? ' />' : '>'}\n`)
    this.outer = isEmpty ? null : tag
    this.hasData = false
  }

  /** With the end of the tag, which closes the element where it says so. */
  openInner(tag: string, end: string): void {
    this.closeInner()
    this.print(`          <${tag} ${end}`)
    this.inner = end.includes('/>') ? null : tag
    this.hasData = false
  }

  data(text: string, quoted: boolean): void {
    const quote = quoted || text.includes(' ') ? '&quot;' : ''
    this.print(`${this.hasData ? ' ' : ''}${quote}${encoded(text)}${quote}`)
    this.hasData = true
  }

  close(): void {
    this.closeInner()
    if (this.outer !== null) this.print(`        </${this.outer}>\n`)
    this.outer = null
  }

  private closeInner(): void {
    if (this.inner !== null) this.print(`</${this.inner}>\n`)
    this.inner = null
  }
}

/** The lines, their ends included; a C string ends at a zero byte. */
function* linesOf(text: string): Generator<string, void, undefined> {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = Math.min(newline < 0 ? text.length : newline + 1, at + LONGEST_LINE)
    const line = text.slice(at, end)
    const zero = line.indexOf('\0')
    yield zero < 0 ? line : line.slice(0, zero)
    at = end
  }
}

/** Whether the last rule has the same conditions, at least one, and an action behind which this one's can stand. */
function canCombine(last: readonly XmlWord[], words: readonly XmlWord[]): boolean {
  for (const [at, word] of words.entries()) {
    const other = last[at]
    if (other === undefined) return false
    if (isTarget(other) && isTarget(word)) {
      const isGoto = other.text === '-g' || other.text === '--goto'
      return at > 2 && !isGoto && !FINAL.includes(last[at + 1]?.text ?? '')
    }
    if (other.text !== word.text) return false
  }
  return false
}

function isTarget(word: XmlWord | undefined): boolean {
  return word !== undefined && /^(?:-[jg]|--jump|--goto)$/.test(word.text)
}

function chainTag({ name, policy, counters }: DeclaredChain): string {
  const policed = policy === '-' ? '' : attribute('policy', policy)
  const counted = attribute('packet-count', counters[0]) + attribute('byte-count', counters[1])
  return `<chain ${attribute('name', name.slice(0, LONGEST_NAME))}${policed}${counted}`
}

function attribute(name: string, value: string): string {
  return `${name}="${encoded(value)}" `
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function encoded(text: string): string {
  return text.replace(/[&<>"\x7f-\xff]/g, (one) => ENTITIES[one] ?? `&#${one.charCodeAt(0)};`)
}

/** A dash could end the comment: a star goes before each, and a space before every second. */
function commentText(line: string): string {
  let dashes = 0
  return line.replace(/-/g, () => (++dashes % 2 === 0 ? ' *-' : '*-')).replace(/\n$/, '')
}
