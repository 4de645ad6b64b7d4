import type { ReplyKind } from '../expression/action.ts'
import type { Family } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineTarget, optionOf } from '../xtables/index.ts'

/** The answers with their short names, in the order in which abbreviations are resolved. */
const KINDS: Readonly<Record<Family, readonly (readonly [ReplyKind, string])[]>> = {
  4: [
    ['icmp-net-unreachable', 'net-unreach'],
    ['icmp-host-unreachable', 'host-unreach'],
    ['icmp-proto-unreachable', 'proto-unreach'],
    ['icmp-port-unreachable', 'port-unreach'],
    ['icmp-net-prohibited', 'net-prohib'],
    ['icmp-host-prohibited', 'host-prohib'],
    ['tcp-reset', 'tcp-rst'],
    ['icmp-admin-prohibited', 'admin-prohib'],
  ],
  6: [
    ['icmp6-no-route', 'no-route'],
    ['icmp6-adm-prohibited', 'adm-prohibited'],
    ['icmp6-addr-unreachable', 'addr-unreach'],
    ['icmp6-port-unreachable', 'port-unreach'],
    ['tcp-reset', 'tcp-reset'],
    ['icmp6-policy-fail', 'policy-fail'],
    ['icmp6-reject-route', 'reject-route'],
  ],
}

const replyKind = optionOf<ReplyKind>({
  words: 1,
  placeholder: 'type',
  parse: ([word = ''], { family, warn }) => {
    const start = word.toLowerCase()
    const found = KINDS[family].find((names) => names.some((name) => name.startsWith(start)))
    if (found !== undefined) return found[0]
    if (family === 4 && ['echo-reply', 'echoreply'].some((name) => name.startsWith(start))) {
      warn?.('--reject-with echo-reply no longer supported\n')
    }
    throw new UsageError(`unknown reject type "${word}"`)
  },
  format: (kind) => kind,
})

const DEFAULT: Readonly<Record<Family, ReplyKind>> = { 4: 'icmp-port-unreachable', 6: 'icmp6-port-unreachable' }

/**
 * `-j REJECT`: drop the packet and answer with an ICMP error or a TCP reset.
 *
 * Source: iptables-extensions(8) "REJECT"; Linux ipt_REJECT.c, ip6t_REJECT.c reject_tg(), reject_tg_check().
 */
export const REJECT = defineTarget({
  name: 'REJECT',
  families: [4, 6],
  tables: ['filter'],
  hooks: ['INPUT', 'FORWARD', 'OUTPUT'],
  options: {
    'reject-with': replyKind({
      help: 'what the sender gets: an ICMP error, or tcp-reset',
    }),
  },
  check: ({ 'reject-with': given }, { protocol, protocolInverted }) => {
    if (given?.value !== 'tcp-reset' || (protocol === PROTOCOL.tcp && !protocolInverted)) return
    throw new UsageError("REJECT: --reject-with tcp-reset needs `-p tcp'", { errno: 'EINVAL' })
  },
  save: ({ 'reject-with': given }, { family }) => ` --reject-with ${given?.value ?? DEFAULT[family]}`,
  list: ({ 'reject-with': given }, { family }) => ` reject-with ${given?.value ?? DEFAULT[family]}`,
  act: ({ 'reject-with': given }, { family }) => [
    { kind: 'reply', with: given?.value ?? DEFAULT[family] },
    { kind: 'verdict', verdict: 'drop' },
  ],
})
