import { type Action, type ConnmarkAction, VERDICT, type Verdict } from '../expression/action.ts'
import type { Environment } from '../expression/environment.ts'
import { CT_INFO } from '../packet/connection.ts'
import { setTcpMss } from '../packet/mangle.ts'
import type { Packet } from '../packet/packet.ts'

/** A verdict, or `return`: leave the chain. */
export type Step = Verdict | typeof RETURN

/** The rule said RETURN. Source: Linux XT_RETURN. */
export const RETURN = -5

/** Runs a rule's actions in order until one decides; `continue` when none does. */
export function execute(actions: readonly Action[], packet: Packet, environment: Environment): Step {
  for (const action of actions) {
    const step = perform(action, packet, environment)
    if (step !== VERDICT.continue) return step
  }
  return VERDICT.continue
}

/** Runs one action. */
export function perform(action: Action, packet: Packet, environment: Environment): Step {
  switch (action.kind) {
    case 'verdict':
      return action.verdict === 'accept' ? VERDICT.accept : VERDICT.drop
    case 'return':
      return RETURN
    case 'queue':
      // Nobody listens: with bypass the packet goes on to the next table.
      packet.queueBypassed = action.bypass
      return action.bypass ? VERDICT.accept : VERDICT.queue
    case 'mark':
      packet.mark = ((packet.mark & action.keep) ^ action.toggle) >>> 0
      return VERDICT.continue
    case 'connmark':
      return connmark(action, packet, environment)
    case 'nat':
    case 'masquerade':
    case 'redirect':
      return environment.nat(packet, action)
    case 'reply':
      environment.reply(packet, action.with)
      return VERDICT.continue
    case 'log':
      environment.log(packet, action.entry)
      return VERDICT.continue
    case 'notrack':
      return notrack(packet)
    case 'template':
      return template(action, packet)
    case 'trace':
      packet.nfTrace = true
      return VERDICT.continue
    case 'tcpmss':
      return tcpmss(action.mss, packet, environment)
    case 'tproxy':
      return environment.tproxy(packet, action)
    case 'computed':
      return action.act(packet, environment)
    case 'unknown':
      return VERDICT.unknown
  }
}

/** Source: Linux connmark_tg_shift(). */
function connmark(action: ConnmarkAction, packet: Packet, environment: Environment): Step {
  const { ct } = packet
  if (ct === null) return VERDICT.continue
  if (action.mode === 'restore') {
    packet.mark = ((packet.mark & ~action.nfmask) ^ shifted(ct.mark & action.ctmask, action.shift)) >>> 0
    return VERDICT.continue
  }
  const mark =
    action.mode === 'set'
      ? shifted((ct.mark & ~action.ctmask) ^ action.value, action.shift)
      : ((ct.mark & ~action.ctmask) ^ shifted(packet.mark & action.nfmask, action.shift)) >>> 0
  if (mark !== ct.mark) {
    ct.mark = mark
    environment.connectionChanged(packet)
  }
  return VERDICT.continue
}

function shifted(value: number, bits: number): number {
  return (bits >= 0 ? value << bits : value >>> -bits) >>> 0
}

/** Source: Linux xt_ct_target() with XT_CT_NOTRACK: a packet that is tracked already is left alone. */
function notrack(packet: Packet): Step {
  if (!wasSeen(packet)) packet.ctInfo = CT_INFO.untracked
  return VERDICT.continue
}

/** Whether the packet is tracked, has a template, or is not to be tracked (skb->_nfct is not 0). */
function wasSeen(packet: Packet): boolean {
  // An answer to an untracked packet counts as seen although it has no connection.
  return packet.ct !== null || packet.ctTemplate !== null || packet.ctInfo !== 0
}

/** Source: Linux xt_ct_target(). */
function template(action: Extract<Action, { kind: 'template' }>, packet: Packet): Step {
  if (wasSeen(packet)) return VERDICT.continue
  packet.ctTemplate = action.zoneFromMark ? { ...action, zone: packet.mark & 0xffff } : action
  packet.ct = action.connection
  packet.ctInfo = CT_INFO.new
  return VERDICT.continue
}

/** Source: Linux tcpmss_tg4(), tcpmss_tg6(): a packet that cannot be rewritten is dropped. */
function tcpmss(mss: number | null, packet: Packet, environment: Environment): Step {
  const pathMtu = mss === null ? environment.pathMtu(packet) : 0
  return setTcpMss(packet, mss, pathMtu) ? VERDICT.continue : VERDICT.drop
}
