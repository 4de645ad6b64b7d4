import { cutText } from '../xtables/cut-text.ts'
import { defineTarget, numberBetween, quote, uint64 } from '../xtables/index.ts'

/**
 * `-j ULOG`: send packets to user space in the way that NFLOG replaced; the packet goes on.
 *
 * Linux 3.17 dropped it, so that kernels of today refuse the rule. Here it is taken, as by those before, and sends
 * nothing.
 *
 * Differs: it is taken although kernels since 3.17 have it no more; nothing is written.
 *
 * Source: iptables-extensions(8) "ULOG"; Linux 3.16 ipt_ULOG.c ulog_tg().
 */
export const ULOG = defineTarget({
  name: 'ULOG',
  families: [4],
  options: {
    'ulog-prefix': cutText(31)({ help: 'text for the program, up to 31 bytes' }),
    'ulog-nlgroup': numberBetween(1, 32)({ help: 'netlink group that the program listens to, 1-32' }),
    'ulog-cprange': uint64({ help: 'bytes of a packet to hand over, 0: all' }),
    'ulog-qthreshold': numberBetween(1, 50)({ help: 'packets to collect before they are handed over, 1-50' }),
  },
  save: (values) => {
    const { prefix, group, bytes, threshold } = resolve(values)
    return [
      prefix === '' ? '' : ` --ulog-prefix ${quote(prefix)}`,
      group === 1 ? '' : ` --ulog-nlgroup ${group}`,
      bytes === 0n ? '' : ` --ulog-cprange ${bytes}`,
      threshold === 1 ? '' : ` --ulog-qthreshold ${threshold}`,
    ].join('')
  },
  list: (values) => {
    const { prefix, group, bytes, threshold } = resolve(values)
    const quoted = prefix === '' ? '' : ` prefix "${prefix}"`
    return ` ULOG copy_range ${bytes} nlgroup ${group}${quoted} queue_threshold ${threshold}`
  },
  act: () => [],
})

interface UlogValues {
  readonly 'ulog-prefix'?: { readonly value: string }
  readonly 'ulog-nlgroup'?: { readonly value: number }
  readonly 'ulog-cprange'?: { readonly value: bigint }
  readonly 'ulog-qthreshold'?: { readonly value: number }
}

/** The options with their defaults; of the bytes only 32 bits are kept. */
function resolve(values: UlogValues): { prefix: string; group: number; bytes: bigint; threshold: number } {
  return {
    prefix: values['ulog-prefix']?.value ?? '',
    group: values['ulog-nlgroup']?.value ?? 1,
    bytes: (values['ulog-cprange']?.value ?? 0n) & 0xffff_ffffn,
    threshold: values['ulog-qthreshold']?.value ?? 1,
  }
}
