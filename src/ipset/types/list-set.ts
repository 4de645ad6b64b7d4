import type { Packet } from '../../packet/packet.ts'
import { UsageError } from '../../util/errors.ts'
import {
  type ExtensionOptions,
  type Extensions,
  formatExtensions,
  formatOptions,
  isExpired,
  matchExtensions,
} from '../extensions.ts'
import { addTo, removeFrom, testIn } from '../lookup.ts'
import type { Change, Found, Lookup, NamedSet } from '../set.ts'
import { additionError, extensionOptions, givenExtensions, type SetType } from '../type.ts'

interface Member extends Extensions {
  readonly set: NamedSet
}

/** Source: Linux ip_set_list_set.c. */
class ListSet implements NamedSet {
  readonly name: string
  readonly dimension = 1
  readonly family = null
  readonly listsNomatch = false
  readonly members: Member[] = []
  private readonly extensions: ExtensionOptions
  private readonly size: string

  constructor(name: string, extensions: ExtensionOptions, size: string) {
    this.name = name
    this.extensions = extensions
    this.size = size
  }

  test(packet: Packet, lookup: Lookup, ticks: number): Found {
    // The comparisons are about the list's own counters.
    const inner: Lookup = {
      ...lookup,
      packets: null,
      bytes: null,
      updatesCounters: lookup.updatesCounters && lookup.updatesSubcounters,
    }
    for (const member of this.members) {
      const found = testIn(member.set, packet, inner, ticks)
      lookup.skbinfo = inner.skbinfo
      if (found && matchExtensions(this.extensions, member, packet, lookup, ticks)) return 'yes'
    }
    return 'no'
  }

  /** The first set that takes it gets it. */
  add(packet: Packet, change: Change, ticks: number): boolean {
    return this.members.some((one) => !isExpired(one, ticks) && addTo(one.set, packet, change, ticks))
  }

  remove(packet: Packet, change: Change, ticks: number): boolean {
    return this.members.some((one) => !isExpired(one, ticks) && removeFrom(one.set, packet, change, ticks))
  }

  lines(ticks: number): string[] {
    const living = this.members.filter((one) => !isExpired(one, ticks))
    const adds = living.map((one) => `add ${this.name} ${one.set.name}${formatExtensions(this.extensions, one, ticks)}`)
    return [`create ${this.name} list:set size ${this.size}${formatOptions(this.extensions)}`, ...adds]
  }
}

/** `list:set`: the sets in it are asked in order. It cannot have lists in it. */
export const listSet: SetType = {
  name: 'list:set',
  aliases: ['setlist'],
  options: { size: 1 },
  create(name, options, find) {
    const extensions = extensionOptions(options)
    const list = new ListSet(name, extensions, options.get('size') ?? '8')
    return {
      set: list,
      add(text, given, ticks) {
        const set = find(text)
        if (set === null) throw new UsageError(`there is no set ${text} above this line`)
        if (set instanceof ListSet) throw new UsageError(`${text} is a list: lists cannot have lists in them`)
        const existing = list.members.findIndex((one) => one.set === set)
        const member = { set, ...givenExtensions(extensions, given, ticks)(list.members[existing] ?? null) }
        if (existing >= 0) {
          if (!given.replaces) throw additionError(name, 'exists')
          list.members[existing] = member
          return
        }
        const { beside } = given
        if (beside === null) return void list.members.push(member)
        const at = list.members.findIndex((one) => one.set.name === beside.name)
        if (at < 0) throw new UsageError(`the list ${name} has no ${beside.name}`)
        list.members.splice(beside.place === 'before' ? at : at + 1, 0, member)
      },
    }
  },
}
