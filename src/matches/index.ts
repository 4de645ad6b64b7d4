// Written by scripts/index-extensions.mjs from the folder listing: do not edit.
import type { AnyMatch } from '../xtables/index.ts'
import { addrtype } from './addrtype.ts'
import { comment } from './comment.ts'
import { connmark } from './connmark.ts'
import { conntrack } from './conntrack.ts'
import { icmp } from './icmp.ts'
import { icmp6 } from './icmp6.ts'
import { limit } from './limit.ts'
import { mark } from './mark.ts'
import { multiport } from './multiport.ts'
import { owner } from './owner.ts'
import { recent } from './recent.ts'
import { state } from './state.ts'
import { statistic } from './statistic.ts'
import { tcp } from './tcp.ts'
import { ttl } from './ttl.ts'
import { udp } from './udp.ts'

/** Every match that hookline knows. */
export const matches: readonly AnyMatch[] = [
  addrtype,
  comment,
  connmark,
  conntrack,
  icmp,
  icmp6,
  limit,
  mark,
  multiport,
  owner,
  recent,
  state,
  statistic,
  tcp,
  ttl,
  udp,
]
