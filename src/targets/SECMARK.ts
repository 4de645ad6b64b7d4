import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, optionOf } from '../xtables/index.ts'

const LONGEST_CONTEXT = 255

const securityContext = optionOf<string>({
  words: 1,
  placeholder: 'context',
  parse: ([word = '']) => cutBytes(word, LONGEST_CONTEXT),
  format: (context) => context,
})

/**
 * `-j SECMARK`: give the packet a label for the security module, which sockets of other processes may be kept from
 * reading. No rule asks for the label; the packet goes on.
 *
 * A kernel without a security module refuses the rule (ENOENT), one with SELinux every context that its policy does
 * not know. Here every context is taken.
 *
 * Differs: it is taken although the kernel refuses it where SELinux does not run; labels are not kept.
 *
 * Source: iptables-extensions(8) "SECMARK"; Linux xt_SECMARK.c secmark_tg_check().
 */
export const SECMARK = defineTarget({
  name: 'SECMARK',
  families: [4, 6],
  tables: ['mangle', 'security'],
  options: {
    selctx: securityContext({ help: 'security context that the packet gets', required: true }),
  },
  check: ({ selctx }) => {
    if (selctx?.value === '') throw new UsageError('SECMARK: the security context is empty', { errno: 'EINVAL' })
  },
  list: ({ selctx }) => ` SECMARK selctx ${selctx?.value ?? ''}`,
  act: () => [],
})
