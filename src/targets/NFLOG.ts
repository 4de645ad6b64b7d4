import { cutText } from '../xtables/cut-text.ts'
import { defineTarget, quote, uint16, uint32 } from '../xtables/index.ts'

interface NflogValues {
  readonly 'nflog-prefix'?: { readonly value: string }
  readonly 'nflog-group'?: { readonly value: number }
  readonly 'nflog-size'?: { readonly value: number }
  readonly 'nflog-range'?: { readonly value: number }
  readonly 'nflog-threshold'?: { readonly value: number }
}

/** The options in the order in which they are printed; a size of 0 is one too. */
function partsOf(values: NflogValues, dashes: '--' | ''): string {
  const prefix = values['nflog-prefix']
  const numbers = ['nflog-group', 'nflog-size', 'nflog-range', 'nflog-threshold'] as const
  const parts = numbers.map((name) => {
    const value = values[name]?.value
    return value || (value === 0 && name === 'nflog-size') ? ` ${dashes}${name} ${value}` : ''
  })
  return `${prefix ? ` ${dashes}nflog-prefix ${quote(prefix.value)}` : ''}${parts.join('')}`
}

/**
 * `-j NFLOG`: hand a copy of the packet to a program through an nflog group; the packet goes on.
 *
 * `--nflog-range` never worked in the kernel and is kept only as text.
 *
 * Source: iptables-extensions(8) "NFLOG"; Linux xt_NFLOG.c nflog_tg().
 */
export const NFLOG = defineTarget({
  name: 'NFLOG',
  families: [4, 6],
  options: {
    'nflog-prefix': cutText(63)({ help: 'text for the program, up to 63 bytes' }),
    'nflog-group': uint16({ help: 'group that the program listens to, 0-65535, default 0' }),
    'nflog-range': uint32({ help: 'kept and saved; has no effect', excludes: ['nflog-size'] }),
    'nflog-size': uint32({ help: 'bytes to hand over of a packet, default as the program asks' }),
    'nflog-threshold': uint16({ help: 'packets to collect before they are handed over, 0-65535' }),
  },
  check: ({ 'nflog-range': range }, { warn }) => {
    if (range === undefined) return
    warn?.('warn: --nflog-range has never worked and is no longer supported, please use --nflog-size instead\n')
  },
  save: (values) => partsOf(values, '--'),
  list: (values) => partsOf(values, ''),
  act: ({ 'nflog-prefix': prefix, 'nflog-group': group }) => [
    {
      kind: 'log',
      entry: {
        kind: 'NFLOG',
        prefix: prefix?.value ?? '',
        level: 0,
        group: group?.value ?? 0,
        tcpSequence: false,
        tcpOptions: false,
        ipOptions: false,
        uid: false,
        macDecode: false,
      },
    },
  ],
})
