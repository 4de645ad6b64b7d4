// Written by scripts/index-extensions.mjs from the folder listing: do not edit.
import type { AnyTarget } from '../xtables/index.ts'
import { AUDIT } from './AUDIT.ts'
import { CHECKSUM } from './CHECKSUM.ts'
import { CLASSIFY } from './CLASSIFY.ts'
import { CONNMARK } from './CONNMARK.ts'
import { CT } from './CT.ts'
import { DNAT } from './DNAT.ts'
import { DSCP } from './DSCP.ts'
import { ECN } from './ECN.ts'
import { HL } from './HL.ts'
import { LOG } from './LOG.ts'
import { MARK } from './MARK.ts'
import { MASQUERADE } from './MASQUERADE.ts'
import { NETMAP } from './NETMAP.ts'
import { NFLOG } from './NFLOG.ts'
import { NFQUEUE } from './NFQUEUE.ts'
import { NOTRACK } from './NOTRACK.ts'
import { REDIRECT } from './REDIRECT.ts'
import { REJECT } from './REJECT.ts'
import { SET } from './SET.ts'
import { SNAT } from './SNAT.ts'
import { TCPMSS } from './TCPMSS.ts'
import { TCPOPTSTRIP } from './TCPOPTSTRIP.ts'
import { TOS } from './TOS.ts'
import { TPROXY } from './TPROXY.ts'
import { TRACE } from './TRACE.ts'
import { TTL } from './TTL.ts'

/** Every target that hookline knows. */
export const targets: readonly AnyTarget[] = [
  AUDIT,
  CHECKSUM,
  CLASSIFY,
  CONNMARK,
  CT,
  DNAT,
  DSCP,
  ECN,
  HL,
  LOG,
  MARK,
  MASQUERADE,
  NETMAP,
  NFLOG,
  NFQUEUE,
  NOTRACK,
  REDIRECT,
  REJECT,
  SET,
  SNAT,
  TCPMSS,
  TCPOPTSTRIP,
  TOS,
  TPROXY,
  TRACE,
  TTL,
]
