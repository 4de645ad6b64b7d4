import { createSets, readSetLines, type SetLine } from '../ipset/index.ts'
import type { KnownSocket } from '../matches/socket-table.ts'
import type { Device } from '../packet/device.ts'
import { deriveRoutes } from '../route/derive.ts'
import type { DeviceSettings } from '../route/device-settings.ts'
import { readDevices } from '../route/read-devices.ts'
import { readRoutes } from '../route/read-routes.ts'
import { readRules } from '../route/read-rules.ts'
import { type Route, TABLE } from '../route/route.ts'
import type { PolicyRule } from '../route/rules.ts'
import { type Ruleset, restoreRuleset } from '../xtables/index.ts'
import { checkSets } from './check-sets.ts'
import { type ConnectionEntry, parseConnections } from './conntrack-file.ts'
import { extensions } from './extensions.ts'
import { HOST_FILE_NAMES } from './file-names.ts'
import { parseSockets } from './sockets-file.ts'
import { deviceSettings, parseSysctls, Sysctls, saysForwarding } from './sysctl.ts'

/** The texts of a host directory; every part may be missing. */
export interface HostFiles {
  readonly rulesV4?: string
  readonly rulesV6?: string
  /** `ip -j addr`. */
  readonly addr?: string
  /** `ip -j route show table all`, of both families. */
  readonly route?: string
  /** `ip -j rule`, of both families. */
  readonly rule?: string
  /** `ip -j link`. */
  readonly link?: string
  /** `sysctl.conf` or the output of `sysctl -a`. */
  readonly sysctl?: string
  /** `conntrack -L -o extended`. */
  readonly conntrack?: string
  /** `ipset save`. */
  readonly ipset?: string
  /** `ss -H -n -a -t -u -e`. */
  readonly sockets?: string
}

/** A host as its files describe it, read and checked. */
export interface HostConfig {
  /** By interface index. */
  readonly devices: readonly Device[]
  readonly routes: readonly Route[]
  readonly rules: { readonly ipv4: readonly PolicyRule[]; readonly ipv6: readonly PolicyRule[] }
  readonly sysctls: Sysctls
  readonly settings: ReadonlyMap<number, DeviceSettings>
  readonly rulesets: { readonly 4: Ruleset | null; readonly 6: Ruleset | null }
  /** Connections that exist from the start. */
  readonly connections: readonly ConnectionEntry[]
  /** What makes the host's sets; null where nothing is known of them. */
  readonly sets: readonly SetLine[] | null
  /** TCP and UDP sockets; null where nothing is known of them. */
  readonly sockets: readonly KnownSocket[] | null
  /** Whether the table local has entries that no address explains. */
  readonly customLocalRoutes: boolean
  /** What had to be assumed because a part is missing, one sentence each. */
  readonly assumptions: readonly string[]
}

/**
 * Reads the texts of a host directory. A pure function: no file system is involved.
 *
 * Throws UsageError with file name and line or entry.
 */
export function readHost(files: HostFiles): HostConfig {
  const assumptions: string[] = []
  const devices = readDevices(files.addr, files.link)
  const sysctls = files.sysctl === undefined ? new Sysctls() : parseSysctls(files.sysctl, HOST_FILE_NAMES.sysctl)
  if (files.addr === undefined) assumptions.push('addr.json is missing: only lo has addresses.')
  if (!saysForwarding(sysctls, 4)) {
    assumptions.push('IPv4 forwarding is taken to be on: sysctl.conf does not say (net.ipv4.ip_forward).')
  }
  if (files.rulesV6 !== undefined && !saysForwarding(sysctls, 6)) {
    assumptions.push('IPv6 forwarding is taken to be on: sysctl.conf does not say (net.ipv6.conf.all.forwarding).')
  }
  const settings = new Map(devices.map((one) => [one.index, deviceSettings(sysctls, one.name)]))
  const given = files.route === undefined ? null : readRoutes(files.route, devices, HOST_FILE_NAMES.route)
  const forwards = (device: Device) => settings.get(device.index)?.forwarding6 ?? false
  const routes = completeRoutes(given, devices, forwards, assumptions)
  const rulesets = { 4: readRuleset(files.rulesV4, 4, assumptions), 6: readRuleset(files.rulesV6, 6, assumptions) }
  const sets = files.ipset === undefined ? null : readSetLines(files.ipset, HOST_FILE_NAMES.ipset)
  if (sets !== null) {
    const made = createSets(sets, 0)
    checkSets(rulesets[4], made, HOST_FILE_NAMES.rulesV4)
    checkSets(rulesets[6], made, HOST_FILE_NAMES.rulesV6)
  }
  return {
    devices,
    routes,
    rules: readRules(files.rule, devices, HOST_FILE_NAMES.rule),
    sysctls,
    settings,
    rulesets,
    connections: files.conntrack === undefined ? [] : parseConnections(files.conntrack, HOST_FILE_NAMES.conntrack),
    sets,
    sockets: files.sockets === undefined ? null : parseSockets(files.sockets, HOST_FILE_NAMES.sockets),
    customLocalRoutes: hasCustomLocalRoutes(routes, devices),
    assumptions,
  }
}

function readRuleset(text: string | undefined, family: 4 | 6, assumptions: string[]): Ruleset | null {
  if (text === undefined) return null
  const file = family === 4 ? HOST_FILE_NAMES.rulesV4 : HOST_FILE_NAMES.rulesV6
  const ruleset = restoreRuleset(text, family, extensions(), { file })
  for (const name of ruleset.unknownExtensions) {
    assumptions.push(`${file} uses ${name}, which hookline does not know: verdicts that depend on it are UNKNOWN.`)
  }
  return ruleset
}

/** Adds what the kernel makes for addresses, where the file does not have it. */
function completeRoutes(
  given: Route[] | null,
  devices: readonly Device[],
  forwards: (device: Device) => boolean,
  assumptions: string[],
): Route[] {
  const routes = (given ?? []).filter((one) => !isStaleAnycast(one, forwards))
  if (given === null) {
    assumptions.push('route.json is missing: only the networks of the addresses have routes.')
  }
  for (const family of [4, 6] as const) {
    const hasLocal = routes.some((one) => one.family === family && one.table === TABLE.local)
    if (hasLocal) continue
    routes.push(...deriveRoutes(devices, { family, connected: given === null, forwards }))
    const usesFamily = devices.some((one) => one.link !== 'loopback' && one.addresses.some((a) => a.family === family))
    if (given !== null && usesFamily) {
      assumptions.push(`route.json has no table local for IPv${family}: it is derived from the addresses.`)
    }
  }
  return routes
}

/** A subnet-router address that the kernel gave up when forwarding was switched off. Source: Linux dev_forward_change(). */
function isStaleAnycast(route: Route, forwards: (device: Device) => boolean): boolean {
  const device = route.nexthops[0]?.device
  return route.family === 6 && route.type === 'anycast' && route.metric === 0 && device != null && !forwards(device)
}

function hasCustomLocalRoutes(routes: readonly Route[], devices: readonly Device[]): boolean {
  const own = new Set(devices.flatMap((one) => one.addresses.map(({ address }) => address.join())))
  return routes.some(
    (one) =>
      one.family === 4 &&
      one.table === TABLE.local &&
      one.type === 'local' &&
      !own.has(one.destination.join()) &&
      !(one.destination[0] >>> 24 === 127),
  )
}
