import { type AddressField, ctStateOf, type DeviceField, type NumberField } from '../expression/field.ts'
import { type Constants, literal } from './constants.ts'
import type { Locals } from './locals.ts'

/** Where expressions are generated. */
export interface Place {
  readonly constants: Constants
  readonly locals: Locals
  /** How many bytes of the transport header are known to be there. */
  readonly proven: number
}

/** An expression and how its number is to be compared. */
export interface NumberExpression {
  readonly text: string
  /** 32 bits read as a signed number: unsigned comparisons must flip the top bit. */
  readonly signed: boolean
  /** Whether it is never below 0. */
  readonly isCount: boolean
}

const READERS = { 1: 'getUint8', 2: 'getUint16', 4: 'getInt32' } as const

/** A number field as an expression. The same meaning as readNumber(). */
export function numberExpression(field: NumberField, place: Place): NumberExpression {
  const { at } = field
  switch (at.base) {
    case 'packet':
      return { text: propertyExpression(at.property, place), signed: false, isCount: at.property !== 'protocol' }
    case 'connection':
      return { text: `((c=p.ct)===null?${literal(at.absent)}:c.${at.property})`, signed: false, isCount: false }
    case 'tuple':
      return { text: `((c=p.ct)===null?0:c.${at.direction}.${at.property})`, signed: false, isCount: false }
    case 'ctstate':
      return { text: `${place.constants.name(ctStateOf)}(p)`, signed: false, isCount: true }
    case 'network':
    case 'transport': {
      const base = at.base === 'network' ? 'n' : 't'
      const from = at.offset === 0 ? base : `${base}+${literal(at.offset)}`
      const raw = `v.${READERS[at.size]}(${from})`
      const whole = at.shift === 0 && at.mask === 2 ** (at.size * 8) - 1
      const value = whole ? raw : `(${raw}>>>${literal(at.shift)}&${literal(at.mask | 0)})`
      const signed = at.size === 4 && at.shift === 0 && at.mask > 0x7fffffff
      const safe = isInNetworkHeader(field, place) ? value : `(${base}+${literal(at.offset + at.size)}>e?0:${value})`
      const kept = place.locals.keep(safe, true)
      if (kept !== null) return { text: kept, signed, isCount: !signed }
      const isProven = at.base === 'transport' && at.offset + at.size <= place.proven
      return { text: isProven ? value : safe, signed, isCount: !signed }
    }
  }
}

/** Properties that no action changes may be kept; the others are read each time. */
function propertyExpression(property: string, { locals }: Place): string {
  switch (property) {
    case 'length':
      return '(e-n)'
    case 'protocol':
    case 'fragmentOffset':
      return locals.keep(`p.${property}`, true) ?? `p.${property}`
    case 'pkttype':
      return locals.keep('p.pkttype', false) ?? 'p.pkttype'
    default:
      return `p.${property}`
  }
}

function isInNetworkHeader({ at }: NumberField, { locals }: Place): boolean {
  return at.base === 'network' && at.offset + at.size <= (locals.family === 4 ? 20 : 40)
}

/**
 * The words of an address field: their expressions, signed where they are read from the packet, and the condition
 * under which there is an address; null where there always is.
 */
export function addressWords(
  field: AddressField,
  { locals }: Place,
): { readonly words: readonly string[]; readonly condition: string | null } {
  if (field.of !== 'packet') {
    const tuple = `c.${field.of === 'ct.original' ? 'original' : 'reply'}.${field.side}`
    return { words: [0, 1, 2, 3].map((index) => `(${tuple}[${index}]|0)`), condition: '(c=p.ct)!==null' }
  }
  if (locals.family === 4) {
    const expression = `v.getInt32(n+${field.side === 'source' ? 12 : 16})`
    return { words: [locals.keep(expression, true) ?? expression, '0', '0', '0'], condition: null }
  }
  const start = field.side === 'source' ? 8 : 24
  const words = [0, 4, 8, 12].map((offset) => {
    const expression = `v.getInt32(n+${start + offset})`
    return { expression, offset }
  })
  return {
    // Only the first word is worth keeping: most networks end within it, and most addresses differ there.
    words: words.map(({ expression, offset }) =>
      offset === 0 ? (locals.keep(expression, true) ?? expression) : expression,
    ),
    condition: null,
  }
}

/** Whether the device has the name, or starts with it. */
export function deviceExpression(field: DeviceField, device: string, prefix: boolean, place: Place): string {
  const name = place.constants.name(device)
  const side = field.side === 'in' ? 'p.inDevice' : 'p.outDevice'
  const absent = device === '' ? 'true' : 'false'
  const same = prefix ? `d.name.startsWith(${name})` : `d.name===${name}`
  const expression = `((d=${side})===null?${absent}:${same})`
  return place.locals.keep(expression, false) ?? expression
}

/** The outcome of asking for the IPv6 extension headers. */
export function extensionHeadersOutcome({ locals }: Place): string {
  const expression = 'p.protocol>=0?1:2'
  return locals.keep(expression, true) ?? `(${expression})`
}

/**
 * The outcome of asking for the first `length` bytes of the transport header: kept in a local, or null where only
 * one rule asks.
 */
export function headerOutcome(length: number, dropsOverlap: boolean, { locals }: Place): string | null {
  const overlap = dropsOverlap ? '(p.fragmentOffset===1?2:0)' : '0'
  return locals.keep(`p.fragmentOffset!==0?${overlap}:t+${literal(length)}>e?2:1`, true)
}
