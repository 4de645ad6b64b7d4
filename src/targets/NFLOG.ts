import { cutText } from '../xtables/cut-text.ts'
import { defineTarget, quote, uint16, uint32 } from '../xtables/index.ts'

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
    'nflog-prefix': cutText(63)({ help: 'Prefix string for log messages' }),
    'nflog-group': uint16({ help: 'NETLINK group used for logging' }),
    'nflog-range': uint32({ help: 'Number of bytes to copy (never worked)', excludes: ['nflog-size'] }),
    'nflog-size': uint32({ help: 'Number of bytes to copy' }),
    'nflog-threshold': uint16({ help: 'Message threshold of in-kernel queue' }),
  },
  save: (values) => {
    const { 'nflog-prefix': prefix, 'nflog-group': group, 'nflog-threshold': threshold } = values
    const { 'nflog-range': range, 'nflog-size': size } = values
    return [
      prefix ? ` --nflog-prefix ${quote(prefix.value)}` : '',
      group?.value ? ` --nflog-group ${group.value}` : '',
      size ? ` --nflog-size ${size.value}` : '',
      range?.value ? ` --nflog-range ${range.value}` : '',
      threshold?.value ? ` --nflog-threshold ${threshold.value}` : '',
    ].join('')
  },
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
