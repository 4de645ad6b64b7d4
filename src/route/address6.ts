import type { Words } from '../util/words.ts'

/** Scopes of IPv6 addresses, ordered. Source: RFC 4291 section 2.7; linux/ipv6.h IPV6_ADDR_SCOPE_*. */
export const SCOPE6 = { node: 1, link: 2, site: 5, global: 14 } as const

/** `::`. */
export function isUnspecified6(a: Words): boolean {
  return (a[0] | a[1] | a[2] | a[3]) === 0
}

/** `::1`. */
export function isLoopback6(a: Words): boolean {
  return (a[0] | a[1] | a[2]) === 0 && a[3] === 1
}

/** ff00::/8. */
export function isMulticast6(a: Words): boolean {
  return a[0] >>> 24 === 0xff
}

/** fe80::/10. */
export function isLinkLocal6(a: Words): boolean {
  return a[0] >>> 22 === 0x3fa
}

/** The scope nibble of a multicast address. */
export function multicastScope6(a: Words): number {
  return (a[0] >>> 16) & 15
}

/** Addresses that mean something else on each link, so that routes must name the device. Source: Linux rt6_need_strict(). */
export function needsDevice6(a: Words): boolean {
  return isMulticast6(a) || isLinkLocal6(a) || isLoopback6(a)
}

/** The scope that source selection compares. Source: Linux __ipv6_addr_src_scope(), ipv6_addr_scope2type(). */
export function sourceScope6(a: Words): number {
  if (isMulticast6(a)) return multicastScope6(a)
  if (isLinkLocal6(a) || isLoopback6(a)) return SCOPE6.link
  return a[0] >>> 22 === 0x3fb ? SCOPE6.site : SCOPE6.global
}

/** Prefix, mask bits and label of RFC 6724's policy table as the kernel has it. Source: Linux ip6addrlbl_init_table. */
const LABELS: readonly { readonly network: Words; readonly length: number; readonly label: number }[] = [
  { network: [0, 0, 0, 1], length: 128, label: 0 },
  { network: [0, 0, 0xffff, 0], length: 96, label: 4 },
  { network: [0, 0, 0, 0], length: 96, label: 3 },
  { network: [0x20010000, 0, 0, 0], length: 32, label: 6 },
  { network: [0x20010010, 0, 0, 0], length: 28, label: 7 },
  { network: [0x20020000, 0, 0, 0], length: 16, label: 2 },
  { network: [0x3ffe0000, 0, 0, 0], length: 16, label: 12 },
  { network: [0xfec00000, 0, 0, 0], length: 10, label: 11 },
  { network: [0xfc000000, 0, 0, 0], length: 7, label: 5 },
]

/** The label of an address in the policy table; 1 for what is not in it. Source: Linux ipv6_addr_label(). */
export function label6(a: Words): number {
  return LABELS.find(({ network, length }) => sharedBits6(a, network) >= length)?.label ?? 1
}

/** How many leading bits two addresses share, 0..128. Source: Linux ipv6_addr_diff(). */
export function sharedBits6(a: Words, b: Words): number {
  for (let i = 0; i < 4; i++) {
    const difference = (a[i] as number) ^ (b[i] as number)
    if (difference !== 0) return i * 32 + Math.clz32(difference)
  }
  return 128
}
