import type { Words } from '../util/words.ts'

/** How a device frames packets: `none` is a layer-3 device (TUN) without MAC addresses. */
export type LinkType = 'loopback' | 'ether' | 'none'

/** A network interface of a host. */
export interface Device {
  readonly name: string
  /** The interface index, 1 for `lo`. */
  readonly index: number
  readonly link: LinkType
  /** The largest packet it carries, in bytes from the network header on. */
  readonly mtu: number
  readonly up: boolean
  /** Six bytes, where {@link link} is `ether`. */
  readonly mac: Uint8Array | null
  /** The device group; 0 where absent. Source: Linux struct net_device, group. */
  readonly group?: number
  /** The addresses in the kernel's order. */
  readonly addresses: readonly DeviceAddress[]
}

/** One address of a device. */
export interface DeviceAddress {
  readonly family: 4 | 6
  readonly address: Words
  readonly prefix: number
  readonly broadcast: Words | null
  readonly peer: Words | null
  readonly scope: 'global' | 'site' | 'link' | 'host'
  readonly secondary: boolean
  readonly deprecated: boolean
}
