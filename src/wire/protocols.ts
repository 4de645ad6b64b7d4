/** IP protocol numbers, their names in `/etc/protocols`, and the EtherTypes we know. */

/** IP protocol numbers (0..255) that the code names. Source: IANA "Assigned Internet Protocol Numbers". */
export const PROTOCOL = {
  hopopt: 0,
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  none: 59,
  destinationOptions: 60,
  ipcomp: 108,
  sctp: 132,
  mobility: 135,
  udplite: 136,
} as const

/** EtherTypes (0..65535) that the code names. Source: IANA "IEEE 802 Numbers". */
export const ETHERTYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  transparentEthernet: 0x6558,
  vlan: 0x8100,
  ipv6: 0x86dd,
  ppp: 0x880b,
  pppoeSession: 0x8864,
  serviceVlan: 0x88a8,
} as const

/** Number, name and further names, in the order of Debian's `/etc/protocols`: the first name of a number is its name. */
const NAMES: readonly (readonly [number, ...string[]])[] = [
  [0, 'ip', 'hopopt'],
  [1, 'icmp'],
  [2, 'igmp'],
  [3, 'ggp'],
  [4, 'ipencap', 'ip-encap'],
  [5, 'st'],
  [6, 'tcp'],
  [8, 'egp'],
  [9, 'igp'],
  [12, 'pup'],
  [17, 'udp'],
  [20, 'hmp'],
  [22, 'xns-idp'],
  [27, 'rdp'],
  [29, 'iso-tp4'],
  [33, 'dccp'],
  [36, 'xtp'],
  [37, 'ddp'],
  [38, 'idpr-cmtp'],
  [41, 'ipv6'],
  [43, 'ipv6-route'],
  [44, 'ipv6-frag'],
  [45, 'idrp'],
  [46, 'rsvp'],
  [47, 'gre'],
  [50, 'esp', 'ipsec-esp'],
  [51, 'ah', 'ipsec-ah'],
  [57, 'skip'],
  [58, 'ipv6-icmp'],
  [59, 'ipv6-nonxt'],
  [60, 'ipv6-opts'],
  [73, 'rspf', 'cphb'],
  [81, 'vmtp'],
  [88, 'eigrp'],
  [89, 'ospf', 'ospfigp'],
  [93, 'ax.25'],
  [94, 'ipip'],
  [97, 'etherip'],
  [98, 'encap'],
  [103, 'pim'],
  [108, 'ipcomp'],
  [112, 'vrrp'],
  [115, 'l2tp'],
  [124, 'isis'],
  [132, 'sctp'],
  [133, 'fc'],
  [135, 'mobility-header'],
  [136, 'udplite'],
  [137, 'mpls-in-ip'],
  [138, 'manet'],
  [139, 'hip'],
  [140, 'shim6'],
  [141, 'wesp'],
  [142, 'rohc'],
  [143, 'ethernet'],
]

/** The name of protocol `number` in `/etc/protocols` (`tcp`, `ipv6-icmp`), or `undefined` where that has none. */
export function protocolName(number: number): string | undefined {
  return NAMES.find((row) => row[0] === number)?.[1]
}

/**
 * The number of the protocol with this name or alias, in any case, or `undefined`.
 *
 * Knows `icmpv6` too, which iptables accepts beside the names of `/etc/protocols`.
 */
export function protocolNumber(name: string): number | undefined {
  const lower = name.toLowerCase()
  if (lower === 'icmpv6') return PROTOCOL.icmpv6
  return NAMES.find((row) => row.includes(lower))?.[0]
}

/** Every protocol name in the order of `/etc/protocols`, aliases included. */
export function protocolNames(): readonly string[] {
  return NAMES.flatMap((row) => row.slice(1) as string[])
}
