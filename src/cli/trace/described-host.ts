import type { HostFiles } from '../../host/config.ts'
import type { Assumption } from './assumptions.ts'
import {
  type AddressEntry,
  addressEntry,
  connectedNetwork,
  type DeviceAddress,
  type RouteEntry,
  routeEntry,
  withDevice,
} from './host-entries.ts'

/** What the command line says of a host that has no directory. */
export interface DescribedHost {
  readonly inDevice: string | null
  readonly outDevice: string | null
  /** Further devices that packets are said to come in by. */
  readonly devices: readonly string[]
  readonly local: boolean
  /** Whether a file says which routes there are: then none are assumed. */
  readonly hasRoutes: boolean
  readonly routes: readonly string[]
  readonly addresses: readonly string[]
  /** The first packet's addresses. */
  readonly source: string
  readonly destination: string
  readonly family: 4 | 6
}

/**
 * `addr` and `route` of the host that the command line describes, and the assumptions this took.
 *
 * Without addresses, an arriving packet is taken to be for this host, or, with `--out`, to be forwarded.
 */
export function describeHost(host: DescribedHost): { files: HostFiles; assumptions: Assumption[] } {
  return new DescribedHostBuilder(host).build()
}

class DescribedHostBuilder {
  private readonly host: DescribedHost
  private readonly links = new Map<string, AddressEntry['address'][]>()
  private readonly routes: RouteEntry[] = []
  private readonly assumptions: Assumption[] = []

  constructor(host: DescribedHost) {
    this.host = host
  }

  build(): { files: HostFiles; assumptions: Assumption[] } {
    const { host } = this
    this.link('lo').push({ family: 4, text: '127.0.0.1', prefix: 8 }, { family: 6, text: '::1', prefix: 128 })
    const inDevice = host.inDevice ?? host.outDevice ?? 'eth0'
    const outDevice = host.outDevice ?? inDevice
    this.link(inDevice)
    this.link(outDevice)
    for (const device of host.devices) this.link(device)
    for (const text of host.addresses) {
      const { device, address } = addressEntry(text)
      this.link(device ?? inDevice).push(address)
    }
    const addresses = this.allAddresses()
    for (const text of host.routes) {
      const route = routeEntry(text, host.family)
      if (route.dev !== undefined) this.link(route.dev)
      this.routes.push(withDevice(route, addresses))
    }
    for (const one of addresses) {
      const connected = connectedNetwork(one)
      if (connected !== null && one.device !== 'lo') this.routes.push(connected)
    }
    if (host.addresses.length === 0) this.assumeAddresses(inDevice, outDevice)
    if (!host.hasRoutes) this.assumeRoutes(inDevice, outDevice)
    if (this.routes.some((one) => one.type === 'local')) this.addLocalRoutes()
    const files = { addr: this.addr(), route: JSON.stringify(this.routes) }
    // Where a packet goes back by the device it came from only because nobody said otherwise, that is no news to tell.
    const sysctl =
      host.routes.length === 0 ? 'net.ipv4.conf.all.send_redirects = 0\nnet.ipv4.conf.default.send_redirects = 0\n' : ''
    return { files: { ...files, sysctl }, assumptions: this.assumptions }
  }

  private allAddresses(): DeviceAddress[] {
    return [...this.links].flatMap(([device, addresses]) => addresses.map((one) => ({ ...one, device })))
  }

  /** With a local route of the user's, the table local is no longer derived from the addresses. */
  private addLocalRoutes(): void {
    for (const { device, family, text, prefix } of this.allAddresses()) {
      const dst = device === 'lo' ? `${text}/${prefix}` : text
      this.routes.push({
        type: 'local',
        dst,
        dev: device,
        family: family === 4 ? 'inet' : 'inet6',
        scope: 'host',
        flags: [],
      })
    }
  }

  private link(name: string): AddressEntry['address'][] {
    const found = this.links.get(name)
    if (found) return found
    const made: AddressEntry['address'][] = []
    this.links.set(name, made)
    return made
  }

  private assumeAddresses(inDevice: string, outDevice: string): void {
    const { host } = this
    const { family } = host
    const wanted = host.local ? host.source : host.outDevice === null ? host.destination : null
    const own = wanted !== null && isUnicast(wanted) ? wanted : null
    let index = 1
    for (const device of new Set([inDevice, outDevice])) {
      const isOwn = own !== null && device === (host.local ? outDevice : inDevice)
      const text = isOwn ? own : family === 4 ? `198.18.0.${index}` : `2001:2::${index}`
      index++
      if (isOwn && isLoopback(own)) continue
      this.link(device).push({ family, text, prefix: family === 4 ? 32 : 128 })
      this.assumptions.push(
        isOwn && !host.local
          ? {
              en: `${device} has the address ${text}: the packet is for this host (--out, --address or --host say otherwise)`,
              zh: `${device} 的地址是 ${text}：数据包的目的地是本机（可用 --out、--address 或 --host 另行指定）`,
              family,
            }
          : {
              en: `${device} has the address ${text} and no other (--address or --host say otherwise)`,
              zh: `${device} 只有地址 ${text}（可用 --address 或 --host 另行指定）`,
              family,
            },
      )
    }
  }

  private assumeRoutes(inDevice: string, outDevice: string): void {
    const { family, source, local } = this.host
    const inet = family === 4 ? 'inet' : 'inet6'
    if (!this.routes.some((route) => route.dst === 'default' && route.family === inet)) {
      this.routes.push({ dst: 'default', dev: outDevice, family: inet, scope: 'link', flags: [] })
      this.assumptions.push({
        en: `what no route names is reached through ${outDevice} (--route says otherwise)`,
        zh: `没有其他路由的目的地都经 ${outDevice} 到达（可用 --route 另行指定）`,
        family,
      })
    }
    if (inDevice === outDevice || local || !isUnicast(source)) return
    this.routes.push({ dst: source, dev: inDevice, family: inet, scope: 'link', flags: [] })
    this.assumptions.push({
      en: `${source} is reached through ${inDevice}`,
      zh: `${source} 经 ${inDevice} 到达`,
      family,
    })
  }

  private addr(): string {
    const links = [...this.links].map(([ifname, addresses], index) => {
      const isLoopbackDevice = ifname === 'lo'
      const mac = isLoopbackDevice ? 0 : index + 1
      return {
        ifindex: index + 1,
        ifname,
        flags: [...(isLoopbackDevice ? ['LOOPBACK'] : ['BROADCAST', 'MULTICAST']), 'UP', 'LOWER_UP'],
        mtu: isLoopbackDevice ? 65536 : 1500,
        operstate: isLoopbackDevice ? 'UNKNOWN' : 'UP',
        link_type: isLoopbackDevice ? 'loopback' : 'ether',
        address: `0${mac === 0 ? 0 : 2}:00:00:00:00:${mac.toString(16).padStart(2, '0')}`,
        addr_info: addresses.map(({ family, text, prefix }) => ({
          family: family === 4 ? 'inet' : 'inet6',
          local: text,
          prefixlen: prefix,
          scope: isLoopbackDevice ? 'host' : 'global',
        })),
      }
    })
    return JSON.stringify(links)
  }
}

function isLoopback(address: string): boolean {
  return /^127\.|^::1$/.test(address)
}

/** Whether it can be the address of one host. */
function isUnicast(address: string): boolean {
  return !/^(22[4-9]|2[345]\d|0)\.|^ff|^::$/i.test(address)
}
