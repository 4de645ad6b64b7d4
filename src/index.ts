/**
 * hookline: netfilter in TypeScript.
 *
 * `createHost` takes the texts of a host (rules as iptables-save writes them, addresses and routes as `ip -j` does),
 * `traceFlow` sends packets through it and tells each step; `createBatch` does the same for many packets at once.
 */
export { type Batch, type BatchFinal, type BatchPacket, type BatchResult, createBatch } from './host/batch.ts'
export type { HostFiles } from './host/config.ts'
export { extensions } from './host/extensions.ts'
export { HOST_FILE_NAMES } from './host/file-names.ts'
export { parsePacketText } from './packet/language.ts'
export { printPacket, printPacketVerbose } from './packet/print.ts'
export { createHost, type FlowPacket, type TracedFlowPacket, type TracingHost, traceFlow } from './trace/flow.ts'
export type { StepRecord } from './trace/record.ts'
export type { FinalVerdict } from './trace/verdict.ts'
export { VirtualClock } from './util/clock.ts'
export { InvariantError, type TextPlace, UsageError } from './util/errors.ts'
export { type Ruleset, restoreRuleset, saveRuleset } from './xtables/index.ts'
