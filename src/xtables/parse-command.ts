import type { Counters, Family } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import {
  COMMAND_LETTERS,
  type Command,
  type CommandContext,
  type CommandName,
  type CommandOutcome,
  WITH_RULE,
} from './command.ts'
import { checkNewChain, checkOptions, LONGEST_NAME, parseCounters, parseRuleNumber } from './command-check.ts'
import { type GlobalOption, globalByLetter, globalByName, globalsFrom } from './global-options.ts'
import { type FoundOption, RuleReader } from './rule-reader.ts'
import type { Token } from './tokens.ts'
import { type Found, WordScanner } from './word-scanner.ts'

/**
 * Reads the words of an iptables command line, without the program's name, as getopt_long and iptables do: long,
 * short, abbreviated and joined forms, options of the extensions loaded so far, `!` before what it inverts.
 *
 * Throws UsageError with iptables' text and the column of the word.
 *
 * Source: iptables(8); iptables 1.8.9 xshared.c do_parse(), command_default(); getopt_long(3).
 */
export function parseCommand(tokens: readonly Token[], context: CommandContext): CommandOutcome {
  return new CommandReader(tokens, context).read()
}

/** A command with what it may stand beside. */
const TOGETHER: Readonly<Partial<Record<CommandName, readonly CommandName[]>>> = {
  list: ['zero', 'zero number'],
  'list rules': ['zero', 'zero number'],
  zero: ['list', 'list rules'],
}

class CommandReader {
  private readonly tokens: readonly Token[]
  private readonly words: WordScanner
  private readonly context: CommandContext
  private readonly rule: RuleReader
  /** The letters of a bundle such as `-nvL` that are still to be read. */
  private bundle = ''
  private token: Token = { text: '', column: 1, quoted: false }
  private readonly commands: CommandName[] = []
  private readonly given = new Set<string>()
  private readonly waits = new Set<string>()
  private table: string
  private chain: string | null = null
  private number = 0
  private newName = ''
  private policy: string | null = null
  private verbose = 0
  private readonly isStrict: boolean

  constructor(tokens: readonly Token[], context: CommandContext) {
    this.tokens = tokens
    this.words = new WordScanner(tokens)
    this.context = context
    this.isStrict = context.strict ?? false
    this.table = context.table ?? 'filter'
    this.rule = new RuleReader({
      family: context.family,
      registry: context.registry,
      hasChain: (name) => context.hasChain(name, this.table),
      strict: this.isStrict,
      ...(context.resolve ? { resolve: context.resolve } : {}),
      warn: context.warn ?? (() => undefined),
      familyOfSet: context.familyOfSet,
    })
  }

  read(): CommandOutcome {
    let inverted = false
    while (this.bundle !== '' || !this.words.isDone) {
      if (this.bundle === '') {
        this.token = this.words.take()
        if (this.token.text === '--') break
      }
      try {
        if (this.bundle === '' && this.isBang()) {
          if (inverted) throw new UsageError('multiple consecutive ! not allowed')
          inverted = true
          continue
        }
        const outcome = this.readOption(inverted)
        if (outcome !== null) return outcome
      } catch (error) {
        throw error instanceof UsageError ? error.at({ line: 1, column: this.token.column }) : error
      }
      inverted = false
    }
    return this.finish(inverted)
  }

  private isBang(): boolean {
    return this.token.text === '!' && (this.isStrict || !this.token.quoted)
  }

  private readOption(inverted: boolean): CommandOutcome | null {
    const { text } = this.token
    if (this.bundle !== '') return this.readLetter(inverted)
    if (text.startsWith('--')) {
      const equals = text.indexOf('=')
      const found: Found = {
        spelling: text,
        attached: equals < 0 ? null : text.slice(equals + 1),
      }
      return this.readLong(equals < 0 ? text.slice(2) : text.slice(2, equals), found, inverted)
    }
    if (text.startsWith('-') && text.length > 1) {
      this.bundle = text.slice(1)
      return this.readLetter(inverted)
    }
    if (!this.isStrict && this.rule.keepUnknown(text, inverted, () => this.words.restOfUnknown())) return null
    throw new UsageError(`Bad argument \`${text}'`)
  }

  /** The next letter of `-nvL`. */
  private readLetter(inverted: boolean): CommandOutcome | null {
    const letter = this.bundle[0] as string
    const rest = this.bundle.slice(1)
    this.bundle = rest
    const option = letter === '-' ? undefined : globalByLetter(letter)
    if (option === undefined) {
      if (!this.isStrict && this.rule.keepUnknown(this.token.text, inverted, () => this.words.restOfUnknown())) {
        this.bundle = ''
        return null
      }
      throw new UsageError(`unknown option "-${letter}"`)
    }
    if (option.argument !== 'none') this.bundle = ''
    const attached = option.argument === 'none' || rest === '' ? null : rest
    return this.readGlobal(option, { spelling: `-${letter}`, attached }, inverted)
  }

  private readLong(name: string, found: Found, inverted: boolean): CommandOutcome | null {
    const { family } = this.context
    const global = globalByName(name, family)
    if (global !== undefined) return this.readGlobal(global, found, inverted)
    const exact = this.rule.findOption(name)
    if (exact !== null) return this.readExtension(exact, found, inverted)
    if (!this.isStrict && this.rule.latestIsUnknown) {
      if (this.rule.loadProtocolMatch(name, true)) return this.readLong(name, found, inverted)
      if (this.rule.keepUnknown(found.spelling, inverted, () => this.words.restOfUnknown())) return null
    }
    // An abbreviation must mean one option only, of all that are known so far.
    const globals = [...globalsFrom(name, family)]
    const extensions = this.rule.findAbbreviation(name)
    if (name !== '' && globals.length + extensions.length === 1) {
      return globals[0]
        ? this.readGlobal(globals[0], found, inverted)
        : this.readExtension(extensions[0]!, found, inverted)
    }
    if (this.rule.loadProtocolMatch(name, false)) return this.readLong(name, found, inverted)
    throw new UsageError(`unknown option "${found.spelling}"`)
  }

  /** Whether a `!` between an option and its value is taken: where the text of old files is. */
  private takesInnerInversion(outer: boolean, found: Found): boolean {
    return !this.isStrict && this.words.takeInnerInversion(outer, found)
  }

  private readExtension(extension: FoundOption, found: Found, outer: boolean): null {
    const { option } = extension
    const inverted = outer || (option.invertible === true && option.words > 0 && this.takesInnerInversion(outer, found))
    if (option.words === 0 && found.attached !== null) {
      throw new UsageError(`unknown option "${found.spelling}"`)
    }
    const words: string[] = []
    if (option.words > 0) {
      const next = this.words.peek()
      const isMissing = option.optional && found.attached === null && (next === undefined || next.text.startsWith('-'))
      if (!isMissing) words.push(this.words.required(found))
    }
    if (option.words === 2) {
      const second = this.words.nextArgument()
      if (second !== null) words.push(second)
      else if (!option.optional) {
        this.rule.refuseRepeated(extension)
        throw option.secondMissing?.() ?? new UsageError(`--${extension.name} requires two args.`)
      }
    }
    this.rule.readExtensionOption(extension, words, inverted)
    return null
  }

  private readGlobal(option: GlobalOption, found: Found, outer: boolean): CommandOutcome | null {
    const { letter } = option
    const inner = 'sdpio'.includes(letter) && this.takesInnerInversion(outer, found)
    const inverted = outer || inner
    if (option.argument === 'none' && found.attached !== null) throw new UsageError(`unknown option "-${letter}"`)
    const value = option.argument === 'required' ? this.words.required(found) : found.attached
    switch (letter) {
      case 'A':
        return this.setCommand('append', inverted, value)
      case 'C':
        return this.setCommand('check', inverted, value)
      case 'D':
        this.setCommand('delete', inverted, value)
        return this.takeNumber('delete number')
      case 'R':
      case 'I':
        this.setCommand(letter === 'R' ? 'replace' : 'insert', inverted, value)
        return this.takePosition(letter)
      case 'L':
      case 'S':
        this.setCommand(letter === 'L' ? 'list' : 'list rules', inverted, null)
        this.chain = value ?? this.words.nextArgument() ?? this.chain
        return this.takeNumber(null)
      case 'F':
      case 'X':
        this.setCommand(letter === 'F' ? 'flush' : 'delete chain', inverted, null)
        this.chain = value ?? this.words.nextArgument() ?? this.chain
        return null
      case 'Z':
        this.setCommand('zero', inverted, null)
        this.chain = value ?? this.words.nextArgument() ?? this.chain
        return this.takeNumber('zero number')
      case 'N':
        checkNewChain(value as string, (name) => this.rule.isTarget(name))
        return this.setCommand('new chain', inverted, value)
      case 'E':
        this.setCommand('rename chain', inverted, value)
        this.newName = this.words.nextArgument() ?? missing('-E requires old-chain-name and new-chain-name')
        return null
      case 'P':
        this.setCommand('policy', inverted, value)
        this.policy = this.words.nextArgument() ?? missing('-P requires a chain and a policy')
        return null
      case 'h':
        return { kind: 'help', about: this.rule.loadedExtensions() }
      case 'V':
        return { kind: 'version', inverted }
      case 't':
        return this.setTable(value as string, inverted)
      case 'w':
      case 'W':
        return this.readWait(letter, value)
      case 'M':
        return null
      case '4':
      case '6':
        return this.readFamily(letter === '4' ? 4 : 6)
      case 'm':
        this.rule.readMatch(value as string, inverted)
        return null
      case 'v':
        if (this.verbose++ === 0) this.setOption('v', inverted)
        return null
      case 'n':
      case 'x':
      case '0':
        return this.setOption(letter, inverted)
      case 'c':
        this.setOption('c', inverted)
        this.rule.counters = this.readCounters(value as string)
        return null
      case 'b':
        throw new UsageError('Unknown arg "(null)"')
      case 'f':
        if (this.context.family === 6) throw new UsageError("`-f' is not supported in IPv6, use -m frag instead")
        this.setOption('f', inverted)
        this.rule.setFragment(inverted)
        return null
      case 'i':
      case 'o':
        if (value === '') throw new UsageError('Empty interface is likely to be undesired')
        this.setOption(letter, inverted)
        this.rule.setDevice(letter, value as string, inverted)
        return null
      case 'j':
      case 'g':
        this.setOption('j', inverted)
        this.rule.readTarget(letter === 'j' ? 'jump' : 'goto', value as string)
        return null
      case 'p':
        this.setOption('p', inverted)
        // The tool lowers and reads the whole word that holds the protocol.
        this.rule.setProtocol(found.attached === null ? (value as string) : this.token.text, inverted)
        return null
      default:
        this.setOption(letter, inverted)
        this.rule.setAddress(letter as 's' | 'd', value as string, inverted)
        return null
    }
  }

  /** Source: iptables xshared.c add_command(). */
  private setCommand(name: CommandName, inverted: boolean, chain: string | null): null {
    if (inverted) throw new UsageError("unexpected '!' flag")
    const other = this.commands.find((one) => !TOGETHER[name]?.includes(one))
    if (other !== undefined) {
      throw new UsageError(`Cannot use -${COMMAND_LETTERS[name]} with -${COMMAND_LETTERS[other]}`)
    }
    this.commands.push(name)
    if (chain !== null) this.chain = chain
    return null
  }

  /** Source: iptables xshared.c set_option(). */
  private setOption(letter: string, inverted: boolean): null {
    if (this.given.has(letter)) throw new UsageError(`multiple -${letter} flags not allowed`)
    this.given.add(letter)
    if (inverted && !'sdpiof'.includes(letter)) throw new UsageError(`cannot have ! before -${letter}`)
    return null
  }

  private takeNumber(turnsInto: CommandName | null): null {
    const word = this.words.nextArgument()
    if (word === null) return null
    this.number = parseRuleNumber(word)
    // It takes the place of all commands before it.
    if (turnsInto !== null) this.commands.splice(0, this.commands.length, turnsInto)
    return null
  }

  private takePosition(letter: 'R' | 'I'): null {
    const word = this.words.nextArgument()
    if (word === null && letter === 'R') throw new UsageError('-R requires a rule number')
    this.number = word === null ? 1 : parseRuleNumber(word)
    return null
  }

  private setTable(name: string, inverted: boolean): null {
    if (inverted) throw new UsageError('unexpected ! flag before --table')
    const { restored } = this.context
    if (restored) {
      throw new UsageError(`The -t option cannot be used in ${restored.program}.\n`)
    }
    this.table = name
    return null
  }

  private readWait(letter: 'w' | 'W', value: string | null): null {
    if (this.context.restored) throw new UsageError(`You cannot use \`-${letter}' from iptables-restore`)
    const text = value ?? this.words.nextArgument()
    if (text !== null && !/^\s*[-+]?\d/.test(text)) throw new UsageError('wait seconds not numeric')
    this.waits.add(letter)
    if (letter === 'W') this.context.warn?.('Ignoring deprecated --wait-interval option.\n')
    return null
  }

  /** `-c packets bytes` or `-c packets,bytes`. */
  private readCounters(packets: string): Counters {
    const comma = packets.indexOf(',', 1)
    const bytes = comma < 0 ? this.words.nextArgument() : packets.slice(comma + 1)
    if (bytes === null) throw new UsageError('-c requires packet and byte counter')
    return parseCounters(packets, bytes)
  }

  private readFamily(family: Family): CommandOutcome | null {
    if (family === this.context.family) return null
    if (this.context.restored) return { kind: 'skip' }
    // iptables says nothing but where to find help.
    throw new UsageError('')
  }

  private finish(inverted: boolean): CommandOutcome {
    const lastColumn = this.tokens.at(-1)?.column ?? 1
    try {
      if (this.waits.has('W') && !this.waits.has('w')) {
        throw new UsageError('--wait-interval only makes sense with --wait\n')
      }
      if (this.table === 'nat' && (this.policy === 'DROP' || this.rule.targetName === 'DROP')) {
        throw new UsageError(
          '\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n',
        )
      }
      this.rule.validate(this.table)
      if (!this.words.isDone) throw new UsageError('unknown arguments found on commandline')
      const name = this.commands[0]
      if (name === undefined) throw new UsageError('no command specified')
      if (inverted) throw new UsageError('nothing appropriate following !')
      return this.finishCommand(name)
    } catch (error) {
      throw error instanceof UsageError ? error.at({ line: 1, column: lastColumn }) : error
    }
  }

  private finishCommand(name: CommandName): Command {
    const listed = this.commands.find((one) => one === 'list' || one === 'list rules')
    const zeroed = this.commands.find((one) => one === 'zero' || one === 'zero number') ?? null
    const main = listed ?? name
    const rules = this.rule.finish(this.table, WITH_RULE.includes(main))
    if (main === 'replace' && rules.length !== 1) {
      throw new UsageError('Replacement rule does not specify a unique address')
    }
    checkOptions(this.commands, this.given)
    if (this.chain !== null && this.chain.length >= LONGEST_NAME) {
      throw new UsageError(`chain name \`${this.chain}' too long (must be under ${LONGEST_NAME} chars)`)
    }
    if (WITH_RULE.includes(main)) this.checkDevices()
    return {
      kind: 'command',
      name: main,
      also: listed === undefined ? null : (zeroed as Command['also']),
      table: this.table,
      chain: this.chain,
      number: this.number,
      newName: this.newName,
      policy: this.policy ?? '',
      rules: WITH_RULE.includes(main) ? rules : [],
      counters: this.rule.counters,
      words: this.tokens.map(({ text }) => text),
      verbose: this.verbose,
      numeric: this.given.has('n'),
      exact: this.given.has('x'),
      lineNumbers: this.given.has('0'),
    }
  }

  /** A packet has no outgoing device yet in the first two chains, no incoming one any more in the last two. */
  private checkDevices(): void {
    const { chain } = this
    const isFirst = chain === 'PREROUTING' || chain === 'INPUT'
    const isLast = chain === 'POSTROUTING' || chain === 'OUTPUT'
    const wrong = isFirst ? 'o' : isLast ? 'i' : ''
    if (wrong !== '' && this.given.has(wrong)) throw new UsageError(`Can't use -${wrong} with ${chain}\n`)
  }
}

function missing(text: string): never {
  throw new UsageError(text)
}
