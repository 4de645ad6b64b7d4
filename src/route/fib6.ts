import type { Device } from '../packet/device.ts'
import type { Words } from '../util/words.ts'
import { isUnspecified6 } from './address6.ts'
import { selectNextHop } from './fib4.ts'
import type { Flow } from './flow.ts'
import { PrefixMap } from './prefix-map.ts'
import { type NextHop, type Route, type RouteType, TABLE } from './route.ts'
import { areDefaultRules, type PolicyRule, ruleMatches } from './rules.ts'

/** What a lookup found: a route with its next hop, or why not. */
export interface Found6 {
  readonly type: RouteType
  /** Null where a rule or the end of all tables decided. */
  readonly route: Route | null
  readonly nexthop: NextHop | null
}

/** How a table is searched. */
export interface Search6 {
  /** Interface index that is preferred, or, with `strict`, required; 0 for any. */
  readonly oif: number
  /** Only routes by {@link oif} will do. Source: Linux RT6_LOOKUP_F_IFACE. */
  readonly strict: boolean
  /** The simpler search that rpfilter asks for: any route by the device before any other. Source: Linux ip6_pol_route_lookup(). */
  readonly plain?: PlainSearch
}

/** Tells whether the host has an address at a device (null: at `lo`). Source: Linux ipv6_chk_addr(). */
export type PlainSearch = (address: Words, device: Device | null) => boolean

const NO_ROUTE: Found6 = { type: 'unreachable', route: null, nexthop: null }
const RULE_RESULTS = {
  blackhole: { type: 'blackhole', route: null, nexthop: null },
  unreachable: NO_ROUTE,
  prohibit: { type: 'prohibit', route: null, nexthop: null },
} as const satisfies Record<string, Found6>

/**
 * The IPv6 forwarding tables of a host and the rules that choose among them.
 *
 * Source: Linux fib6_rule_lookup(), fib6_table_lookup(), find_rr_leaf(), rt6_device_match().
 */
export class Fib6 {
  private readonly tables = new Map<number, PrefixMap<Route>>()
  private readonly rules: readonly PolicyRule[]
  private readonly hasCustomRules: boolean

  constructor(routes: readonly Route[], rules: readonly PolicyRule[]) {
    this.rules = [...rules].sort((a, b) => a.priority - b.priority)
    this.hasCustomRules = !areDefaultRules(this.rules, 6)
    for (const route of routes) {
      const table = this.tables.get(route.table) ?? new PrefixMap<Route>()
      this.tables.set(route.table, table)
      const entries = table.entriesFor(route.destination, route.prefix)
      const after = entries.findIndex((one) => route.metric < one.metric)
      entries.splice(after < 0 ? entries.length : after, 0, route)
    }
  }

  /** Looks a flow up by the rules; a `throw` route and a table without an answer pass it on to the next rule. */
  lookup(flow: Flow, search: Search6): Found6 {
    if (!this.hasCustomRules) {
      const local = this.lookupTable(TABLE.local, flow, search)
      if (local !== null && local.type !== 'throw') return local
      return passedOn(this.lookupTable(TABLE.main, flow, search)) ?? NO_ROUTE
    }
    for (let i = 0; i < this.rules.length; ) {
      const rule = this.rules[i++] as PolicyRule
      if (!ruleMatches(rule, flow)) continue
      const { action } = rule
      if (action.kind === 'goto') {
        while (i < this.rules.length && (this.rules[i] as PolicyRule).priority < action.priority) i++
        continue
      }
      if (action.kind === 'nop') continue
      if (action.kind !== 'table') return RULE_RESULTS[action.kind]
      const found = passedOn(this.lookupTable(action.table, flow, search))
      if (found === null || (found.route as Route).prefix <= rule.suppressPrefixLength) continue
      return found
    }
    return NO_ROUTE
  }

  private lookupTable(number: number, flow: Flow, search: Search6): Found6 | null {
    const table = this.tables.get(number)
    if (table === undefined) return null
    const [a, b, c, d] = flow.destination
    for (let level = 0; level < table.levelCount; level++) {
      const entries = table.at(level, a, b, c, d)
      if (entries === undefined) continue
      const found = search.plain ? matchDevice(entries, flow, search, search.plain) : select(entries, flow, search)
      if (found !== null) return found
    }
    return null
  }
}

function passedOn(found: Found6 | null): Found6 | null {
  return found === null || found.type === 'throw' ? null : found
}

/** The routes of the lowest metric first; where none will do, all others. Source: Linux find_rr_leaf(). */
function select(entries: readonly Route[], flow: Flow, search: Search6): Found6 | null {
  const metric = (entries[0] as Route).metric
  let split = 1
  while (split < entries.length && (entries[split] as Route).metric === metric) split++
  return best(entries, 0, split, flow, search) ?? best(entries, split, entries.length, flow, search)
}

function best(entries: readonly Route[], from: number, to: number, flow: Flow, search: Search6): Found6 | null {
  let chosen: Found6 | null = null
  let highest = -1
  for (let i = from; i < to; i++) {
    const route = entries[i] as Route
    if (route.nexthops.length === 0) {
      // Reject routes belong to the loopback device.
      const score = scoreOf(1, search)
      if (score > highest) {
        highest = score
        chosen = { type: route.type, route, nexthop: null }
      }
      continue
    }
    for (const nexthop of route.nexthops) {
      const score = nexthop.dead ? -1 : scoreOf(nexthop.device?.index ?? 0, search)
      if (score <= highest) continue
      highest = score
      chosen = { type: route.type, route, nexthop }
    }
  }
  return chosen === null ? null : balanced(chosen, flow, search)
}

/** Source: Linux rt6_score_route(). */
function scoreOf(device: number, { oif, strict }: Search6): number {
  if (oif === 0 || device === oif) return 2
  return strict ? -1 : 0
}

/** Source: Linux fib6_select_path(). */
function balanced(found: Found6, flow: Flow, search: Search6): Found6 {
  const { route } = found
  if (route === null || route.nexthops.length <= 1) return found
  const usable = route.nexthops.filter((one) => scoreOf(one.device?.index ?? 0, search) >= 0)
  return { ...found, nexthop: selectNextHop(usable, flow.source, flow.destination) ?? found.nexthop }
}

/** Source: Linux rt6_device_match(). */
function matchDevice(entries: readonly Route[], flow: Flow, search: Search6, isOwn: PlainSearch): Found6 | null {
  const first = entries[0] as Route
  const plain: Found6 = { type: first.type, route: first, nexthop: first.nexthops[0] ?? null }
  if (search.oif === 0 && (!flow.hasSource || isUnspecified6(flow.source))) return plain
  for (const route of entries) {
    const { type } = route
    // Reject routes belong to the loopback device, whose index is 1.
    if (route.nexthops.length === 0) {
      const fits = search.oif === 0 ? isOwn(flow.source, null) : search.oif === 1
      if (fits) return { type, route, nexthop: null }
    }
    for (const nexthop of route.nexthops) {
      const fits = search.oif === 0 ? isOwn(flow.source, nexthop.device) : nexthop.device?.index === search.oif
      if (fits) return { type, route, nexthop }
    }
  }
  return search.oif !== 0 && search.strict ? null : plain
}
