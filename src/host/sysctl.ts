import type { DeviceSettings } from '../route/device-settings.ts'
import { UsageError } from '../util/errors.ts'

/**
 * The sysctls of a host, by dotted name. Names that are not there have the kernel's default, which whoever asks
 * brings along.
 */
export class Sysctls {
  private readonly values: ReadonlyMap<string, string>

  constructor(values: ReadonlyMap<string, string> = new Map()) {
    this.values = values
  }

  /** Whether the name was given a value. */
  has(name: string): boolean {
    return this.values.has(name)
  }

  /** The value as a number; text and what is not there give `fallback`. */
  number(name: string, fallback: number): number {
    const text = this.values.get(name)
    const value = text === undefined ? Number.NaN : Number(text.split(/\s+/)[0])
    return Number.isFinite(value) ? value : fallback
  }

  /** All values whose name begins with the prefix, by their full names. */
  under(prefix: string): ReadonlyMap<string, string> {
    return new Map([...this.values].filter(([name]) => name.startsWith(prefix)))
  }
}

/**
 * Reads `sysctl.conf` text: `name = value`, `#` and `;` comments, a leading `-` is passed over.
 *
 * Names may use dots or slashes; where slashes come first, a dot is part of a device's name and is kept as `/`.
 * Later lines win. Throws UsageError with the line. Source: sysctl.conf(5).
 */
export function parseSysctls(text: string, file = 'sysctl.conf'): Sysctls {
  const values = new Map<string, string>()
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.trim()
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue
    const match = /^-?\s*([^\s=]+)\s*=\s*(.*)$/.exec(content)
    if (match === null) {
      throw new UsageError('expected NAME = VALUE', { place: { file, line: index + 1, column: 1 } })
    }
    values.set(dotted(match[1] as string), (match[2] as string).trim())
  }
  return new Sysctls(values)
}

/** `net/ipv4/conf/eth0.1/x` and `net.ipv4.conf.eth0/1.x` are the same name. */
function dotted(name: string): string {
  const slash = name.indexOf('/')
  const dot = name.indexOf('.')
  if (slash < 0 || (dot >= 0 && dot < slash)) return name
  return name.replace(/[./]/g, (one) => (one === '/' ? '.' : '/'))
}

/** The settings of one device, with `conf.all` and `conf.default` worked in. */
export function deviceSettings(sysctls: Sysctls, device: string): DeviceSettings {
  const name = device.replaceAll('.', '/')
  const own = (family: 'ipv4' | 'ipv6', key: string, fallback: number) => {
    // The loopback device is older than any setting of the default.
    const inherited = device === 'lo' ? fallback : sysctls.number(`net.${family}.conf.default.${key}`, fallback)
    return sysctls.number(`net.${family}.conf.${name}.${key}`, inherited)
  }
  const all = (key: string, fallback: number) => sysctls.number(`net.ipv4.conf.all.${key}`, fallback)
  const either = (key: string, fallback: 0 | 1) => all(key, fallback) !== 0 || own('ipv4', key, fallback) !== 0
  const rpFilter = Math.max(all('rp_filter', 0), own('ipv4', 'rp_filter', 0))
  return {
    forwarding: own('ipv4', 'forwarding', ipv4Forwarding(sysctls) ? 1 : 0) !== 0,
    acceptLocal: either('accept_local', 0),
    rpFilter: rpFilter >= 2 ? 2 : rpFilter === 1 ? 1 : 0,
    routeLocalnet: either('route_localnet', 0),
    srcValidMark: either('src_valid_mark', 0),
    sendRedirects: either('send_redirects', 1),
    sharedMedia: either('shared_media', 1),
    acceptSourceRoute: all('accept_source_route', 0) !== 0 && own('ipv4', 'accept_source_route', 1) !== 0,
    bcForwarding: all('bc_forwarding', 0) !== 0 && own('ipv4', 'bc_forwarding', 0) !== 0,
    dropUnicastInL2Multicast: either('drop_unicast_in_l2_multicast', 0),
    forwarding6: sysctls.number(`net.ipv6.conf.${name}.forwarding`, ipv6Forwarding(sysctls) ? 1 : 0) !== 0,
    disableIpv6: own('ipv6', 'disable_ipv6', sysctls.number('net.ipv6.conf.all.disable_ipv6', 0)) !== 0,
    dropUnicastInL2Multicast6: own('ipv6', 'drop_unicast_in_l2_multicast', 0) !== 0,
    useOifAddrsOnly: own('ipv6', 'use_oif_addrs_only', 0) !== 0,
  }
}

/** Whether IPv4 forwards; assumed where neither name has a value. */
export function ipv4Forwarding(sysctls: Sysctls): boolean {
  const all = sysctls.number('net.ipv4.conf.all.forwarding', 1)
  return sysctls.number('net.ipv4.ip_forward', all) !== 0
}

/** Whether IPv6 forwards; assumed where the name has no value. */
export function ipv6Forwarding(sysctls: Sysctls): boolean {
  return sysctls.number('net.ipv6.conf.all.forwarding', 1) !== 0
}

/** Whether the text says anything about forwarding of a family. */
export function saysForwarding(sysctls: Sysctls, family: 4 | 6): boolean {
  if (family === 6) return sysctls.has('net.ipv6.conf.all.forwarding')
  return sysctls.has('net.ipv4.ip_forward') || sysctls.has('net.ipv4.conf.all.forwarding')
}
