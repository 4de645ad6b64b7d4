/**
 * The sysctls of one device that routing reads, with `conf.all` already worked in as the kernel combines them
 * (maximum for rp_filter, or for most, and for accept_source_route).
 *
 * Source: Linux Documentation/networking/ip-sysctl.rst; inetdevice.h IN_DEV_*().
 */
export interface DeviceSettings {
  readonly forwarding: boolean
  readonly acceptLocal: boolean
  /** 0 off, 1 strict, 2 loose. */
  readonly rpFilter: 0 | 1 | 2
  readonly routeLocalnet: boolean
  readonly srcValidMark: boolean
  readonly sendRedirects: boolean
  readonly sharedMedia: boolean
  readonly acceptSourceRoute: boolean
  readonly bcForwarding: boolean
  readonly dropUnicastInL2Multicast: boolean
  /** IPv6: the device is one of a router, which decides on anycast addresses and groups; forwarding itself is the host's. */
  readonly forwarding6: boolean
  /** IPv6: the device takes no packets. */
  readonly disableIpv6: boolean
  readonly dropUnicastInL2Multicast6: boolean
  /** IPv6: only the addresses of the outgoing device are candidates for a source. */
  readonly useOifAddrsOnly: boolean
}

/** Finds the settings of a device by its index. */
export type SettingsOf = (deviceIndex: number) => DeviceSettings
