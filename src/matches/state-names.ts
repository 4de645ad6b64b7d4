import { CT_STATE } from '../expression/field.ts'

/** The states of a connection by name, in the order in which they are saved. Source: libxt_conntrack.c state_print(). */
export const STATE_BITS = {
  INVALID: CT_STATE.invalid,
  NEW: CT_STATE.new,
  RELATED: CT_STATE.related,
  ESTABLISHED: CT_STATE.established,
  UNTRACKED: CT_STATE.untracked,
} as const

/** The order in which abbreviations of the names are tried. Source: libxt_conntrack.c state_parse_state(). */
export const STATE_ABBREVIATIONS = ['INVALID', 'NEW', 'ESTABLISHED', 'RELATED', 'UNTRACKED'] as const
