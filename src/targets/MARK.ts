import type { Action } from '../expression/action.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, type Masked } from '../xtables/index.ts'
import { hex, markChangeOptions, markChangeText } from './mark-change.ts'

/** `mark = (mark & ~mask) ^ value`. */
function setMark({ value, mask }: Masked): Action {
  return { kind: 'mark', keep: ~mask >>> 0, toggle: value }
}

/**
 * `-j MARK`: set bits of the packet's nfmark. All forms are saved as `--set-xmark value/mask`.
 *
 * Source: iptables-extensions(8) "MARK"; Linux mark_tg().
 */
export const MARK = defineTarget({
  name: 'MARK',
  families: [4, 6],
  options: markChangeOptions('nfmark'),
  check: (values) => {
    if (values['set-xmark']) return
    throw new UsageError('MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required')
  },
  act: (values) => (values['set-xmark'] ? [setMark(values['set-xmark'].value)] : []),
  save: ({ 'set-xmark': given }) => (given ? ` --set-xmark ${hex(given.value.value)}/${hex(given.value.mask)}` : ''),
  list: ({ 'set-xmark': given }) => (given ? ` MARK ${markChangeText(given.value)}` : ''),
})
