import { VERDICT, type Verdict } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import { needsReroute } from '../nat/nat.ts'
import type { Table, TableName } from '../netfilter/glossary.ts'
import { CT_INFO } from '../packet/connection.ts'
import { sameWords } from '../util/words.ts'
import type { Host } from './host.ts'
import { rerouteIpv4, rerouteIpv6 } from './reroute.ts'
import type { Traveller } from './traveller.ts'

/** What may be registered at a hook. */
export type HookFunctionName = 'defrag' | 'conntrack' | 'confirm' | TableName

/** Everything that is registered at the hooks, by priority: lower runs first. Source: linux/netfilter_ipv4.h, netfilter_ipv6.h. */
export const HOOK_FUNCTIONS: readonly {
  readonly priority: number
  readonly name: HookFunctionName
  readonly hooks: readonly Hook[]
}[] = [
  { priority: -400, name: 'defrag', hooks: ['PREROUTING', 'OUTPUT'] },
  { priority: -300, name: 'raw', hooks: ['PREROUTING', 'OUTPUT'] },
  { priority: -200, name: 'conntrack', hooks: ['PREROUTING', 'OUTPUT'] },
  { priority: -150, name: 'mangle', hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] },
  { priority: -100, name: 'nat', hooks: ['PREROUTING', 'OUTPUT'] },
  { priority: 0, name: 'filter', hooks: ['INPUT', 'FORWARD', 'OUTPUT'] },
  { priority: 50, name: 'security', hooks: ['INPUT', 'FORWARD', 'OUTPUT'] },
  { priority: 100, name: 'nat', hooks: ['INPUT', 'POSTROUTING'] },
  { priority: 0x7fffffff, name: 'confirm', hooks: ['INPUT', 'POSTROUTING'] },
]

/** The functions of one hook of one family that this host has, in their order. */
export function hookFunctions(hook: Hook, has: (name: HookFunctionName) => boolean): readonly HookFunctionName[] {
  return HOOK_FUNCTIONS.filter((one) => one.hooks.includes(hook) && has(one.name))
    .sort((a, b) => a.priority - b.priority)
    .map((one) => one.name)
}

/**
 * Runs all that is registered at a hook over a packet: accept, or what ended it. The packet's devices are those of
 * the hook for its whole length, even where a rule makes it take another route.
 *
 * Source: Linux nf_hook_slow().
 */
export function runHook(host: Host, hook: Hook, packet: Traveller): Verdict {
  const family = packet.family as 4 | 6
  const functions = host.hooks[family][hook]
  const outer = host.hook
  host.hook = hook
  const { tracer } = host
  if (tracer !== null) tracer({ kind: 'hook', family, hook, packet })
  let verdict: Verdict = VERDICT.accept
  for (let i = 0; i < functions.length && verdict === VERDICT.accept; i++) {
    verdict = runFunction(host, functions[i] as HookFunctionName, hook, packet)
  }
  host.hook = outer
  return verdict
}

function runFunction(host: Host, name: HookFunctionName, hook: Hook, packet: Traveller): Verdict {
  switch (name) {
    case 'defrag':
      return defragment(host, hook, packet)
    case 'conntrack':
      return host.track(packet, hook)
    case 'confirm':
      return host.confirm(packet)
    case 'nat':
      return runNat(host, hook, packet)
    case 'mangle':
      return hook === 'OUTPUT' ? mangleOutput(host, packet) : host.traverse('mangle', hook, packet)
    default:
      return host.traverse(name, hook, packet)
  }
}

/** Source: Linux ipv4_conntrack_defrag(), ipv6_defrag(). */
function defragment(host: Host, hook: Hook, packet: Traveller): Verdict {
  if (packet.ctInfo === CT_INFO.untracked) return VERDICT.accept
  // Seen before, on the loopback device. IPv4 takes them together all the same, since NAT may have to rewrite them.
  if (packet.ct !== null && packet.family === 6) return VERDICT.accept
  const zone = packet.ctTemplate?.zone ?? 0
  const result = host.reassemble(packet, `${hook} ${zone}`)
  if (result === 'held') return VERDICT.stolen
  return result === 'dropped' ? VERDICT.drop : VERDICT.accept
}

function runNat(host: Host, hook: Hook, packet: Traveller): Verdict {
  const { nat } = host
  const before = hook === 'PREROUTING' ? packet.destination : null
  const verdict = nat.run(packet, hook, () => host.traverse('nat', hook, packet), host.tracer)
  if (verdict !== VERDICT.accept) return verdict
  // A packet that came by loopback has a route already, which leads to the old destination.
  if (before !== null && packet.route !== null && !sameWords(before, packet.destination)) packet.route = null
  if (hook !== 'OUTPUT' || !needsReroute(packet)) return verdict
  return reroute(host, packet) ? verdict : VERDICT.drop
}

/** Source: Linux ipt_mangle_out(), ip6t_mangle_out(). */
function mangleOutput(host: Host, packet: Traveller): Verdict {
  const { mark } = packet
  const before = routedFields(packet)
  const verdict = host.traverse('mangle', 'OUTPUT', packet)
  if (verdict === VERDICT.drop || verdict === VERDICT.stolen) return verdict
  if (packet.mark === mark && routedFields(packet) === before) return verdict
  return reroute(host, packet) ? verdict : VERDICT.drop
}

/** Everything in the header that routing may depend on, as text to compare. */
function routedFields(packet: Traveller): string {
  const { view, network, family } = packet
  if (family === 4) {
    return `${view.getUint32(network + 12)} ${view.getUint32(network + 16)} ${view.getUint8(network + 1)}`
  }
  return `${view.getUint32(network)} ${view.getUint8(network + 7)} ${packet.source.join()} ${packet.destination.join()}`
}

function reroute(host: Host, packet: Traveller): boolean {
  return packet.family === 4 ? rerouteIpv4(host, packet) : rerouteIpv6(host, packet)
}

/** The tables of a family as hook functions. */
export function hasFunction(
  tables: ReadonlyMap<TableName, Table>,
  tracking: boolean,
  reassembling: boolean,
): (name: HookFunctionName) => boolean {
  return (name) => {
    if (name === 'conntrack' || name === 'confirm') return tracking
    return name === 'defrag' ? reassembling : tables.has(name)
  }
}
