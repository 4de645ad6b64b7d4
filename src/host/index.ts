/** One network namespace: devices, routes, rules, connections, and the way of a packet through them. */
export { type Batch, type BatchFinal, type BatchPacket, type BatchResult, createBatch, sendLine } from './batch.ts'
export { type HostConfig, type HostFiles, readHost } from './config.ts'
export { extensions } from './extensions.ts'
export { HOST_FILE_NAMES } from './file-names.ts'
export { Host, type HostOptions } from './host.ts'
export type { Report, Sighting } from './report.ts'
export { Traveller } from './traveller.ts'
