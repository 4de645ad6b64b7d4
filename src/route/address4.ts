/** Classes of IPv4 addresses, as unsigned 32-bit numbers. Source: linux/in.h ipv4_is_*(). */

/** 127.0.0.0/8. */
export function isLoopback4(address: number): boolean {
  return address >>> 24 === 127
}

/** 224.0.0.0/4. */
export function isMulticast4(address: number): boolean {
  return address >>> 28 === 14
}

/** 224.0.0.0/24: never leaves the link. */
export function isLocalMulticast4(address: number): boolean {
  return address >>> 8 === 0xe00000
}

/** 255.255.255.255. */
export function isLimitedBroadcast4(address: number): boolean {
  return address === 0xffffffff
}

/** 0.0.0.0 alone: since Linux 5.3 the rest of 0.0.0.0/8 are addresses like any other. */
export function isZeroNet4(address: number): boolean {
  return address === 0
}
