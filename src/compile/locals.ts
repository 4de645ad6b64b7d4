import type { Family } from '../netfilter/glossary.ts'

/** One value that generated code may read once and keep. */
interface Local {
  readonly name: string
  readonly expression: string
  /** Whether an action may change it: it is then read again behind such an action. */
  readonly changes: boolean
  uses: number
  lastRule: number
}

/**
 * The values that a chunk's rules read of a packet, each under a name. The code is generated twice: the first
 * time to count who reads what, the second time with everything read twice or more kept in a local variable.
 *
 * Names: `v` view, `n` network offset, `t` transport offset, `e` end; they are always kept.
 */
export class Locals {
  readonly family: Family
  private readonly byExpression = new Map<string, Local>()
  private counting = true
  private rule = 0

  constructor(family: Family) {
    this.family = family
  }

  /** Ends the counting. */
  settle(): void {
    this.counting = false
  }

  /** Tells which rule (by its index) reads from now on. */
  enter(rule: number): void {
    this.rule = rule
  }

  /** How to read `expression` here: by name where it is kept, else null. */
  keep(expression: string, changes: boolean): string | null {
    let local = this.byExpression.get(expression)
    if (this.counting) {
      if (local === undefined) {
        local = { name: `x${this.byExpression.size}`, expression, changes, uses: 0, lastRule: 0 }
        this.byExpression.set(expression, local)
      }
      local.uses++
      local.lastRule = this.rule
      return null
    }
    return local !== undefined && local.uses > 1 ? local.name : null
  }

  /** The statements that declare and read everything that is kept. */
  declare(): string {
    const kept = [...this.byExpression.values()].filter((local) => local.uses > 1)
    const names = ['v=p.view', 'n=p.network', 't=p.transport', 'e=p.end']
    return `let ${[...names, ...kept.map((local) => `${local.name}=${local.expression}`)].join(',')};\n`
  }

  /** The statements that read again, behind an action of rule `rule`, what later rules need. */
  reload(rule: number): string {
    const kept = [...this.byExpression.values()].filter(
      (local) => local.uses > 1 && local.changes && local.lastRule > rule,
    )
    const again = kept.map((local) => `${local.name}=${local.expression};`).join('')
    return `v=p.view;n=p.network;t=p.transport;e=p.end;${again}`
  }
}
