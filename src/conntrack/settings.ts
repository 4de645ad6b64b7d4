/**
 * The sysctls of connection tracking, with the kernel's defaults. Times are seconds.
 *
 * Source: Documentation/networking/nf_conntrack-sysctl.rst; the kernel's own values.
 */
export const CONNTRACK_DEFAULTS = {
  nf_conntrack_acct: 0,
  nf_conntrack_checksum: 1,
  nf_conntrack_max: 262_144,
  nf_conntrack_generic_timeout: 600,
  nf_conntrack_gre_timeout: 30,
  nf_conntrack_gre_timeout_stream: 180,
  nf_conntrack_icmp_timeout: 30,
  nf_conntrack_icmpv6_timeout: 30,
  nf_conntrack_sctp_timeout_closed: 10,
  nf_conntrack_sctp_timeout_cookie_echoed: 3,
  nf_conntrack_sctp_timeout_cookie_wait: 3,
  nf_conntrack_sctp_timeout_established: 210,
  nf_conntrack_sctp_timeout_heartbeat_sent: 30,
  nf_conntrack_sctp_timeout_shutdown_ack_sent: 3,
  nf_conntrack_sctp_timeout_shutdown_recd: 3,
  nf_conntrack_sctp_timeout_shutdown_sent: 3,
  nf_conntrack_tcp_be_liberal: 0,
  nf_conntrack_tcp_ignore_invalid_rst: 0,
  nf_conntrack_tcp_loose: 1,
  nf_conntrack_tcp_max_retrans: 3,
  nf_conntrack_tcp_timeout_close: 10,
  nf_conntrack_tcp_timeout_close_wait: 60,
  nf_conntrack_tcp_timeout_established: 432_000,
  nf_conntrack_tcp_timeout_fin_wait: 120,
  nf_conntrack_tcp_timeout_last_ack: 30,
  nf_conntrack_tcp_timeout_max_retrans: 300,
  nf_conntrack_tcp_timeout_syn_recv: 60,
  nf_conntrack_tcp_timeout_syn_sent: 120,
  nf_conntrack_tcp_timeout_time_wait: 120,
  nf_conntrack_tcp_timeout_unacknowledged: 300,
  nf_conntrack_udp_timeout: 30,
  nf_conntrack_udp_timeout_stream: 120,
} as const

/** The name of a sysctl of connection tracking, without `net.netfilter.`. */
export type ConntrackSetting = keyof typeof CONNTRACK_DEFAULTS

/** Every setting with its value. */
export type ConntrackSettings = Readonly<Record<ConntrackSetting, number>>

/** The settings of a host; `settingOf` answers for `net.netfilter.…` names with the fallback where it has none. */
export function conntrackSettings(settingOf: (name: string, fallback: number) => number): ConntrackSettings {
  const settings: Record<string, number> = {}
  for (const [name, fallback] of Object.entries(CONNTRACK_DEFAULTS)) {
    settings[name] = settingOf(`net.netfilter.${name}`, fallback)
  }
  return settings as ConntrackSettings
}
