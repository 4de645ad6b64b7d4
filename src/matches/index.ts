// Written by scripts/index-extensions.mjs from the folder listing: do not edit.
import type { AnyMatch } from '../xtables/index.ts'
import { addrtype } from './addrtype.ts'
import { comment } from './comment.ts'
import { connmark } from './connmark.ts'
import { conntrack } from './conntrack.ts'
import { hl } from './hl.ts'
import { icmp } from './icmp.ts'
import { icmp6 } from './icmp6.ts'
import { iprange } from './iprange.ts'
import { length } from './length.ts'
import { limit } from './limit.ts'
import { mac } from './mac.ts'
import { mark } from './mark.ts'
import { multiport } from './multiport.ts'
import { owner } from './owner.ts'
import { pkttype } from './pkttype.ts'
import { recent } from './recent.ts'
import { rpfilter } from './rpfilter.ts'
import { set } from './set.ts'
import { socket } from './socket.ts'
import { state } from './state.ts'
import { statistic } from './statistic.ts'
import { string } from './string.ts'
import { tcp } from './tcp.ts'
import { tcpmss } from './tcpmss.ts'
import { ttl } from './ttl.ts'
import { udp } from './udp.ts'

/** Every match that hookline knows. */
export const matches: readonly AnyMatch[] = [
  addrtype,
  comment,
  connmark,
  conntrack,
  hl,
  icmp,
  icmp6,
  iprange,
  length,
  limit,
  mac,
  mark,
  multiport,
  owner,
  pkttype,
  recent,
  rpfilter,
  set,
  socket,
  state,
  statistic,
  string,
  tcp,
  tcpmss,
  ttl,
  udp,
]
