/** Connection tracking. */

export { TrackedConnection, type Zone } from './connection.ts'
export { Conntrack, type ConntrackOptions, stateOf } from './conntrack.ts'
export { listConnections } from './list.ts'
export { CONNTRACK_DEFAULTS, type ConntrackSetting, type ConntrackSettings, conntrackSettings } from './settings.ts'
export { ConnectionTable } from './table.ts'
export { invert, tupleOf } from './tuple.ts'
