/**
 * The states of a tracked SCTP association and how chunks move it between them.
 *
 * Source: Linux enum sctp_conntrack, sctp_conntracks[][][] of nf_conntrack_proto_sctp.c.
 */

/** States in the order of the transition table. */
export const SCTP_STATES = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
  'HEARTBEAT_SENT',
] as const
export type SctpStateName = (typeof SCTP_STATES)[number]

/** Chunk types by number. Source: RFC 9260 section 3.2. */
export const CHUNK = {
  data: 0,
  init: 1,
  initAck: 2,
  sack: 3,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
} as const

const LETTERS: Readonly<Record<string, SctpStateName | 'invalid'>> = {
  '--': 'invalid',
  NO: 'NONE',
  CL: 'CLOSED',
  CW: 'COOKIE_WAIT',
  CE: 'COOKIE_ECHOED',
  ES: 'ESTABLISHED',
  SS: 'SHUTDOWN_SENT',
  SR: 'SHUTDOWN_RECD',
  SA: 'SHUTDOWN_ACK_SENT',
  HS: 'HEARTBEAT_SENT',
}

function rows(
  table: readonly (readonly [chunk: number, row: string])[],
): ReadonlyMap<number, (SctpStateName | 'invalid')[]> {
  return new Map(table.map(([chunk, row]) => [chunk, row.split(' ').map((letters) => LETTERS[letters] ?? 'invalid')]))
}

/** By direction (0 original, 1 reply) and chunk: the transition from each of {@link SCTP_STATES}. */
const TABLE = [
  rows([
    //                       NO CL CW CE ES SS SR SA HS
    [CHUNK.init, 'CL CL CW CE ES CL CL SA CW'],
    [CHUNK.initAck, 'CL CL CW CE ES SS SR SA CL'],
    [CHUNK.abort, 'CL CL CL CL CL CL CL CL CL'],
    [CHUNK.shutdown, 'CL CL CW CE SS SS SR SA CL'],
    [CHUNK.shutdownAck, 'SA CL CW CE ES SA SA SA SA'],
    [CHUNK.error, 'CL CL CW CE ES SS SR SA CL'],
    [CHUNK.cookieEcho, 'CL CL CE CE ES SS SR SA CL'],
    [CHUNK.cookieAck, 'CL CL CW ES ES SS SR SA CL'],
    [CHUNK.shutdownComplete, 'CL CL CW CE ES SS SR CL CL'],
    [CHUNK.heartbeat, 'HS CL CW CE ES SS SR SA HS'],
    [CHUNK.heartbeatAck, 'CL CL CW CE ES SS SR SA HS'],
  ]),
  rows([
    [CHUNK.init, '-- CL CW CE ES SS SR SA --'],
    [CHUNK.initAck, '-- CW CW CE ES SS SR SA --'],
    [CHUNK.abort, '-- CL CL CL CL CL CL CL --'],
    [CHUNK.shutdown, '-- CL CW CE SR SS SR SA --'],
    [CHUNK.shutdownAck, '-- CL CW CE ES SA SA SA --'],
    [CHUNK.error, '-- CL CW CL ES SS SR SA --'],
    [CHUNK.cookieEcho, '-- CL CE CE ES SS SR SA --'],
    [CHUNK.cookieAck, '-- CL CW ES ES SS SR SA --'],
    [CHUNK.shutdownComplete, '-- CL CW CE ES SS SR CL --'],
    [CHUNK.heartbeat, '-- CL CW CE ES SS SR SA HS'],
    [CHUNK.heartbeatAck, '-- CL CW CE ES SS SR SA ES'],
  ]),
] as const

/** Where a chunk leads from a state; chunks that the table does not know leave it. Source: Linux sctp_new_state(). */
export function sctpTransition(direction: 0 | 1, chunk: number, from: SctpStateName): SctpStateName | 'invalid' {
  const row = TABLE[direction].get(chunk)
  return row === undefined ? from : (row[SCTP_STATES.indexOf(from)] ?? 'invalid')
}

/** What is remembered of an association. Source: Linux struct ip_ct_sctp. */
export interface SctpState {
  name: SctpStateName
  /** Verification tags expected from the original and the reply direction. */
  readonly tags: [number, number]
  readonly sawInit: [boolean, boolean]
  lastDirection: 0 | 1
  heartbeatTagFailed: boolean
}
