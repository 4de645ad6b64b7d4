/** Taking fragments together (connection tracking, local delivery) and apart (sending). */

export { exceedsMtu, fragment } from './fragment-output.ts'
export { type ExpiredQueue, Reassembler, type ReassemblyLimits, type ReassemblyResult } from './reassembler.ts'
