import type { Device } from '../packet/device.ts'
import { protocolNumber } from '../wire/protocols.ts'
import { type JsonEntry, jsonEntries } from './json.ts'
import { readRealm } from './read-routes.ts'
import { parseTable } from './route.ts'
import { defaultRules, type PolicyRule, type RuleAction, type RulePrefix } from './rules.ts'

/**
 * The policy rules of `ip -j rule` (IPv4), `ip -j -6 rule`, or one after the other, by family; a family that the
 * text does not have gets the kernel's own rules.
 *
 * Where addresses do not tell, IPv6 is taken to begin where the priorities start again from a lower one.
 * Throws UsageError with file name and entry number.
 */
export function readRules(
  text: string | undefined,
  devices: readonly Device[],
  file = 'rule.json',
): { readonly ipv4: PolicyRule[]; readonly ipv6: PolicyRule[] } {
  const entries = text === undefined ? [] : jsonEntries(text, file)
  const byName = new Map(devices.map((one) => [one.name, one]))
  const found: Record<4 | 6, PolicyRule[]> = { 4: [], 6: [] }
  let family: 4 | 6 = 4
  let priority = -1
  for (const entry of entries) {
    const next = entry.number('priority', 0xffffffff, 0)
    family = familyOf(entry) ?? (next < priority ? 6 : family)
    priority = next
    found[family].push(readRule(entry, family, byName))
  }
  return {
    ipv4: found[4].length > 0 ? found[4] : defaultRules(4),
    ipv6: found[6].length > 0 ? found[6] : defaultRules(6),
  }
}

function familyOf(entry: JsonEntry): 4 | 6 | null {
  const named = entry.text('family')
  if (named === 'inet' || named === 'inet6') return named === 'inet' ? 4 : 6
  for (const key of ['src', 'dst']) {
    const text = entry.text(key)
    if (text !== undefined && text !== 'all') return text.includes(':') ? 6 : 4
  }
  return null
}

function readRule(entry: JsonEntry, family: 4 | 6, devices: ReadonlyMap<string, Device>): PolicyRule {
  const mark = entry.number('fwmark', 0xffffffff, 0)
  return {
    family,
    priority: entry.number('priority', 0xffffffff, 0),
    inverted: entry.has('not'),
    from: readPrefix(entry, 'src', family),
    to: readPrefix(entry, 'dst', family),
    iif: readDevice(entry, 'iif', devices),
    oif: readDevice(entry, 'oif', devices),
    mark,
    mask: entry.number('fwmask', 0xffffffff, entry.has('fwmark') ? 0xffffffff : 0),
    tos: entry.number('tos', 255, 0),
    protocol: readProtocol(entry),
    sport: readRange(entry, 'sport', 65535),
    dport: readRange(entry, 'dport', 65535),
    uid: readRange(entry, 'uid', 0xffffffff),
    action: readAction(entry),
    suppressPrefixLength: entry.has('suppress_prefixlen') ? entry.number('suppress_prefixlen', 128, 0) : -1,
    ...readRealm(entry, 'flow_from', 'flow_to'),
  }
}

function readPrefix(entry: JsonEntry, key: 'src' | 'dst', family: 4 | 6): RulePrefix | null {
  const text = entry.text(key)
  if (text === undefined || text === 'all') return null
  const address = entry.address(key)
  if (address === null) return null
  const full = family === 4 ? 32 : 128
  return { network: address.words, length: entry.number(`${key}len`, full, full) }
}

function readDevice(entry: JsonEntry, key: 'iif' | 'oif', devices: ReadonlyMap<string, Device>): number {
  const name = entry.text(key)
  return name === undefined ? 0 : (devices.get(name)?.index ?? -1)
}

function readProtocol(entry: JsonEntry): number {
  const text = entry.text('ipproto')
  if (text === undefined) return 0
  return protocolNumber(text) ?? entry.number('ipproto', 255, 0)
}

function readRange(entry: JsonEntry, key: string, max: number): [number, number] | null {
  if (entry.has(key)) {
    const one = entry.number(key, max, 0)
    return [one, one]
  }
  if (!entry.has(`${key}_start`)) return null
  return [entry.number(`${key}_start`, max, 0), entry.number(`${key}_end`, max, max)]
}

function readAction(entry: JsonEntry): RuleAction {
  if (entry.has('nop')) return { kind: 'nop' }
  if (entry.has('goto')) return { kind: 'goto', priority: entry.number('goto', 0xffffffff, 0) }
  const action = entry.text('action')
  if (action === 'blackhole' || action === 'unreachable' || action === 'prohibit' || action === 'nop') {
    return { kind: action }
  }
  if (action !== undefined && action !== 'lookup' && action !== 'table') {
    return entry.fail('action', 'blackhole, unreachable or prohibit')
  }
  const table = entry.text('table')
  if (table === undefined) return entry.fail('table', 'a table, or an action')
  return { kind: 'table', table: entry.within('table', () => parseTable(table)) }
}
