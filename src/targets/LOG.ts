import { UsageError } from '../util/errors.ts'
import { cutText } from '../xtables/cut-text.ts'
import { defineTarget, flag, optionOf, parseNumber, quote } from '../xtables/index.ts'

/** The levels by the names that a listing prints, each at its number. */
const LEVEL_NAMES = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'] as const

/** The names a level is given by, with their numbers. */
const LEVELS: Readonly<Record<string, number>> = {
  emerg: 0,
  panic: 0,
  alert: 1,
  crit: 2,
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
}
const WARNING = 4

/** The flags in the order in which they are printed. */
const FLAGS = ['log-tcp-sequence', 'log-tcp-options', 'log-ip-options', 'log-uid', 'log-macdecode'] as const

/** The bit of each; that of 0x10 is NFLOG's. Source: Linux XT_LOG_TCPSEQ and its like. */
const FLAG_BITS: Readonly<Record<(typeof FLAGS)[number], number>> = {
  'log-tcp-sequence': 0x01,
  'log-tcp-options': 0x02,
  'log-ip-options': 0x04,
  'log-uid': 0x08,
  'log-macdecode': 0x20,
}

/** A syslog level by name or number. Source: libxtables XTTYPE_SYSLOGLEVEL. */
const logLevel = optionOf<number>({
  words: 1,
  placeholder: 'level',
  parse: ([word = '']) => {
    const level = parseNumber(word) ?? (Object.hasOwn(LEVELS, word) ? LEVELS[word] : undefined)
    if (level === undefined || level > 7) throw new UsageError(`log level "${word}" unknown\n`)
    return level
  },
  format: String,
})

/**
 * `-j LOG`: write a line about the packet to the kernel's log; the packet goes on.
 *
 * Source: iptables-extensions(8) "LOG"; Linux xt_LOG.c log_tg().
 */
export const LOG = defineTarget({
  name: 'LOG',
  families: [4, 6],
  options: {
    'log-prefix': cutText(29)({ help: 'text in front of each line, up to 29 bytes' }),
    'log-level': logLevel({ help: 'level of the line, 0-7 or emerg to debug, default 4 (warning)' }),
    'log-tcp-sequence': flag({ help: 'write SEQ and ACK of the TCP header' }),
    'log-tcp-options': flag({ help: 'write the options of the TCP header' }),
    'log-ip-options': flag({ help: 'write the options of the IP header (IPv6: the extension headers)' }),
    'log-uid': flag({ help: 'write the user and group whose socket sent the packet' }),
    'log-macdecode': flag({ help: 'write addresses and type of the Ethernet frame apart' }),
  },
  save: (values) => {
    const prefix = values['log-prefix']
    const level = values['log-level']?.value ?? WARNING
    return [
      prefix ? ` --log-prefix ${quote(prefix.value)}` : '',
      level === WARNING ? '' : ` --log-level ${level}`,
      ...FLAGS.map((name) => (values[name] ? ` --${name}` : '')),
    ].join('')
  },
  list: (values, _rule, { numeric }) => {
    const prefix = values['log-prefix']
    const level = values['log-level']?.value ?? WARNING
    const given = FLAGS.filter((name) => values[name])
    const text = numeric
      ? ` flags ${given.reduce((bits, name) => bits | FLAG_BITS[name], 0)} level ${level}`
      : ` level ${LEVEL_NAMES[level]}${given.map((name) => ` ${name.slice('log-'.length)}`).join('')}`
    return ` LOG${text}${prefix ? ` prefix "${prefix.value}"` : ''}`
  },
  act: (values) => [
    {
      kind: 'log',
      entry: {
        kind: 'LOG',
        prefix: values['log-prefix']?.value ?? '',
        level: values['log-level']?.value ?? WARNING,
        group: 0,
        tcpSequence: values['log-tcp-sequence'] !== undefined,
        tcpOptions: values['log-tcp-options'] !== undefined,
        ipOptions: values['log-ip-options'] !== undefined,
        uid: values['log-uid'] !== undefined,
        macDecode: values['log-macdecode'] !== undefined,
      },
    },
  ],
})
