import type { Device, DeviceAddress } from '../packet/device.ts'
import { ipv4Mask } from '../wire/address.ts'
import type { SettingsOf } from './device-settings.ts'
import { type NextHop, type Route, SCOPE } from './route.ts'

/** An IPv4 address of a device in the form that source selection reads. */
interface Address4 {
  readonly local: number
  /** The peer's address where the link has one: what the prefix is about. */
  readonly network: number
  readonly mask: number
  readonly scope: number
  readonly secondary: boolean
}

/** Chooses IPv4 source addresses from the addresses of the devices, in their order. */
export class SourceSelection4 {
  private readonly devices: readonly Device[]
  private readonly settings: SettingsOf
  private readonly addresses = new Map<number, readonly Address4[]>()
  private readonly owners = new Map<number, Device>()

  constructor(devices: readonly Device[], settings: SettingsOf) {
    this.devices = devices
    this.settings = settings
    for (const device of devices) {
      const own = device.addresses.filter((one) => one.family === 4).map(toAddress4)
      this.addresses.set(device.index, own)
      for (const { local } of own) if (!this.owners.has(local)) this.owners.set(local, device)
    }
  }

  /** The device that has this address, else null. Source: Linux inet_lookup_ifaddr_rcu(). */
  ownerOf(address: number): Device | null {
    return this.owners.get(address) ?? null
  }

  /** Whether the device has any IPv4 address. */
  hasAddresses(device: Device): boolean {
    return (this.addresses.get(device.index)?.length ?? 0) > 0
  }

  /**
   * An address of the device, preferably in the network of `destination` (0: any), of at most this scope; else of
   * any device; 0 without one. Source: Linux inet_select_addr().
   */
  select(device: Device, destination: number, scope: number): number {
    const localScope = this.settings(device.index).routeLocalnet ? SCOPE.link : SCOPE.host
    let chosen = 0
    for (const one of this.addresses.get(device.index) ?? []) {
      if (one.secondary || Math.min(one.scope, localScope) > scope) continue
      if (destination === 0 || ((destination ^ one.network) & one.mask) === 0) return one.local
      if (chosen === 0) chosen = one.local
    }
    if (chosen !== 0) return chosen
    for (const other of this.devices) {
      for (const one of this.addresses.get(other.index) ?? []) {
        if (!one.secondary && one.scope !== SCOPE.link && one.scope <= scope) return one.local
      }
    }
    return 0
  }

  /** Whether the device has an address whose network holds both. Source: Linux inet_addr_onlink(). */
  sharesLink(device: Device, a: number, b: number): boolean {
    for (const one of this.addresses.get(device.index) ?? []) {
      if (((a ^ one.network) & one.mask) === 0 && (b === 0 || ((b ^ one.network) & one.mask) === 0)) return true
    }
    return false
  }

  /** The source address a route gives to packets of our own. Source: Linux fib_result_prefsrc(). */
  ofRoute(route: Route, nexthop: NextHop): number {
    if (route.preferredSource !== null) return route.preferredSource[0]
    if (nexthop.device === null) return 0
    const gateway = nexthop.gateway !== null && nexthop.gatewayFamily === 4 ? nexthop.gateway[0] : 0
    return this.select(nexthop.device, gateway, route.scope)
  }
}

const SCOPES = { global: SCOPE.universe, site: SCOPE.site, link: SCOPE.link, host: SCOPE.host } as const

function toAddress4(one: DeviceAddress): Address4 {
  return {
    local: one.address[0],
    network: (one.peer ?? one.address)[0],
    mask: ipv4Mask(one.prefix),
    scope: SCOPES[one.scope],
    secondary: one.secondary,
  }
}
