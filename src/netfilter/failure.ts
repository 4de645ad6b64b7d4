import type { Environment } from '../expression/environment.ts'
import { evaluate, readAddress, readDevice } from '../expression/evaluate.ts'
import { CT_STATE, type NumberField, readNumber } from '../expression/field.ts'
import { OUTCOME, type Test } from '../expression/test.ts'
import { type Packet, PKTTYPE } from '../packet/packet.ts'
import { formatAddress } from '../wire/address.ts'
import { protocolName } from '../wire/protocols.ts'
import type { Failure } from './trace.ts'

/**
 * The first part of a test that kept it from holding, with what the packet has there.
 *
 * Asks only tests without state again: asking `limit` twice would spend a token. A stateful part therefore
 * counts as the failing one when all parts before it hold and it is not followed by a stateless failure.
 */
export function explainFailure(test: Test, packet: Packet, environment: Environment): Failure | null {
  return find(test, '', packet, environment)
}

function find(test: Test, label: string, packet: Packet, environment: Environment): Failure | null {
  switch (test.kind) {
    case 'labelled':
      return find(test.test, test.label, packet, environment)
    case 'all': {
      let stateful: Failure | null = null
      for (const part of test.tests) {
        if (isStateful(part)) stateful ??= describe(part, label, packet, environment)
        else if (evaluate(part, packet, environment) !== OUTCOME.yes) return find(part, label, packet, environment)
      }
      return stateful
    }
    case 'header':
      if (packet.fragmentOffset !== 0) {
        return {
          label,
          field: 'ip.frag_offset',
          value: `a later fragment (offset ${packet.family === 4 ? packet.fragmentOffset * 8 : packet.fragmentOffset})`,
        }
      }
      if (packet.transport + test.length > packet.end) {
        const there = packet.end - packet.transport
        return { label, field: 'transport header', value: `cut short (${there} of ${test.length} bytes)` }
      }
      return find(test.test, label, packet, environment)
    default:
      return describe(test, label, packet, environment)
  }
}

function isStateful(test: Test): boolean {
  switch (test.kind) {
    case 'computed':
      return test.stateful
    case 'all':
    case 'any':
      return test.tests.some(isStateful)
    case 'not':
    case 'header':
    case 'labelled':
      return isStateful(test.test)
    default:
      return false
  }
}

function describe(test: Test, label: string, packet: Packet, environment: Environment): Failure {
  switch (test.kind) {
    case 'labelled':
      return describe(test.test, test.label, packet, environment)
    case 'not':
    case 'header':
      return describe(test.test, label, packet, environment)
    case 'all':
    case 'any': {
      const parts = test.tests.map((part) => describe(part, label, packet, environment))
      const fields = [...new Set(parts.map((part) => part.field).filter((name) => name !== ''))]
      const values = [...new Set(parts.map((part) => part.value).filter((value) => value !== ''))]
      return { label: label || parts[0]?.label || '', field: fields.join(', '), value: values.join(', ') }
    }
    case 'masked':
    case 'within':
      return { label, field: test.field.name, value: showNumber(test.field, packet) }
    case 'address':
    case 'addressRange': {
      const address = readAddress(test.field, packet)
      const value = address === null ? 'no connection' : formatAddress(packet.family === 6 ? 6 : 4, address)
      return { label, field: test.field.name, value }
    }
    case 'device':
      return { label, field: test.field.name, value: readDevice(test.field, packet) || 'none' }
    case 'computed':
      return { label, field: '', value: test.observe?.(packet, environment) ?? '' }
    case 'unknown':
      return { label: label || test.extension, field: '', value: test.extension }
    case 'extensionHeaders':
      return { label, field: 'ip.proto', value: 'not found: extension headers cut short or in another fragment' }
    case 'always':
    case 'never':
      return { label, field: '', value: '' }
  }
}

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const

/** A field's value as people read it: `443`, `tcp`, `SYN,ACK`, `0x10`. */
function showNumber(field: NumberField, packet: Packet): string {
  if ((field.at.base === 'connection' || field.at.base === 'tuple') && packet.ct === null) return 'no connection'
  const value = readNumber(field, packet)
  switch (field.format) {
    case 'decimal':
    case 'port':
      if (field.name === 'pkttype') return Object.keys(PKTTYPE)[value] ?? String(value)
      return String(value)
    case 'hex':
    case 'bits':
      return `0x${value.toString(16)}`
    case 'protocol':
      return protocolName(value) ?? String(value)
    case 'tcp-flags':
      return TCP_FLAGS.filter((_, bit) => value & (1 << bit)).join(',') || 'NONE'
    case 'ctstate':
      return showState(value)
  }
}

/** `ESTABLISHED`, `NEW,DNAT`. */
function showState(bits: number): string {
  return CT_STATE_NAMES.filter(([bit]) => bits & bit)
    .map(([, name]) => name)
    .join(',')
}

const CT_STATE_NAMES = [
  [CT_STATE.invalid, 'INVALID'],
  [CT_STATE.new, 'NEW'],
  [CT_STATE.related, 'RELATED'],
  [CT_STATE.established, 'ESTABLISHED'],
  [CT_STATE.untracked, 'UNTRACKED'],
  [CT_STATE.sourceNat, 'SNAT'],
  [CT_STATE.destinationNat, 'DNAT'],
] as const
