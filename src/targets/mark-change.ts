import { type Masked, markMask, type OptionSettings, uint32 } from '../xtables/index.ts'

const WAYS = ['set-mark', 'and-mark', 'or-mark', 'xor-mark', 'set-xmark'] as const

const ALL_BITS = 0xffffffff

/**
 * The options by which MARK and CONNMARK change a mark; all but `--set-xmark` are synonyms for it, and only one may
 * be given. `mark` names what changes, `others` the options that stand for another operation.
 *
 * Source: iptables 1.8.9 libxt_MARK.c mark_tg_opts[], libxt_CONNMARK.c connmark_tg_opts[].
 */
export function markChangeOptions(mark: string, others: readonly string[] = []) {
  const settings = (way: (typeof WAYS)[number], help: string): Pick<OptionSettings<never>, 'help' | 'excludes'> => {
    const [first, ...rest] = WAYS.filter((one) => one !== way)
    return {
      help,
      excludes: way === 'set-mark' ? [...others, first as string, ...rest] : [first as string, ...others, ...rest],
    }
  }
  return {
    'set-xmark': markMask(settings('set-xmark', `new ${mark} = (old AND NOT mask) XOR value`)),
    'set-mark': markMask({
      ...settings('set-mark', `new ${mark} = (old AND NOT mask) OR value`),
      sets: ({ value, mask }) => ['set-xmark', { value, mask: (value | mask) >>> 0 } satisfies Masked],
    }),
    'and-mark': uint32({
      ...settings('and-mark', `new ${mark} = old AND bits`),
      sets: (bits) => ['set-xmark', { value: 0, mask: ~bits >>> 0 } satisfies Masked],
    }),
    'or-mark': uint32({
      ...settings('or-mark', `new ${mark} = old OR bits`),
      sets: (bits) => ['set-xmark', { value: bits, mask: bits } satisfies Masked],
    }),
    'xor-mark': uint32({
      ...settings('xor-mark', `new ${mark} = old XOR bits`),
      sets: (bits) => ['set-xmark', { value: bits, mask: 0 } satisfies Masked],
    }),
  }
}

/** What the change comes to, as a listing names it: `set 0x1`, `and 0xff`. Source: libxt_MARK.c mark_tg_print(). */
export function markChangeText({ value, mask }: Masked): string {
  if (value === 0) return `and ${hex(~mask >>> 0)}`
  if (value === mask) return `or ${hex(value)}`
  if (mask === 0) return `xor ${hex(value)}`
  return mask === ALL_BITS ? `set ${hex(value)}` : `xset ${hex(value)}/${hex(mask)}`
}

/** A mark as it is printed: `0x1f`. */
export function hex(bits: number): string {
  return `0x${bits.toString(16)}`
}
