import { type Words, ZERO_WORDS } from '../util/words.ts'
import { type Flow, flowTo } from './flow.ts'
import { PrefixMap } from './prefix-map.ts'
import { type NextHop, type Realm, type Route, type RouteError, type RouteType, SCOPE, TABLE } from './route.ts'
import { areDefaultRules, type PolicyRule, ruleMatches } from './rules.ts'

/** What a lookup found; reused, so copy what must last. Source: Linux struct fib_result. */
export interface FibResult {
  route: Route | null
  nexthop: NextHop | null
  /** Of the policy rule that led to it. */
  realm: Realm
}

const TYPE_ERRORS: Partial<Record<RouteType, RouteError>> = {
  blackhole: 'EINVAL',
  unreachable: 'EHOSTUNREACH',
  prohibit: 'EACCES',
  throw: 'EAGAIN',
}

/** The DSCP bits that the old TOS meaning shares. Source: Linux fib_dscp_masked_match(). */
const TOS_MASK = 0x1c

/**
 * The IPv4 forwarding tables of a host and the rules that choose among them.
 *
 * As long as the rules are the kernel's own, the tables local and main are one: the longest prefix wins over both,
 * so a more specific route of main shadows a local network. Own rules take them apart.
 *
 * Source: Linux fib_lookup(), fib_table_lookup(), fib_rules_lookup(), fib_trie_unmerge().
 */
export class Fib4 {
  /** Whether rules differ from the kernel's own. */
  readonly hasCustomRules: boolean
  /** Whether the table local has entries that no address explains; these make source checks exact but slow. */
  readonly hasCustomLocalRoutes: boolean
  /** Whether any route or rule says a realm. Source: Linux fib_num_tclassid_users(). */
  readonly hasRealms: boolean
  private readonly tables = new Map<number, PrefixMap<Route>>()
  private readonly rules: readonly PolicyRule[]
  /** A flow with nothing but a destination. */
  private readonly plain: Flow = flowTo(ZERO_WORDS)

  constructor(routes: readonly Route[], rules: readonly PolicyRule[], customLocalRoutes = false) {
    this.rules = [...rules].sort((a, b) => a.priority - b.priority)
    this.hasCustomRules = !areDefaultRules(this.rules, 4)
    this.hasCustomLocalRoutes = customLocalRoutes
    this.hasRealms = [...rules, ...routes.flatMap((one) => one.nexthops)].some(({ realm = 0 }) => realm !== 0)
    for (const route of routes) this.insert(route)
  }

  private insert(route: Route): void {
    const merged = !this.hasCustomRules && route.table === TABLE.local ? TABLE.main : route.table
    const table = this.tables.get(merged) ?? new PrefixMap<Route>()
    this.tables.set(merged, table)
    const entries = table.entriesFor(route.destination, route.prefix)
    const after = entries.findIndex((one) => comesBefore(route, one))
    entries.splice(after < 0 ? entries.length : after, 0, route)
  }

  /** Looks a flow up by the rules; null when a route was found (in `result`), else why not. Source: Linux fib_lookup(). */
  lookup(flow: Flow, result: FibResult): RouteError | null {
    result.route = null
    result.nexthop = null
    result.realm = 0
    if (this.hasCustomRules) return this.lookupByRules(flow, result)
    let error: RouteError | null = this.lookupTable(TABLE.main, flow, result)
    if (error === null) return null
    if (this.tables.has(TABLE.default)) error = this.lookupTable(TABLE.default, flow, result)
    return error === 'EAGAIN' ? 'ENETUNREACH' : error
  }

  private lookupByRules(flow: Flow, result: FibResult): RouteError | null {
    for (let i = 0; i < this.rules.length; ) {
      const rule = this.rules[i++] as PolicyRule
      if (!ruleMatches(rule, flow)) continue
      const { action } = rule
      if (action.kind === 'goto') {
        // A jump is always forward; a missing target leaves the list.
        while (i < this.rules.length && (this.rules[i] as PolicyRule).priority < action.priority) i++
        continue
      }
      if (action.kind === 'nop') continue
      if (action.kind !== 'table') {
        return action.kind === 'unreachable' ? 'ENETUNREACH' : action.kind === 'prohibit' ? 'EACCES' : 'EINVAL'
      }
      const error = this.lookupTable(action.table, flow, result)
      if (error === null && (result.route as Route).prefix <= rule.suppressPrefixLength) {
        result.route = null
        continue
      }
      result.realm = rule.realm ?? 0
      if (error !== 'EAGAIN') return error
    }
    return 'ENETUNREACH'
  }

  /** Looks one table up; EAGAIN where it has no answer. Source: Linux fib_table_lookup(). */
  lookupTable(number: number, flow: Flow, result: FibResult): RouteError | null {
    const table = this.tables.get(number)
    if (table === undefined) return 'EAGAIN'
    const address = flow.destination[0]
    for (let level = 0; level < table.levelCount; level++) {
      const entries = table.at(level, address, 0, 0, 0)
      if (entries === undefined) continue
      for (const route of entries) {
        if (route.tos !== 0 && route.tos !== (flow.tos & TOS_MASK)) continue
        const error = TYPE_ERRORS[route.type]
        if (error !== undefined) return error
        const nexthop = usableNextHop(route, flow.oif)
        if (nexthop === null) continue
        result.route = route
        result.nexthop = nexthop
        return null
      }
    }
    return 'EAGAIN'
  }

  /** The type an address has in the local table: `unicast` for what is not there. Source: Linux __inet_dev_addr_type(). */
  localType(address: number, deviceIndex: number, scratch: FibResult): RouteType {
    this.plain.destination = [address, 0, 0, 0]
    const error = this.lookupTable(this.hasCustomRules ? TABLE.local : TABLE.main, this.plain, scratch)
    if (error !== null || scratch.route === null) return 'unicast'
    const first = scratch.route.nexthops[0]?.device?.index ?? 0
    return deviceIndex === 0 || deviceIndex === first ? scratch.route.type : 'unicast'
  }
}

function comesBefore(a: Route, b: Route): boolean {
  if (a.table !== b.table) return a.table > b.table
  if (a.tos !== b.tos) return a.tos > b.tos
  return a.metric < b.metric
}

function usableNextHop(route: Route, oif: number): NextHop | null {
  for (const nexthop of route.nexthops) {
    if (nexthop.dead) continue
    if (oif !== 0 && nexthop.device?.index !== oif) continue
    return nexthop
  }
  return null
}

/**
 * The next hop a flow takes on a route with several. The kernel hashes the addresses with a secret of the machine:
 * which one it takes cannot be told, only that a flow stays with it; weights are honoured here alike.
 *
 * Source: Linux fib_select_multipath().
 */
export function selectNextHop(nexthops: readonly NextHop[], source: Words, destination: Words): NextHop | null {
  const usable = nexthops.filter((one) => !one.dead)
  if (usable.length <= 1) return usable[0] ?? null
  let hash = 0
  for (const word of [...source, ...destination]) hash = Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15)
  let left = (hash >>> 1) % usable.reduce((sum, one) => sum + one.weight, 0)
  for (const one of usable) {
    if (left < one.weight) return one
    left -= one.weight
  }
  return usable[0] as NextHop
}

/** Whether the route's source is directly connected, in the sense of redirects. Source: Linux __fib_validate_source(). */
export function isOnLink(nexthop: NextHop): boolean {
  return nexthop.scope >= SCOPE.host
}
