/** The extension kit and the iptables-save grammar. */

export * from './address-kinds.ts'
export { checkTable, RefusedRule } from './check.ts'
export type { Command, CommandContext, CommandOutcome } from './command.ts'
export { parseCounters } from './command-check.ts'
export {
  type AnyMatch,
  type AnyTarget,
  defineMatch,
  defineTarget,
  type ListStyle,
  type MatchDefinition,
  type OptionCount,
  type RuleContext,
  type TargetDefinition,
} from './define.ts'
export { checkDeviceName } from './device-name.ts'
export { type EditedChain, type EditedRule, EditedTable, newRule } from './edit-table.ts'
export { GLOBAL_OPTIONS } from './global-options.ts'
export * from './kinds.ts'
export { type ListFormat, listLine, listTable } from './list.ts'
export * from './list-kinds.ts'
export { optionTests } from './lower.ts'
export { leadingNumber } from './number.ts'
export {
  badValue,
  type Given,
  type OptionContext,
  type OptionDefinition,
  type OptionKind,
  type OptionSettings,
  type Options,
  optionOf,
  outOfRange,
  tooManyParts,
  type Values,
} from './option.ts'
export { parseCommand } from './parse-command.ts'
export * from './port-kinds.ts'
export { prepareRuleset } from './prepare.ts'
export * from './protocol-kind.ts'
export { quote } from './quote.ts'
export { createRegistry, type Registry } from './registry.ts'
export { lowerTable, type RestoreOptions, readTables, restoreRuleset } from './restore.ts'
export type { GivenValues, MatchUse, RuleSpec, TargetUse } from './rule.ts'
export { createChain, createRule, createTable, type Ruleset, type WrittenRule } from './ruleset.ts'
export { saveOption, saveRule } from './save.ts'
export { formatCounters, type SaveOptions, saveRuleset, saveTables } from './save-ruleset.ts'
export { answerTo, TableError } from './table-error.ts'
export { type Token, tokenize } from './tokens.ts'
