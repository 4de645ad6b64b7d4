import { computed, OUTCOME } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { maskWords, sameWords, type Words } from '../util/words.ts'
import { formatAddress, prefixLength } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, type Given, hostMask, type Network, uint8, uint16, type Values } from '../xtables/index.ts'
import { ipv6HeaderAt } from './ipv6-headers.ts'

/** Bytes before the segments. */
const HEADER = 8
const SEGMENT = 16
const SEGMENT_ROUTING = 4

const number = (help: string): ReturnType<typeof uint8> => uint8({ help, invertible: true })
const segment = (help: string): ReturnType<typeof hostMask> => hostMask({ help, invertible: true })

const options = {
  'srh-next-hdr': number('the next header'),
  'srh-hdr-len-eq': number('header length in 8 bytes without the first'),
  'srh-hdr-len-gt': number('header length is greater'),
  'srh-hdr-len-lt': number('header length is less'),
  'srh-segs-left-eq': number('segments left'),
  'srh-segs-left-gt': number('segments left are more'),
  'srh-segs-left-lt': number('segments left are less'),
  'srh-last-entry-eq': number('index of the last segment'),
  'srh-last-entry-gt': number('index of the last segment is greater'),
  'srh-last-entry-lt': number('index of the last segment is less'),
  'srh-tag': uint16({ help: 'the tag', invertible: true }),
  'srh-psid': segment('the segment before the active one'),
  'srh-nsid': segment('the segment behind the active one'),
  'srh-lsid': segment('the last segment'),
}
type SrhValues = Values<typeof options>
type NumberOption = Exclude<keyof typeof options, SegmentOption>
type SegmentOption = 'srh-psid' | 'srh-nsid' | 'srh-lsid'

const isSegment = (name: string): name is SegmentOption => name.endsWith('sid')

/** The options whose one number is shared: of `-eq`, `-gt` and `-lt` the one written last sets it for all. */
const SHARED = /-(?:eq|gt|lt)$/

function numberOf(name: NumberOption, values: SrhValues): number {
  const family = name.replace(SHARED, '')
  const last = Object.keys(values).findLast((one) => one.replace(SHARED, '') === family) as NumberOption
  return values[last]?.value ?? 0
}

function segmentText({ value: { address, mask } }: Given<Network>): string {
  return `${formatAddress(6, address)}/${prefixLength(6, mask)}`
}

/** Each given option as its text is put together, in the order of the definition. */
function texts(
  values: SrhValues,
  ofNumber: (name: NumberOption, inverted: boolean, value: number) => string,
  ofSegment: (name: SegmentOption, inverted: boolean, value: string) => string,
): string {
  return (Object.keys(options) as (keyof typeof options)[])
    .map((name) => {
      const inverted = values[name]?.inverted ?? false
      if (!isSegment(name)) return values[name] ? ofNumber(name, inverted, numberOf(name, values)) : ''
      const given = values[name]
      return given ? ofSegment(name, inverted, segmentText(given)) : ''
    })
    .join('')
}

const saved = (name: string, inverted: boolean, value: number | string): string =>
  `${inverted ? ' !' : ''} --${name} ${value}`

/** A Segment Routing Header of a packet. Source: RFC 8754 section 2. */
class SegmentRouting {
  private readonly packet: Packet
  private readonly at: number

  constructor(packet: Packet, at: number) {
    this.packet = packet
    this.at = at
  }

  private byte(offset: number): number {
    return this.packet.view.getUint8(this.at + offset)
  }

  /** Whether all of it is there and makes sense. */
  isSane(): boolean {
    const left = this.packet.end - this.at
    return (
      left >= HEADER &&
      left >= (this.byte(1) + 1) * 8 &&
      this.byte(2) === SEGMENT_ROUTING &&
      this.byte(3) <= this.byte(4)
    )
  }

  /** What a number option compares with. */
  read(name: NumberOption): number {
    if (name === 'srh-next-hdr') return this.byte(0)
    // The kernel compares the bytes of the tag as they lie in the header with the number as it lies in memory.
    if (name === 'srh-tag') return this.packet.view.getUint16(this.at + 6, true)
    return this.byte(name.startsWith('srh-hdr-len') ? 1 : name.startsWith('srh-segs-left') ? 3 : 4)
  }

  /** A segment; null where the header has none in that place, or the packet ends before it. */
  segment(name: SegmentOption): Words | null {
    const [left, last] = [this.byte(3), this.byte(4)]
    if (name === 'srh-psid' ? left === last : name === 'srh-nsid' && left === 0) return null
    const index = name === 'srh-psid' ? left + 1 : name === 'srh-nsid' ? left - 1 : 0
    const at = this.at + HEADER + index * SEGMENT
    const { view, end } = this.packet
    if (at + SEGMENT > end) return null
    return [view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12)]
  }
}

function compares(name: NumberOption, found: number, wanted: number): boolean {
  return name.endsWith('-gt') ? found > wanted : name.endsWith('-lt') ? found < wanted : found === wanted
}

/** Source: Linux srh1_mt6(). */
function holdsFor(header: SegmentRouting, values: SrhValues): boolean {
  return (Object.keys(values) as (keyof typeof options)[]).every((name) => {
    const inverted = values[name]?.inverted ?? false
    if (!isSegment(name)) return compares(name, header.read(name), numberOf(name, values)) !== inverted
    const network = values[name]?.value as Network
    const found = header.segment(name)
    if (found === null) return false
    return sameWords(maskWords(found, network.mask), maskWords(network.address, network.mask)) !== inverted
  })
}

/**
 * `-m srh`: the first IPv6 routing header is a Segment Routing Header (type 4), and its fields and segments: the
 * one before the active one (`psid`), the one behind it (`nsid`), the last (`lsid`).
 *
 * A header that is cut short, or has more segments left than segments, does not match, nor does a segment that the
 * header has not, negated or not. `--srh-tag` compares with the tag's two bytes swapped, as the kernel does on
 * little-endian machines. Of `-eq`, `-gt` and `-lt` of one field, the number written last is that of all three.
 *
 * Source: iptables 1.8.9 `-m srh -h`; RFC 8754 section 2; Linux ip6t_srh.c srh1_mt6().
 */
export const srh = defineMatch({
  name: 'srh',
  families: [6],
  options,
  save: (values) => texts(values, saved, saved),
  list: (values) =>
    ` srh${texts(
      values,
      (name, inverted, value) => ` ${name.slice(4)}:${inverted ? '!' : ''}${value}`,
      (name, inverted, value) => ` ${name.slice(4)} ${inverted ? '!' : ''} ${value}`,
    )}`,
  holds: (values) =>
    computed('srh', false, (packet) => {
      const at = ipv6HeaderAt(packet, PROTOCOL.routing)
      if (at === null) return OUTCOME.no
      const header = new SegmentRouting(packet, at)
      return header.isSane() && holdsFor(header, values) ? OUTCOME.yes : OUTCOME.no
    }),
})
