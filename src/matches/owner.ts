import { computed, OUTCOME } from '../expression/test.ts'
import type { SocketOwner } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { groupName, groupNumber, userName, userNumber } from '../util/owners.ts'
import { badValue, defineMatch, flag, type NumberRange, optionOf, parseNumber, type Values } from '../xtables/index.ts'

/** `name`, `number` or `number-number`, numbers below 2^32 - 1. Source: libxt_owner.c owner_parse_range(). */
function ownerRange(numberOf: (name: string) => number | undefined): ReturnType<typeof optionOf<NumberRange>> {
  return optionOf<NumberRange>({
    words: 1,
    placeholder: 'id[-id]',
    parse: ([word = ''], context) => {
      const named = numberOf(word)
      if (named !== undefined) return { from: named, to: named }
      const [first = '', second = first, ...rest] = word.split(/[-:]/)
      const from = parseNumber(first)
      const to = parseNumber(second)
      if (from === null || to === null || rest.length > 0 || from >= 0xffffffff || to >= 0xffffffff) {
        throw badValue(context, word)
      }
      return { from, to }
    },
    format: ({ from, to }) => (from === to ? String(from) : `${from}-${to}`),
  })
}

/** It must stand behind `--gid-owner`. */
const supplementary = optionOf<true>({
  words: 0,
  placeholder: '',
  parse: (_words, context) => {
    if (context.given?.['gid-owner'] === undefined) throw badValue(context, 'you need to use --gid-owner first')
    return true
  },
  format: () => '',
})

const options = {
  'socket-exists': flag({ help: 'a socket of this host sent the packet', invertible: true }),
  'uid-owner': ownerRange(userNumber)({ help: 'user of that socket, by name, number or range', invertible: true }),
  'gid-owner': ownerRange(groupNumber)({ help: 'group of that socket, by name, number or range', invertible: true }),
  'suppl-groups': supplementary({ help: '--gid-owner looks at further groups of the user too' }),
}

function listed({ from, to }: NumberRange, nameOf: ((number: number) => string | undefined) | null): string {
  return from === to ? (nameOf?.(from) ?? String(from)) : `${from}-${to}`
}

function isIn(number: number, { from, to }: NumberRange): boolean {
  return from <= number && number <= to
}

function ownedAsTold(values: Values<typeof options>, owner: SocketOwner): boolean {
  if (values['socket-exists']?.inverted) return false
  const { 'uid-owner': user, 'gid-owner': group } = values
  if (user && isIn(owner.uid, user.value) === user.inverted) return false
  if (!group) return true
  const groups = values['suppl-groups'] ? [owner.gid, ...owner.supplementaryGroups] : [owner.gid]
  return groups.some((one) => isIn(one, group.value)) !== group.inverted
}

/**
 * `-m owner`: the user and group of the socket that made a local packet. Without a socket (forwarded packets,
 * ICMP of the kernel) it holds exactly when everything asked is negated; with `--suppl-groups` then never.
 *
 * Names are those of every Debian system.
 *
 * Source: iptables-extensions(8) "owner"; Linux xt_owner.c owner_mt().
 */
export const owner = defineMatch({
  name: 'owner',
  families: [4, 6],
  hooks: ['OUTPUT', 'POSTROUTING'],
  options,
  check: (values) => {
    if (Object.keys(values).length === 0) {
      throw new UsageError('owner: At least one of --uid-owner, --gid-owner or --socket-exists is required')
    }
    for (const range of [values['uid-owner'], values['gid-owner']]) {
      if (range && range.value.from > range.value.to) {
        throw new UsageError('owner: a range of owners begins above its end', { errno: 'EINVAL' })
      }
    }
  },
  list: (values, _rule, { numeric }) => {
    const not = (given: { readonly inverted: boolean }): string => (given.inverted ? ' !' : '')
    const { 'socket-exists': exists, 'uid-owner': user, 'gid-owner': group } = values
    return [
      exists ? `${not(exists)} owner socket exists` : '',
      user ? `${not(user)} owner UID match ${listed(user.value, numeric ? null : userName)}` : '',
      group ? `${not(group)} owner GID match ${listed(group.value, numeric ? null : groupName)}` : '',
      values['suppl-groups'] ? ' incl. suppl. groups' : '',
    ].join('')
  },
  holds: (values) => {
    const allInverted = Object.values(values).every((given) => given?.inverted)
    return computed(
      'owner',
      false,
      (packet) => {
        const holds = packet.owner === null ? allInverted : ownedAsTold(values, packet.owner)
        return holds ? OUTCOME.yes : OUTCOME.no
      },
      ({ owner: socket }) => (socket === null ? 'no socket' : `user ${socket.uid}, group ${socket.gid}`),
    )
  },
})
