import type { Test } from '../expression/test.ts'
import type { Family, Rule } from '../netfilter/glossary.ts'
import type { Packet } from '../packet/packet.ts'

/**
 * A number that a rule demands of a packet before it asks anything that could have an effect: a packet with another
 * one passes the rule by. Rules in a row with the same kind of key can be looked up instead of asked one by one.
 */
export interface Key {
  /** The same for keys that are read in the same way. */
  readonly kind: string
  /** The number, as a signed one of 32 bits. */
  readonly value: number
  readonly reader: KeyReader
}

/** How the key of a packet is read. */
export interface KeyReader {
  /** Whether the packet has the key where it is looked for; if not, the rules must be asked one by one. */
  readonly applies: (packet: Packet) => boolean
  /** Whether no rule with such a key can hold whatever the key is; asked first. */
  readonly passes: (packet: Packet) => boolean
  readonly read: (packet: Packet) => number
}

/** The keys of a rule, the most telling first. */
export function keysOf(rule: Rule, family: Family): readonly Key[] {
  const keys: Key[] = []
  let protocol = -1
  let isCertain = true
  for (const part of parts(rule.test)) {
    // Extension headers that are cut short drop the packet. Only the reader of a port looks out for that.
    if (part.kind === 'extensionHeaders') isCertain = false
    const address = isCertain ? addressKey(part, family) : null
    if (address !== null) keys.push(address)
    protocol = protocolOf(part) ?? protocol
    if (part.kind === 'header') {
      const port = protocol < 0 ? null : portKey(part, protocol)
      if (port !== null) keys.push(port)
      break
    }
    if (part.kind !== 'extensionHeaders' && !isPure(part)) break
  }
  return keys
}

/** The parts of a conjunction in the order in which they are asked. */
function* parts(test: Test): Generator<Test> {
  if (test.kind === 'labelled') yield* parts(test.test)
  else if (test.kind === 'all') for (const part of test.tests) yield* unlabelled(part)
  else yield test
}

function* unlabelled(test: Test): Generator<Test> {
  if (test.kind === 'labelled') yield* unlabelled(test.test)
  else yield test
}

/** Whether a test can only hold or not hold, whatever the packet, and has no effect. */
function isPure(test: Test): boolean {
  switch (test.kind) {
    case 'header':
    case 'extensionHeaders':
    case 'computed':
    case 'unknown':
      return false
    case 'not':
    case 'labelled':
      return isPure(test.test)
    case 'all':
    case 'any':
      return test.tests.every(isPure)
    default:
      return true
  }
}

const always = (): boolean => true
const never = (): boolean => false

/** The last word of an address that the mask does not leave free. */
function addressKey(test: Test, family: Family): Key | null {
  if (test.kind !== 'address' || test.field.of !== 'packet') return null
  const last = family === 4 ? 0 : 3
  for (let index = last; index >= 0; index--) {
    const mask = test.mask[index as 0] | 0
    if (mask === 0) continue
    const start = family === 4 ? [12, 16] : [8, 24]
    const offset = (start[test.field.side === 'source' ? 0 : 1] as number) + 4 * index
    const read = (packet: Packet): number => packet.view.getInt32(packet.network + offset) & mask
    const value = test.network[index as 0] | 0
    return { kind: `word ${offset} ${mask}`, value, reader: { applies: always, passes: never, read } }
  }
  return null
}

/** The one protocol that the test demands. */
function protocolOf(test: Test): number | null {
  if (test.kind !== 'within' || test.field.at.base !== 'packet' || test.field.at.property !== 'protocol') return null
  const [range] = test.ranges
  return test.ranges.length === 1 && range !== undefined && range[0] === range[1] ? range[0] : null
}

/** A port that is demanded inside a header test. */
function portKey(header: Extract<Test, { kind: 'header' }>, protocol: number): Key | null {
  for (const test of parts(header.test)) {
    if (test.kind === 'within' && test.field.at.base === 'transport') {
      const { offset, size, shift, mask } = test.field.at
      const [range] = test.ranges
      const isOne = test.ranges.length === 1 && range !== undefined && range[0] === range[1]
      if (isOne && size === 2 && shift === 0 && mask === 0xffff && offset + size <= header.length) {
        const { length } = header
        return {
          kind: `half ${protocol} ${length} ${offset}`,
          value: range[0],
          reader: {
            passes: (packet) => packet.protocol >= 0 && packet.protocol !== protocol,
            applies: (packet) =>
              packet.protocol >= 0 && packet.fragmentOffset === 0 && packet.transport + length <= packet.end,
            read: (packet) => packet.view.getUint16(packet.transport + offset),
          },
        }
      }
    }
    if (!isPure(test)) return null
  }
  return null
}
