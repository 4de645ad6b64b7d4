import type { Packet } from '../packet/packet.ts'
import { compareWords, maskWords, type Words } from '../util/words.ts'
import type { Environment } from './environment.ts'
import type { AddressField, DeviceField, NumberField } from './field.ts'

/**
 * What a test says of a packet. `hotdrop`: the packet is malformed where the test looked and is dropped at
 * once, as in the kernel. `unknown`: an extension that hookline cannot evaluate is involved.
 */
export const OUTCOME = { no: 0, yes: 1, hotdrop: 2, unknown: 3 } as const
export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME]

/** An inclusive range of unsigned numbers. */
export type Range = readonly [number, number]

/**
 * The closed vocabulary of tests. Evaluating, explaining, compiling and analysing read the same value.
 * A new kind is added here and then wherever the compiler points.
 */
export type Test =
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  /** `(field & mask) === value`, unsigned. */
  | { readonly kind: 'masked'; readonly field: NumberField; readonly mask: number; readonly value: number }
  /** The field is in one of the inclusive ranges. */
  | { readonly kind: 'within'; readonly field: NumberField; readonly ranges: readonly Range[] }
  /** `(address & mask) === network`. */
  | { readonly kind: 'address'; readonly field: AddressField; readonly network: Words; readonly mask: Words }
  /** `from <= address <= to`. */
  | { readonly kind: 'addressRange'; readonly field: AddressField; readonly from: Words; readonly to: Words }
  /** The device's name equals `name`, or starts with it where `prefix`. */
  | { readonly kind: 'device'; readonly field: DeviceField; readonly device: string; readonly prefix: boolean }
  /**
   * The first `length` bytes of the transport header are there and `test` holds. A later fragment does not
   * hold; a short header is a hotdrop; so is fragment offset 1 where `dropsOverlap` (it would overwrite
   * TCP flags).
   */
  | { readonly kind: 'header'; readonly length: number; readonly dropsOverlap: boolean; readonly test: Test }
  /**
   * The walk over the IPv6 extension headers found the transport protocol. Headers that are cut short, or
   * that a later fragment hides, are a hotdrop. Source: Linux ip6_packet_match(), ipv6_find_hdr().
   */
  | { readonly kind: 'extensionHeaders' }
  | { readonly kind: 'not'; readonly test: Test }
  | { readonly kind: 'all'; readonly tests: readonly Test[] }
  | { readonly kind: 'any'; readonly tests: readonly Test[] }
  /** The same test with what the user wrote for it, for explanations. */
  | { readonly kind: 'labelled'; readonly label: string; readonly test: Test }
  | ComputedTest
  /** An extension that cannot be evaluated, by name. */
  | { readonly kind: 'unknown'; readonly extension: string }

/**
 * A test given as a function, for what is not a comparison: state, lookups, searches.
 * Analysis takes its result as unknown; an optimiser never moves a test across a `stateful` one.
 */
export interface ComputedTest {
  readonly kind: 'computed'
  /** The extension's name. */
  readonly name: string
  /** Whether evaluating it changes state that later evaluations see. */
  readonly stateful: boolean
  readonly evaluate: (packet: Packet, environment: Environment) => Outcome
  /** Called once when the rules are loaded into a host: makes the state that exists before any packet. */
  readonly prepare?: (environment: Environment) => void
  /** What the packet has, for the explanation of a miss, such as `12 bytes searched`. Must not change state. */
  readonly observe?: (packet: Packet, environment: Environment) => string
  /** On some hosts it cannot be told: it then comes out as unknown. */
  readonly mayBeUnknown?: true
}

export const always: Test = { kind: 'always' }
export const never: Test = { kind: 'never' }

/** `field == value`. */
export function equals(field: NumberField, value: number): Test {
  return { kind: 'within', field, ranges: [[value, value]] }
}

/** `from <= field <= to`. */
export function between(field: NumberField, from: number, to: number): Test {
  return { kind: 'within', field, ranges: [[from, to]] }
}

/** The field is in one of the ranges. */
export function within(field: NumberField, ranges: readonly Range[]): Test {
  return { kind: 'within', field, ranges }
}

/** `(field & mask) == value`. */
export function masked(field: NumberField, mask: number, value: number): Test {
  return { kind: 'masked', field, mask: mask >>> 0, value: value >>> 0 }
}

/** The address is in the network; bits outside the mask are not compared. */
export function inNetwork(field: AddressField, address: Words, mask: Words): Test {
  return { kind: 'address', field, network: maskWords(address, mask), mask }
}

/** The address is in the inclusive range; an empty range never holds. */
export function inAddressRange(field: AddressField, from: Words, to: Words): Test {
  return compareWords(from, to) > 0 ? never : { kind: 'addressRange', field, from, to }
}

/** The bytes of a transport header are there, and `test` holds. See the `header` kind of {@link Test}. */
export function header(length: number, test: Test, dropsOverlap = false): Test {
  return { kind: 'header', length, dropsOverlap, test }
}

/** The opposite; hotdrop and unknown stay what they are. */
export function not(test: Test): Test {
  return test.kind === 'not' ? test.test : { kind: 'not', test }
}

/** Every test holds, asked in this order; none is the test that always holds. */
export function allOf(...tests: readonly Test[]): Test {
  const parts = tests.flatMap((test) => (test.kind === 'all' ? test.tests : test.kind === 'always' ? [] : [test]))
  return parts.length === 0 ? always : parts.length === 1 ? (parts[0] as Test) : { kind: 'all', tests: parts }
}

/** At least one test holds. */
export function anyOf(...tests: readonly Test[]): Test {
  return tests.length === 1 ? (tests[0] as Test) : { kind: 'any', tests }
}

/** A test given as a function; `stateful` where evaluating it changes state. */
export function computed(
  name: string,
  stateful: boolean,
  evaluate: ComputedTest['evaluate'],
  observe?: ComputedTest['observe'],
): Test {
  return { kind: 'computed', name, stateful, evaluate, ...(observe ? { observe } : {}) }
}

/** Calls `visit` for the test and every test inside it. */
export function visitTests(test: Test, visit: (test: Test) => void): void {
  visit(test)
  switch (test.kind) {
    case 'all':
    case 'any':
      for (const part of test.tests) visitTests(part, visit)
      break
    case 'not':
    case 'header':
    case 'labelled':
      visitTests(test.test, visit)
  }
}

/** The name of the first extension in the test that cannot be evaluated, or not on every host, else null. */
export function unknownIn(test: Test): string | null {
  switch (test.kind) {
    case 'unknown':
      return test.extension
    case 'computed':
      return test.mayBeUnknown ? test.name : null
    case 'all':
    case 'any':
      return test.tests.map(unknownIn).find((name) => name !== null) ?? null
    case 'not':
    case 'header':
    case 'labelled':
      return unknownIn(test.test)
    default:
      return null
  }
}
