import type { Packet } from '../packet/packet.ts'
import { compareWords, type Words, ZERO_WORDS } from '../util/words.ts'
import type { Environment } from './environment.ts'
import { type AddressField, type DeviceField, readNumber } from './field.ts'
import { OUTCOME, type Outcome, type Test } from './test.ts'

/** An address field's words; null where the packet has no connection to read it from. */
export function readAddress(field: AddressField, packet: Packet): Words | null {
  switch (field.of) {
    case 'packet':
      return field.side === 'source' ? packet.source : packet.destination
    case 'ct.original':
      return packet.ct === null ? null : packet.ct.original[field.side]
    case 'ct.reply':
      return packet.ct === null ? null : packet.ct.reply[field.side]
  }
}

/** A device field's name; empty where the packet has no such device at this hook. */
export function readDevice(field: DeviceField, packet: Packet): string {
  return (field.side === 'in' ? packet.inDevice : packet.outDevice)?.name ?? ''
}

function sameMasked(address: Words, mask: Words, network: Words): boolean {
  return (
    (((address[0] & mask[0]) ^ network[0]) |
      ((address[1] & mask[1]) ^ network[1]) |
      ((address[2] & mask[2]) ^ network[2]) |
      ((address[3] & mask[3]) ^ network[3])) ===
    0
  )
}

/**
 * The reference meaning of a test: clear before fast. The compiled engine is checked against it.
 *
 * A part that is unknown makes the whole unknown unless a later part decides it anyway (three-valued logic);
 * a hotdrop ends the evaluation at once.
 */
export function evaluate(test: Test, packet: Packet, environment: Environment): Outcome {
  switch (test.kind) {
    case 'always':
      return OUTCOME.yes
    case 'never':
      return OUTCOME.no
    case 'masked':
      return outcome((readNumber(test.field, packet) & test.mask) >>> 0 === test.value)
    case 'within': {
      const value = readNumber(test.field, packet)
      return outcome(test.ranges.some(([from, to]) => from <= value && value <= to))
    }
    case 'address': {
      const address = readAddress(test.field, packet)
      return outcome(address !== null && sameMasked(address, test.mask, test.network))
    }
    case 'addressRange': {
      const address = readAddress(test.field, packet) ?? ZERO_WORDS
      return outcome(compareWords(test.from, address) <= 0 && compareWords(address, test.to) <= 0)
    }
    case 'device': {
      const name = readDevice(test.field, packet)
      return outcome(test.prefix ? name.startsWith(test.device) : name === test.device)
    }
    case 'header':
      if (packet.fragmentOffset !== 0) {
        return test.dropsOverlap && packet.fragmentOffset === 1 ? OUTCOME.hotdrop : OUTCOME.no
      }
      if (packet.transport + test.length > packet.end) return OUTCOME.hotdrop
      return evaluate(test.test, packet, environment)
    case 'extensionHeaders':
      return packet.protocol >= 0 ? OUTCOME.yes : OUTCOME.hotdrop
    case 'not': {
      const inner = evaluate(test.test, packet, environment)
      return inner === OUTCOME.yes ? OUTCOME.no : inner === OUTCOME.no ? OUTCOME.yes : inner
    }
    case 'all': {
      let result: Outcome = OUTCOME.yes
      for (const part of test.tests) {
        const one = evaluate(part, packet, environment)
        if (one === OUTCOME.no) return OUTCOME.no
        if (one === OUTCOME.hotdrop) return result === OUTCOME.unknown ? OUTCOME.unknown : OUTCOME.hotdrop
        if (one === OUTCOME.unknown) result = OUTCOME.unknown
      }
      return result
    }
    case 'any': {
      let result: Outcome = OUTCOME.no
      for (const part of test.tests) {
        const one = evaluate(part, packet, environment)
        if (one === OUTCOME.yes) return OUTCOME.yes
        if (one === OUTCOME.hotdrop) return result === OUTCOME.unknown ? OUTCOME.unknown : OUTCOME.hotdrop
        if (one === OUTCOME.unknown) result = OUTCOME.unknown
      }
      return result
    }
    case 'labelled':
      return evaluate(test.test, packet, environment)
    case 'computed':
      return test.evaluate(packet, environment)
    case 'unknown':
      return OUTCOME.unknown
  }
}

function outcome(holds: boolean): Outcome {
  return holds ? OUTCOME.yes : OUTCOME.no
}
