import { UsageError } from '../util/errors.ts'
import { defineTarget, optionOf } from '../xtables/index.ts'

const KINDS = ['accept', 'drop', 'reject'] as const

const auditKind = optionOf<(typeof KINDS)[number]>({
  words: 1,
  placeholder: 'action',
  parse: ([word = '']) => {
    const kind = KINDS.find((one) => one === word.toLowerCase())
    if (kind === undefined) throw new UsageError(`Bad action type value "${word}"`)
    return kind
  },
  format: (kind) => kind,
})

/**
 * `-j AUDIT`: write a record for the audit daemon; the packet goes on.
 *
 * Source: iptables-extensions(8) "AUDIT"; Linux xt_AUDIT.c audit_tg().
 */
export const AUDIT = defineTarget({
  name: 'AUDIT',
  families: [4, 6],
  options: { type: auditKind({ help: 'what the record says became of the packet', required: true }) },
  list: ({ type }) => ` AUDIT ${type?.value ?? ''}`,
  act: () => [],
})
