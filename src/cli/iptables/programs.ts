import type { Family } from '../../netfilter/glossary.ts'

/** What a compatible program does. */
export type ProgramKind = 'command' | 'save' | 'restore' | 'apply' | 'xml'

/** A program of iptables that hookline stands in for. */
export interface Program {
  /** As its messages call it. */
  readonly name: string
  readonly kind: ProgramKind
  readonly family: Family
}

const KINDS: Readonly<Record<string, ProgramKind>> = { '': 'command', '-save': 'save', '-restore': 'restore' }

/** The programs by the names they are called by, those of the legacy variant included. */
export const PROGRAMS: ReadonlyMap<string, Program> = new Map(
  ([4, 6] as const).flatMap((family) => {
    const start = family === 4 ? 'iptables' : 'ip6tables'
    const main = Object.entries(KINDS).flatMap(([end, kind]) => {
      const program: Program = { name: `${start}${end}`, kind, family }
      return [
        [`${start}${end}`, program],
        [`${start}-legacy${end}`, program],
      ] as const
    })
    return [...main, [`${start}-apply`, { name: `${start}-apply`, kind: 'apply', family } satisfies Program] as const]
  }),
)

/** The programs that one binary of iptables holds: its first argument is one of the others. */
export const MULTIPLEXERS: readonly string[] = ['xtables-legacy-multi', 'xtables-multi', 'xtables-nft-multi']

/** Of both families; it reads text and no rules of a host. */
export const XML: Program = { name: 'iptables-xml', kind: 'xml', family: 4 }

/** The program of a name such as `ip6tables-legacy-save`; further names are those xtables-multi knows. */
export function programNamed(name: string): Program | undefined {
  if (name === 'iptables-xml' || name === 'xml') return XML
  const short = /^(main|save|restore)([46])$/.exec(name)
  if (short) {
    const start = short[2] === '4' ? 'iptables' : 'ip6tables'
    return PROGRAMS.get(short[1] === 'main' ? start : `${start}-${short[1]}`)
  }
  return PROGRAMS.get(name)
}
