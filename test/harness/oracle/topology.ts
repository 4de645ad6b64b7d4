/** What a namespace looks like before rules are loaded: devices, addresses, routes, sysctls. */

/** A TUN device of the namespace; `addresses` are written with their prefix length, either family. */
interface TopologyDevice {
  readonly name: string
  readonly addresses: readonly string[]
  /** In bytes; 1500 when absent. */
  readonly mtu?: number
}

/** A namespace to be built. Routes and rules are arguments of `ip route` / `ip rule`, a leading `-6 ` where no address tells IPv6. */
export interface Topology {
  readonly devices: readonly TopologyDevice[]
  readonly routes: readonly string[]
  readonly rules: readonly string[]
  /** Written after the oracle's own, so they win; the key is dotted or has slashes. */
  readonly sysctls: Readonly<Record<string, string | number>>
}

/** Three routed networks 10.0.{0,1,2}.0/24 and fd00:0:0:{0,1,2}::/64 on t0, t1, t2; the rest of the world is behind t1. */
export const defaultTopology: Topology = {
  devices: [0, 1, 2].map((i) => ({ name: `t${i}`, addresses: [`10.0.${i}.1/24`, `fd00:0:0:${i}::1/64`] })),
  routes: ['add default via 10.0.1.2 dev t1', 'add default via fd00:0:0:1::2 dev t1'],
  rules: [],
  sysctls: {},
}

/** The default topology with some of its parts added to: devices, routes and rules are appended, sysctls override. */
export function topology(more: Partial<Topology> = {}): Topology {
  return {
    devices: [...defaultTopology.devices, ...(more.devices ?? [])],
    routes: [...defaultTopology.routes, ...(more.routes ?? [])],
    rules: [...defaultTopology.rules, ...(more.rules ?? [])],
    sysctls: { ...defaultTopology.sysctls, ...more.sysctls },
  }
}

/**
 * The sysctls every oracle namespace starts from: routing on, and nothing that answers differently from run to run
 * (rate limits, redirects, source checks, random flow labels).
 */
export const baseSysctls: Readonly<Record<string, string | number>> = {
  'net.ipv4.ip_forward': 1,
  'net.ipv4.conf.all.rp_filter': 0,
  'net.ipv4.conf.default.rp_filter': 0,
  'net.ipv4.conf.all.accept_local': 1,
  'net.ipv4.conf.default.accept_local': 1,
  'net.ipv4.conf.all.route_localnet': 0,
  'net.ipv4.conf.all.log_martians': 0,
  'net.ipv4.conf.all.send_redirects': 0,
  'net.ipv4.conf.default.send_redirects': 0,
  'net.ipv4.conf.all.accept_redirects': 0,
  'net.ipv4.icmp_ratelimit': 0,
  'net.ipv4.icmp_ratemask': 0,
  'net.ipv4.icmp_msgs_per_sec': 2000000000,
  'net.ipv4.icmp_msgs_burst': 2000000000,
  'net.ipv6.icmp.ratelimit': 0,
  'net.ipv6.conf.all.forwarding': 1,
  'net.ipv6.conf.default.forwarding': 1,
  'net.ipv6.conf.default.accept_dad': 0,
  'net.ipv6.conf.default.dad_transmits': 0,
  'net.ipv6.conf.default.accept_ra': 0,
  'net.ipv6.conf.default.autoconf': 0,
  'net.ipv6.conf.default.addr_gen_mode': 1,
  'net.ipv6.conf.default.router_solicitations': 0,
  'net.ipv6.conf.default.disable_ipv6': 0,
  'net.ipv6.auto_flowlabels': 0,
  'net.netfilter.nf_conntrack_acct': 1,
  'net.netfilter.nf_conntrack_checksum': 1,
  'net.netfilter.nf_conntrack_tcp_loose': 1,
  'net.netfilter.nf_conntrack_tcp_be_liberal': 0,
  'net.netfilter.nf_conntrack_log_invalid': 0,
  'net.ipv4.ip_local_port_range': '32768 60999',
  'net.netfilter.nf_log.2': 'nfnetlink_log',
  'net.netfilter.nf_log.10': 'nfnetlink_log',
}
