import type { Action } from '../expression/action.ts'
import { templateConnection } from '../packet/connection.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineTarget, flag, optionOf, parseNumber, quote, text } from '../xtables/index.ts'

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

/** The protocols each helper follows. Source: Linux struct nf_conntrack_helper of every module. */
const HELPERS: Readonly<Record<string, readonly number[]>> = {
  amanda: [PROTOCOL.udp],
  ftp: [PROTOCOL.tcp],
  irc: [PROTOCOL.tcp],
  'netbios-ns': [PROTOCOL.udp],
  pptp: [PROTOCOL.tcp],
  'Q.931': [PROTOCOL.tcp],
  RAS: [PROTOCOL.udp],
  sane: [PROTOCOL.tcp],
  sip: [PROTOCOL.tcp, PROTOCOL.udp],
  snmp: [PROTOCOL.udp],
  snmp_trap: [PROTOCOL.udp],
  tftp: [PROTOCOL.udp],
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

/**
 * `-j CT`: what connection tracking is to do with the packet: nothing, or in a zone, with a helper or timeout policy.
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
    notrack: flag({ help: "Don't track connection" }),
    helper: text(15, 'name')({ help: 'Use conntrack helper for connection' }),
    timeout: text(31, 'name')({ help: 'Use timeout policy for connection' }),
    ctevents: events(EVENTS)({ help: 'Generate specified conntrack events for connection' }),
    expevents: events(['new'])({ help: 'Generate specified expectation events for connection' }),
    zone: zone({ help: 'Assign/Lookup connection in zone' }),
    'zone-orig': zone({ help: 'Assign/Lookup connection in zone, original direction' }),
    'zone-reply': zone({ help: 'Assign/Lookup connection in zone, reply direction' }),
  },
  check: ({ helper, notrack }, { protocol, protocolInverted }) => {
    if (helper === undefined || notrack !== undefined) return
    if (protocol === 0 || protocolInverted) {
      throw new UsageError("CT: --helper needs `-p' with a protocol, not inverted", { errno: 'EINVAL' })
    }
    if (!Object.hasOwn(HELPERS, helper.value) || !HELPERS[helper.value]?.includes(protocol)) {
      throw new UsageError(`CT: there is no helper "${helper.value}" for this protocol`, { errno: 'EINVAL' })
    }
  },
  save: (values) => {
    const { zone, direction } = resolveZone(values)
    return [
      values.notrack ? ' --notrack' : '',
      values.helper ? ` --helper ${quote(values.helper.value)}` : '',
      values.timeout ? ` --timeout ${quote(values.timeout.value)}` : '',
      values.ctevents ? ` --ctevents ${values.ctevents.value.join(',')}` : '',
      values.expevents ? ` --expevents ${values.expevents.value.join(',')}` : '',
      zone === 0 ? '' : ` --${ZONE_OPTION[direction]} ${zone}`,
    ].join('')
  },
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
        helper: values.helper?.value ?? null,
        timeoutPolicy: values.timeout?.value ?? null,
      },
    ]
  },
})
