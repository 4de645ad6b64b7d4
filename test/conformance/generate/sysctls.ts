/** Random settings of the namespace. */
import type { Random } from '../../../src/util/random.ts'
import type { Version } from './pools.ts'

const settings: Readonly<Record<Version, readonly (readonly [string, readonly string[]])[]>> = {
  4: [
    ['net.ipv4.conf.all.rp_filter', ['1', '2']],
    ['net.ipv4.conf.t0.rp_filter', ['1', '2']],
    ['net.ipv4.conf.t1.forwarding', ['0']],
    ['net.ipv4.ip_forward', ['0']],
    ['net.ipv4.conf.all.route_localnet', ['1']],
    ['net.ipv4.conf.t0.route_localnet', ['1']],
    ['net.ipv4.conf.all.accept_source_route', ['1', '0']],
    ['net.ipv4.conf.all.src_valid_mark', ['1']],
    ['net.ipv4.ip_default_ttl', ['100']],
    ['net.ipv4.fwmark_reflect', ['1']],
    ['net.ipv4.icmp_errors_use_inbound_ifaddr', ['1']],
    ['net.ipv4.ip_forward_update_priority', ['0']],
  ],
  6: [
    ['net.ipv6.conf.all.forwarding', ['0']],
    ['net.ipv6.conf.t0.forwarding', ['0']],
    ['net.ipv6.conf.t0.hop_limit', ['100']],
    ['net.ipv6.conf.all.accept_source_route', ['1', '-1']],
    ['net.ipv6.fwmark_reflect', ['1']],
    ['net.ipv6.anycast_src_echo_reply', ['1']],
  ],
}

const tracking: readonly (readonly [string, readonly string[]])[] = [
  ['net.netfilter.nf_conntrack_tcp_loose', ['0']],
  ['net.netfilter.nf_conntrack_tcp_be_liberal', ['1']],
  ['net.netfilter.nf_conntrack_tcp_ignore_invalid_rst', ['1']],
  ['net.netfilter.nf_conntrack_checksum', ['0']],
  ['net.netfilter.nf_conntrack_acct', ['0']],
]

/** None to three settings; not accepting local source addresses comes as a pair, because either alone has no effect. */
export function randomSysctls(random: Random, version: Version): Record<string, string> {
  const chosen = random.sample([...settings[version], ...settings[version], ...tracking], random.pick([0, 1, 1, 2, 3]))
  const out = Object.fromEntries(chosen.map(([key, values]) => [key, random.pick(values)]))
  if (version === 4 && random.chance(0.1)) {
    for (const place of ['all', 't0', 't1', 't2']) out[`net.ipv4.conf.${place}.accept_local`] = '0'
  }
  return out
}
