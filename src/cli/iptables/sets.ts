import type { Family } from '../../netfilter/glossary.ts'

/** Types that hold no addresses, so that rules of both families may ask them. */
const WITHOUT_FAMILY = ['bitmap:port', 'hash:mac', 'list:set']

/** The sets that an `ipset save` text creates, each with its family; null where both may ask it. */
export function setFamilies(text: string): Map<string, Family | null> {
  const families = new Map<string, Family | null>()
  for (const [, name = '', type = '', rest = ''] of text.matchAll(/^create (\S+) (\S+)(.*)$/gm)) {
    const family = /\bfamily inet6\b/.test(rest) ? 6 : 4
    families.set(name, WITHOUT_FAMILY.includes(type) ? null : family)
  }
  return families
}
