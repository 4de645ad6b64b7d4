import { VERDICT } from '../expression/action.ts'
import { setEcn, setTcpEcn } from '../packet/mangle.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineTarget, flag, numberBetween } from '../xtables/index.ts'

interface EcnValues {
  readonly 'ecn-tcp-remove'?: object
  readonly 'ecn-tcp-ece'?: { readonly value: number }
  readonly 'ecn-tcp-cwr'?: { readonly value: number }
  readonly 'ecn-ip-ect'?: { readonly value: number }
}

interface EcnChange {
  /** Each null: not changed. */
  readonly ece: number | null
  readonly cwr: number | null
  readonly ect: number | null
}

function resolve(values: EcnValues): EcnChange {
  const removed = values['ecn-tcp-remove'] ? 0 : null
  return {
    ece: values['ecn-tcp-ece']?.value ?? removed,
    cwr: values['ecn-tcp-cwr']?.value ?? removed,
    ect: values['ecn-ip-ect']?.value ?? null,
  }
}

/**
 * `-j ECN`: switch explicit congestion notification off for a TCP connection, or set single bits of it (IPv4 only).
 *
 * Source: iptables-extensions(8) "ECN"; Linux ipt_ECN.c ecn_tg(), ecn_tg_check().
 */
export const ECN = defineTarget({
  name: 'ECN',
  families: [4],
  tables: ['mangle'],
  options: {
    'ecn-tcp-remove': flag({ help: 'clear ECE and CWR in the TCP header', excludes: ['ecn-tcp-cwr', 'ecn-tcp-ece'] }),
    'ecn-tcp-ece': numberBetween(0, 1)({ help: 'new ECE bit of the TCP header, 0 or 1' }),
    'ecn-tcp-cwr': numberBetween(0, 1)({ help: 'new CWR bit of the TCP header, 0 or 1' }),
    'ecn-ip-ect': numberBetween(0, 3)({ help: 'new ECN field of the IP header, 0-3' }),
  },
  check: (values, { protocol, protocolInverted }) => {
    const { ece, cwr, ect } = resolve(values)
    const changesTcp = ece !== null || cwr !== null
    if (!changesTcp && ect === null) throw new UsageError('ECN target: An operation is required')
    if (changesTcp && (protocol !== PROTOCOL.tcp || protocolInverted)) {
      throw new UsageError("ECN: cannot use operation on non-tcp rule: `-p tcp' is missing", { errno: 'EINVAL' })
    }
  },
  save: (values) => {
    const { ece, cwr, ect } = resolve(values)
    if (ece === 0 && cwr === 0 && ect === null) return ' --ecn-tcp-remove'
    return [
      ece === null ? '' : ` --ecn-tcp-ece ${ece}`,
      cwr === null ? '' : ` --ecn-tcp-cwr ${cwr}`,
      ect === null ? '' : ` --ecn-ip-ect ${ect}`,
    ].join('')
  },
  list: (values) => {
    const { ece, cwr, ect } = resolve(values)
    if (ece === 0 && cwr === 0 && ect === null) return ' ECN TCP remove'
    return [
      ' ECN',
      ece === null ? '' : ` ECE=${ece}`,
      cwr === null ? '' : ` CWR=${cwr}`,
      ect === null ? '' : ` ECT codepoint=${ect}`,
    ].join('')
  },
  act: (values) => {
    const { ece, cwr, ect } = resolve(values)
    return [
      {
        kind: 'computed',
        name: 'ECN',
        act: (packet) => {
          if (ect !== null) setEcn(packet, ect)
          const changesTcp = (ece !== null || cwr !== null) && packet.protocol === PROTOCOL.tcp
          return changesTcp && !setTcpEcn(packet, ece, cwr) ? VERDICT.drop : VERDICT.continue
        },
      },
    ]
  },
})
