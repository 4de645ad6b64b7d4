import type { Handles } from './render-monitor.ts'

/**
 * Handles of rules as nf_tables numbers them when `iptables-nft-restore` loads the text: one count a table, which its
 * chains and rules take in the order of the lines. A built-in chain that is not declared takes its number when the
 * first rule comes.
 */
export function tableHandles(text: string): Handles {
  const handles = new Map<string, number[]>()
  let table = ''
  let next = 1
  for (const line of text.split('\n')) {
    const [, name, chain, command, rest = ''] =
      /^(?:\*(\S+)|:(\S+)|(?:\[\d+:\d+\]\s*)?(-[AIN])\s+(.*))/.exec(line) ?? []
    if (name !== undefined) {
      table = name
      next = 1
    }
    const [owner = '', position = ''] = rest.split(/\s+/, 2)
    const key = chain ?? (command === undefined ? undefined : owner)
    if (key === undefined) continue
    const rules = handles.get(`${table} ${key}`) ?? []
    if (!handles.has(`${table} ${key}`)) {
      handles.set(`${table} ${key}`, rules)
      next++
    }
    if (command === '-A') rules.push(next++)
    else if (command === '-I') rules.splice(/^\d+$/.test(position) ? Number(position) - 1 : 0, 0, next++)
  }
  return { rule: (inTable, chain, number) => handles.get(`${inTable} ${chain}`)?.[number - 1] ?? number }
}
