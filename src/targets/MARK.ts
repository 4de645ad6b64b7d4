import type { Action } from '../expression/action.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, type Masked, markMask, uint32 } from '../xtables/index.ts'

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
  options: {
    'set-xmark': markMask({
      help: 'Zero out the bits given by mask and XOR value into nfmark',
    }),
    'set-mark': markMask({
      help: 'Zero out the bits given by mask and OR value into nfmark',
      sets: ({ value, mask }) => ['set-xmark', { value, mask: (value | mask) >>> 0 } satisfies Masked],
    }),
    'and-mark': uint32({
      help: 'Binary AND the nfmark with bits',
      sets: (bits) => ['set-xmark', { value: 0, mask: ~bits >>> 0 } satisfies Masked],
    }),
    'or-mark': uint32({
      help: 'Binary OR the nfmark with bits',
      sets: (bits) => ['set-xmark', { value: bits, mask: bits } satisfies Masked],
    }),
    'xor-mark': uint32({
      help: 'Binary XOR the nfmark with bits',
      sets: (bits) => ['set-xmark', { value: bits, mask: 0 } satisfies Masked],
    }),
  },
  check: (values) => {
    if (values['set-xmark']) return
    throw new UsageError('MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required')
  },
  act: (values) => (values['set-xmark'] ? [setMark(values['set-xmark'].value)] : []),
  save: ({ 'set-xmark': given }) =>
    given ? ` --set-xmark 0x${given.value.value.toString(16)}/0x${given.value.mask.toString(16)}` : '',
})
