import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOST_FILE_NAMES, type HostFiles } from '../../host/config.ts'
import { UsageError } from '../../util/errors.ts'
import { formatAddress, parsePrefix, tryParseAddress } from '../../wire/address.ts'

/** Reads a host directory. Throws UsageError when it is none or holds no rules. */
export function readHostDirectory(directory: string): HostFiles {
  if (!existsSync(directory)) throw new UsageError(`there is no directory "${directory}"`)
  const files: Partial<Record<keyof HostFiles, string>> = {}
  for (const [part, name] of Object.entries(HOST_FILE_NAMES) as [keyof HostFiles, string][]) {
    const path = join(directory, name)
    if (existsSync(path)) files[part] = readFileSync(path, 'utf8')
  }
  if (Object.keys(files).length === 0) {
    throw new UsageError(`"${directory}" holds none of ${Object.values(HOST_FILE_NAMES).join(', ')}`)
  }
  return files
}

/** What the command line says of a host that has no directory. */
export interface AdHocHost {
  readonly inDevice: string | null
  readonly outDevice: string | null
  readonly local: boolean
  readonly routes: readonly string[]
  readonly addresses: readonly string[]
  /** The first packet's addresses. */
  readonly source: string
  readonly destination: string
  readonly family: 4 | 6
}

interface LinkEntry {
  readonly ifname: string
  readonly addresses: { readonly family: 4 | 6; readonly text: string; readonly prefix: number }[]
}

/** `addr` and `route` of the host that the command line describes, and the assumptions this took. */
export function describeAdHocHost(host: AdHocHost): { files: HostFiles; assumptions: string[] } {
  return new AdHocBuilder(host).build()
}

class AdHocBuilder {
  private readonly host: AdHocHost
  private readonly links = new Map<string, LinkEntry>()
  private readonly routes: Record<string, unknown>[] = []
  private readonly assumptions: string[] = []

  constructor(host: AdHocHost) {
    this.host = host
  }

  build(): { files: HostFiles; assumptions: string[] } {
    const { host } = this
    this.link('lo').addresses.push({ family: 4, text: '127.0.0.1', prefix: 8 }, { family: 6, text: '::1', prefix: 128 })
    const inDevice = host.inDevice ?? host.outDevice ?? 'eth0'
    const outDevice = host.outDevice ?? inDevice
    this.link(inDevice)
    this.link(outDevice)
    for (const text of host.addresses) this.readAddress(text, inDevice)
    for (const text of host.routes) this.routes.push(this.readRoute(text))
    if (host.addresses.length === 0) this.assumeAddresses(inDevice, outDevice)
    this.assumeRoutes(inDevice, outDevice)
    return { files: { addr: this.addr(), route: JSON.stringify(this.routes) }, assumptions: this.assumptions }
  }

  private link(name: string): LinkEntry {
    const found = this.links.get(name)
    if (found) return found
    const made: LinkEntry = { ifname: name, addresses: [] }
    this.links.set(name, made)
    return made
  }

  /** `192.0.2.10/24 dev eth0`; the device may be left out. */
  private readAddress(text: string, device: string): void {
    const [address = '', , named] = text.trim().split(/\s+/)
    const { family, words, length } = parsePrefix(address)
    this.link(named ?? device).addresses.push({ family, text: formatAddress(family, words), prefix: length })
  }

  /** A route as `ip route` prints it. */
  private readRoute(text: string): Record<string, unknown> {
    const words = text.trim().split(/\s+/)
    const types = ['unicast', 'local', 'broadcast', 'blackhole', 'unreachable', 'prohibit', 'throw']
    const type = types.includes(words[0] ?? '') ? words.shift() : undefined
    const dst = words.shift() ?? ''
    const address = dst.split('/')[0] ?? ''
    if (dst !== 'default' && tryParseAddress(address) === undefined) {
      throw new UsageError(`--route "${text}": expected "default" or a prefix, such as '172.17.0.0/16 dev docker0'`)
    }
    const route: Record<string, unknown> = { dst, flags: [], ...(type ? { type } : {}) }
    const keys: Record<string, string> = {
      via: 'gateway',
      dev: 'dev',
      src: 'prefsrc',
      table: 'table',
      metric: 'metric',
      scope: 'scope',
      proto: 'protocol',
      mtu: 'mtu',
    }
    for (let at = 0; at < words.length; at += 2) {
      const key = keys[words[at] ?? '']
      const value = words[at + 1]
      if (key === undefined || value === undefined)
        throw new UsageError(`--route "${text}": "${words[at]}" is not understood`)
      route[key] = key === 'metric' ? Number(value) : value
      if (key === 'dev') this.link(value)
    }
    return route
  }

  private assumeAddresses(inDevice: string, outDevice: string): void {
    const { host } = this
    const own = host.local ? host.source : host.outDevice === null ? host.destination : null
    let index = 1
    for (const device of new Set([inDevice, outDevice])) {
      const isOwn = own !== null && device === (host.local ? outDevice : inDevice)
      const text = isOwn ? own : host.family === 4 ? `198.18.0.${index}` : `2001:2::${index}`
      index++
      if (isOwn && /^(127\.|::1$)/.test(own)) continue
      this.link(device).addresses.push({ family: host.family, text, prefix: host.family === 4 ? 32 : 128 })
      this.assumptions.push(`${device} has the address ${text} and no other (--address or --host says otherwise)`)
    }
  }

  private assumeRoutes(inDevice: string, outDevice: string): void {
    const { host } = this
    const hasDefault = this.routes.some((route) => route.dst === 'default')
    if (!hasDefault) {
      this.routes.push({ dst: 'default', dev: outDevice, scope: 'link', flags: [] })
      if (host.family === 6) this.assumptions.push(`what no route names is reached through ${outDevice}`)
      else this.assumptions.push(`what no route names is reached through ${outDevice} (--route says otherwise)`)
    }
    if (inDevice !== outDevice && !host.local) {
      const dst = `${host.source}${host.family === 4 ? '/32' : '/128'}`
      this.routes.push({ dst: host.source.includes('/') ? host.source : dst, dev: inDevice, scope: 'link', flags: [] })
      this.assumptions.push(`${host.source} is reached through ${inDevice}`)
    }
  }

  private addr(): string {
    const links = [...this.links.values()].map((link, index) => ({
      ifindex: index + 1,
      ifname: link.ifname,
      flags: link.ifname === 'lo' ? ['LOOPBACK', 'UP', 'LOWER_UP'] : ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
      mtu: link.ifname === 'lo' ? 65536 : 1500,
      operstate: link.ifname === 'lo' ? 'UNKNOWN' : 'UP',
      link_type: link.ifname === 'lo' ? 'loopback' : 'ether',
      address:
        link.ifname === 'lo' ? '00:00:00:00:00:00' : `02:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`,
      addr_info: link.addresses.map(({ family, text, prefix }) => ({
        family: family === 4 ? 'inet' : 'inet6',
        local: text,
        prefixlen: prefix,
        scope: link.ifname === 'lo' ? 'host' : 'global',
      })),
    }))
    return JSON.stringify(links)
  }
}
