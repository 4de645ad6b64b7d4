import type { Text } from './types.ts'

const ADDONS: Text = {
  en: 'it is not in iptables itself but in xtables-addons, a package of its own',
  zh: '它不属于 iptables 本身，而在单独的软件包 xtables-addons 中',
}

/** Targets that are gone or were never in iptables, with what is used instead. */
export const GONE_TARGETS: Readonly<Record<string, Text & { readonly now?: string }>> = {
  ULOG: { en: 'it is gone from Linux (3.17); use NFLOG', zh: '已从 Linux 3.17 中移除；请改用 NFLOG', now: 'NFLOG' },
  MIRROR: {
    en: 'it is gone (Linux 2.6) and nothing replaces it, since two mirrors answer each other forever; refuse with REJECT',
    zh: '已从 Linux 2.6 中移除，没有替代品（两台主机会无休止地互相反射）；要拒绝请用 REJECT',
    now: 'REJECT',
  },
  SAME: {
    en: 'it is gone (Linux 2.6.25); use SNAT with --persistent',
    zh: '已从 Linux 2.6.25 中移除；请改用带 --persistent 的 SNAT',
    now: 'SNAT',
  },
  BALANCE: {
    en: 'it is gone; use DNAT with -m statistic, or IPVS, to spread connections over servers',
    zh: '已移除；要把连接分给多台服务器，请用 DNAT 加 -m statistic，或 IPVS',
  },
  ROUTE: {
    en: 'it never was in Linux; set a mark with MARK and route by it (ip rule add fwmark), or copy with TEE',
    zh: '从未进入 Linux；请用 MARK 打标记再按标记选路（ip rule add fwmark），或用 TEE 复制',
  },
  IMQ: { en: 'it never was in Linux; use an ifb device with tc', zh: '从未进入 Linux；请用 tc 和 ifb 设备' },
  NETLINK: { en: 'it is gone; use NFLOG', zh: '已移除；请改用 NFLOG', now: 'NFLOG' },
  FTOS: { en: 'it is gone; use TOS or DSCP', zh: '已移除；请改用 TOS 或 DSCP', now: 'TOS' },
  NPT: { en: 'its names are SNPT and DNPT', zh: '正确的名称是 SNPT 和 DNPT' },
  FULLCONENAT: {
    en: 'it is an addition of OpenWrt and others, not of Linux; use MASQUERADE',
    zh: '它是 OpenWrt 等的扩展，不在 Linux 中；请用 MASQUERADE',
    now: 'MASQUERADE',
  },
  FLOWOFFLOAD: { en: 'it is an addition of OpenWrt, not of Linux', zh: '它是 OpenWrt 的扩展，不在 Linux 中' },
  DENY: { en: 'it is a word of ipchains; now it is DROP', zh: '这是 ipchains 的说法；现在叫 DROP', now: 'DROP' },
  BLOCK: { en: 'packets are refused by DROP or REJECT', zh: '拒绝数据包请用 DROP 或 REJECT', now: 'DROP' },
  ALLOW: { en: 'the word is ACCEPT', zh: '应写 ACCEPT', now: 'ACCEPT' },
  PERMIT: { en: 'the word is ACCEPT', zh: '应写 ACCEPT', now: 'ACCEPT' },
  MASQ: {
    en: 'it is a word of ipchains; now it is MASQUERADE in table nat',
    zh: '这是 ipchains 的说法；现在是 nat 表的 MASQUERADE',
    now: 'MASQUERADE',
  },
  ...Object.fromEntries(
    'ACCOUNT CHAOS DELUDE DHCPMAC DNETMAP ECHO IPMARK LOGMARK PROTO RAWDNAT RAWSNAT STEAL SYSRQ TARPIT'
      .split(' ')
      .map((name) => [name, ADDONS]),
  ),
}

/** Targets that are taken although there is something newer. */
export const OLD_TARGETS: Readonly<Record<string, Text & { readonly now: readonly string[] }>> = {
  QUEUE: {
    en: 'QUEUE is the old form of NFQUEUE: it means queue 0',
    zh: 'QUEUE 是 NFQUEUE 的旧形式，相当于 0 号队列',
    now: ['NFQUEUE', '--queue-num', '0'],
  },
  ULOG: {
    en: 'ULOG is gone from Linux since 3.17: no kernel of today loads this rule; use NFLOG',
    zh: 'ULOG 已从 Linux 3.17 起移除，现在的内核不会接受这条规则；请改用 NFLOG',
    now: ['NFLOG'],
  },
  NOTRACK: {
    en: 'NOTRACK is the old form of CT --notrack',
    zh: 'NOTRACK 是 CT --notrack 的旧形式',
    now: ['CT', '--notrack'],
  },
}

/** The same for matches. */
export const GONE_MATCHES: Readonly<Record<string, Text & { readonly now?: readonly string[] }>> = {
  random: {
    en: 'it is gone; use -m statistic --mode random',
    zh: '已移除；请改用 -m statistic --mode random',
    now: ['statistic', '--mode', 'random'],
  },
  nth: {
    en: 'it is gone; use -m statistic --mode nth',
    zh: '已移除；请改用 -m statistic --mode nth',
    now: ['statistic', '--mode', 'nth'],
  },
  mport: { en: 'it is gone; use -m multiport', zh: '已移除；请改用 -m multiport', now: ['multiport'] },
  unclean: {
    en: 'it is gone; what belongs to no connection is -m conntrack --ctstate INVALID',
    zh: '已移除；不属于任何连接的数据包请用 -m conntrack --ctstate INVALID',
    now: ['conntrack', '--ctstate', 'INVALID'],
  },
  dstlimit: { en: 'it is gone; use -m hashlimit', zh: '已移除；请改用 -m hashlimit', now: ['hashlimit'] },
  iplimit: { en: 'it is gone; use -m connlimit', zh: '已移除；请改用 -m connlimit', now: ['connlimit'] },
  childlevel: { en: 'it is gone with l7-filter', zh: '它属于 l7-filter，已不存在' },
  layer7: {
    en: 'it is of l7-filter, which Linux never had; -m string looks into single packets',
    zh: '它属于 l7-filter，从未进入 Linux；-m string 可检查单个数据包的内容',
  },
  ...Object.fromEntries(
    'account condition fuzzy geoip gradm iface ipp2p ipv4options length2 lscan pknock psd quota2 asn'
      .split(' ')
      .map((name) => [name, ADDONS]),
  ),
}
