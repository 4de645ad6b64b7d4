import type { Action } from '../expression/action.ts'
import type { Family } from '../netfilter/glossary.ts'
import { templateConnection } from '../packet/connection.ts'
import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { cutName } from '../xtables/cut-text.ts'
import { defineTarget, flag, optionOf, parseNumber, quote } from '../xtables/index.ts'

const EVENTS = [
  'new',
  'related',
  'destroy',
  'reply',
  'assured',
  'protoinfo',
  'helper',
  'mark',
  'natseqinfo',
  'secmark',
] as const

/** A list of event names, saved in the kernel's order. */
function events(known: readonly string[]): ReturnType<typeof optionOf<readonly string[]>> {
  return optionOf<readonly string[]>({
    words: 1,
    placeholder: 'event[,event...]',
    parse: ([word = '']) => {
      const names = word.split(',')
      for (const name of names) if (!known.includes(name)) throw new UsageError(`Unknown event type "${name}"`)
      return known.filter((name) => names.includes(name))
    },
    format: (names) => names.join(','),
  })
}

type Zone = number | 'mark'

const zone = optionOf<Zone>({
  words: 1,
  placeholder: 'zone',
  parse: ([word = '']) => {
    if (word.toLowerCase() === 'mark') return 'mark'
    const number = parseNumber(word)
    if (number === null || number > 65535) throw new UsageError(`Cannot parse ${word} as a zone ID`)
    return number
  },
  format: String,
})

interface Helper {
  readonly protocols: readonly number[]
  /** Absent: both. */
  readonly families?: readonly Family[]
}

/** The protocols each helper follows. Source: Linux struct nf_conntrack_helper of every module. */
const HELPERS: Readonly<Record<string, Helper>> = {
  amanda: { protocols: [PROTOCOL.udp] },
  ftp: { protocols: [PROTOCOL.tcp] },
  'H.245': { protocols: [PROTOCOL.udp] },
  irc: { protocols: [PROTOCOL.tcp], families: [4] },
  'netbios-ns': { protocols: [PROTOCOL.udp], families: [4] },
  pptp: { protocols: [PROTOCOL.tcp], families: [4] },
  'Q.931': { protocols: [PROTOCOL.tcp] },
  RAS: { protocols: [PROTOCOL.udp] },
  sane: { protocols: [PROTOCOL.tcp] },
  sip: { protocols: [PROTOCOL.tcp, PROTOCOL.udp] },
  snmp: { protocols: [PROTOCOL.udp], families: [4] },
  snmp_trap: { protocols: [PROTOCOL.udp], families: [4] },
  tftp: { protocols: [PROTOCOL.udp] },
}

function helperFollows(name: string, protocol: number, family: Family): boolean {
  const helper = Object.hasOwn(HELPERS, name) ? HELPERS[name] : undefined
  return helper?.protocols.includes(protocol) === true && helper.families?.includes(family) !== false
}

interface ZoneValues {
  readonly zone?: { readonly value: Zone }
  readonly 'zone-orig'?: { readonly value: Zone }
  readonly 'zone-reply'?: { readonly value: Zone }
}

interface ResolvedZone {
  readonly zone: Zone
  readonly direction: 'both' | 'original' | 'reply'
}

/** The zone written last, for the directions that were named: both where both were. */
function resolveZone(values: ZoneValues): ResolvedZone {
  let zone: Zone = 0
  for (const name of Object.keys(values)) {
    if (name === 'zone' || name === 'zone-orig' || name === 'zone-reply') zone = values[name]?.value ?? 0
  }
  const original = values['zone-orig'] !== undefined
  const reply = values['zone-reply'] !== undefined
  return { zone, direction: original === reply ? 'both' : original ? 'original' : 'reply' }
}

const ZONE_OPTION = { both: 'zone', original: 'zone-orig', reply: 'zone-reply' } as const

/** How much of a timeout policy's name the kernel shows. Source: Linux xt_CT.c xt_ct_tg_reg[], `.usersize`. */
const SHOWN_OF_TIMEOUT = 4

interface CtValues extends ZoneValues {
  readonly notrack?: object
  readonly helper?: { readonly value: string }
  readonly timeout?: { readonly value: string }
  readonly ctevents?: { readonly value: readonly string[] }
  readonly expevents?: { readonly value: readonly string[] }
}

/** A name as it is printed: unquoted, unless what is saved could then not be read back. */
function nameText(name: string, dashes: '--' | ''): string {
  return dashes && /[\s"'\\]/.test(name) ? quote(name) : name
}

function partsOf(values: CtValues, dashes: '--' | ''): string {
  const { zone, direction } = resolveZone(values)
  const timeout = cutBytes(values.timeout?.value ?? '', SHOWN_OF_TIMEOUT)
  return [
    values.notrack ? ` ${dashes}notrack` : '',
    values.helper?.value ? ` ${dashes}helper ${nameText(values.helper.value, dashes)}` : '',
    timeout ? ` ${dashes}timeout ${nameText(timeout, dashes)}` : '',
    values.ctevents ? ` ${dashes}ctevents ${values.ctevents.value.join(',')}` : '',
    values.expevents ? ` ${dashes}expevents ${values.expevents.value.join(',')}` : '',
    zone === 0 ? '' : ` ${dashes}${ZONE_OPTION[direction]} ${zone}`,
  ].join('')
}

/**
 * `-j CT`: what connection tracking is to do with the packet: nothing, or in a zone, with a helper or timeout policy.
 *
 * A policy's name that the kernel hands back is cut: only four bytes of it lie before what it keeps for itself.
 *
 * Events are for programs that listen to the kernel; they change nothing here. A timeout policy is not looked up.
 *
 * Source: iptables-extensions(8) "CT"; Linux xt_CT.c xt_ct_target(), xt_ct_tg_check().
 */
export const CT = defineTarget({
  name: 'CT',
  families: [4, 6],
  tables: ['raw'],
  needsConntrack: (values) => values.notrack === undefined,
  options: {
    notrack: flag({ help: 'keep the packet out of connection tracking' }),
    helper: cutName(15)({ help: 'helper that follows the new connection, by name' }),
    timeout: cutName(31)({ help: 'timeout policy of the new connection, by name' }),
    ctevents: events(EVENTS)({ help: 'news of the connection that programs are told' }),
    expevents: events(['new'])({ help: 'news of what it expects that programs are told' }),
    zone: zone({ help: 'zone to track in, 0-65535, or the packet’s mark' }),
    'zone-orig': zone({ help: 'the same, for the original direction only' }),
    'zone-reply': zone({ help: 'the same, for the reply direction only' }),
  },
  check: ({ helper, timeout, notrack }, { family, protocol, protocolInverted }) => {
    if (notrack !== undefined) return
    const hasProtocol = protocol !== 0 && !protocolInverted
    if (helper?.value && !hasProtocol) {
      throw new UsageError("CT: --helper needs `-p' with a protocol, not inverted", { errno: 'ENOENT' })
    }
    if (helper?.value && !helperFollows(helper.value, protocol, family)) {
      throw new UsageError(`CT: there is no helper "${helper.value}" for this protocol`, { errno: 'ENOENT' })
    }
    if (timeout?.value && !hasProtocol) {
      throw new UsageError("CT: --timeout needs `-p' with a protocol, not inverted", { errno: 'EINVAL' })
    }
  },
  save: (values) => partsOf(values, '--'),
  list: (values) => ` CT${partsOf(values, '')}`,
  act: (values): readonly Action[] => {
    if (values.notrack) return [{ kind: 'notrack' }]
    const { zone, direction } = resolveZone(values)
    return [
      {
        kind: 'template',
        connection: templateConnection(zone === 'mark' ? 0 : zone),
        zone: zone === 'mark' ? 0 : zone,
        zoneFromMark: zone === 'mark',
        zoneDirection: direction,
        helper: values.helper?.value || null,
        timeoutPolicy: values.timeout?.value || null,
      },
    ]
  },
})
