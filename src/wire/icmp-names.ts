/** Looking up the names of ICMP types and codes. */

/** A name of iptables for an ICMP type (0..255) and one of its codes; without `code` it stands for every code. */
export interface IcmpName {
  readonly name: string
  readonly type: number
  readonly code?: number
  readonly aliases?: readonly string[]
}

/** The name in `names` for this type and code: that of the code before that of the type. */
export function nameOf(names: readonly IcmpName[], type: number, code: number): string | undefined {
  const exact = names.find((entry) => entry.type === type && entry.code === code)
  return (exact ?? names.find((entry) => entry.type === type && entry.code === undefined))?.name
}

/** The entry with this name or alias, in any case. */
export function findName(names: readonly IcmpName[], name: string): IcmpName | undefined {
  const lower = name.toLowerCase()
  return names.find((entry) => entry.name.toLowerCase() === lower || entry.aliases?.includes(lower))
}
