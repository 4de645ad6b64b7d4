import { UsageError } from '../util/errors.ts'
import { protocolName } from '../wire/protocols.ts'
import type { AnyMatch, AnyTarget, RuleContext } from './define.ts'
import type { Options } from './option.ts'
import type { GivenValues } from './rule.ts'

/** What a rule gives to an extension. */
interface GivenUse {
  /** The name it was loaded by. */
  readonly name: string
  readonly values: GivenValues
  /** The options as they were written, where a synonym counts as itself. */
  readonly written: ReadonlySet<string>
}

/**
 * Checks what a rule gives to an extension once the whole rule is read: the extension's own check, then required,
 * dependent and exclusive options. Throws UsageError with iptables' text; what iptables takes and the kernel
 * refuses is the result, null where nothing is.
 *
 * Source: libxtables xtables_option_tfcall(), xtables_option_mfcall(), xtables_options_fcheck().
 */
export function validateUse(definition: AnyMatch | AnyTarget, use: GivenUse, rule: RuleContext): UsageError | null {
  const { name, values } = use
  let refused: UsageError | null = null
  try {
    definition.check?.(values, rule)
  } catch (error) {
    // What only the kernel refuses comes out when the table is committed.
    if (!(error instanceof UsageError && error.errno !== undefined)) throw error
    refused = error
  }
  checkCount(definition, name, Object.keys(values))
  checkOptions(definition.options as Options, use)
  return refused ?? protocolRefused(definition, name, rule)
}

/** The first problem in the order of the definition is told; the options that it needs or excludes in their order. */
function checkOptions(options: Options, { name, values, written }: GivenUse): void {
  for (const [option, { required, needs = [], excludes = [] }] of Object.entries(options)) {
    if (required && values[option] === undefined) {
      throw new UsageError(`${name}: option "--${option}" must be specified\n`)
    }
    if (!written.has(option)) continue
    const missing = needs.find((other) => !written.has(other))
    if (missing !== undefined) throw new UsageError(`${name}: option "--${option}" also requires "--${missing}".\n`)
    const clash = excludes.find((other) => written.has(other))
    if (clash !== undefined) {
      throw new UsageError(`${name}: option "--${option}" cannot be used together with "--${clash}".\n`)
    }
  }
}

function checkCount(definition: AnyMatch | AnyTarget, name: string, given: readonly string[]): void {
  const { count = 'any' } = definition
  const names = Object.keys(definition.options as Options).map((one) => `--${one}`)
  if ((count === 'exactly one' || count === 'at least one') && given.length === 0) {
    throw new UsageError(`${name}: You must specify one of ${names.join(', ')}`)
  }
  if ((count === 'exactly one' || count === 'at most one') && given.length > 1) {
    throw new UsageError(`${name}: option "--${given[1]}" cannot be used together with "--${given[0]}".\n`)
  }
}

/** The kernel's check of `-p`. Source: Linux xt_check_match(), xt_check_target(). */
function protocolRefused(definition: AnyMatch | AnyTarget, name: string, rule: RuleContext): UsageError | null {
  const { protocols } = definition
  if (protocols === undefined || (!rule.protocolInverted && protocols.includes(rule.protocol))) return null
  const wanted = protocols.map((number) => `\`-p ${protocolName(number) ?? number}'`)
  const list = wanted.length === 1 ? wanted[0] : `${wanted.slice(0, -1).join(', ')} or ${wanted.at(-1)}`
  return new UsageError(`${name} needs ${list}`, { errno: 'EINVAL' })
}
