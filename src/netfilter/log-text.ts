import type { LogEntry } from '../expression/action.ts'
import type { Packet } from '../packet/packet.ts'

/** Which details a line has. Source: Linux NF_LOG_*. */
export type LogFlags = Pick<LogEntry, 'tcpSequence' | 'tcpOptions' | 'ipOptions' | 'uid' | 'macDecode'>

/** A line under construction, and the packet whose bytes it shows. Offsets count from the packet's first byte. */
export class LogText {
  readonly packet: Packet
  readonly flags: LogFlags
  private text = ''

  constructor(packet: Packet, flags: LogFlags) {
    this.packet = packet
    this.flags = flags
  }

  add(text: string): void {
    this.text += text
  }

  /** The line; the kernel has room for a little less than 1 KiB. Source: Linux struct nf_log_buf. */
  finish(): string {
    return this.text.slice(0, 1016)
  }

  /** Whether `length` bytes from `offset` on are there. Source: Linux skb_header_pointer(). */
  has(offset: number, length: number): boolean {
    return offset + length <= this.packet.length
  }

  /** `INCOMPLETE [n bytes] `: so many bytes are left from `offset` on, as an unsigned number. */
  incomplete(offset: number): void {
    this.add(`INCOMPLETE [${(this.packet.length - offset) >>> 0} bytes] `)
  }

  byte(offset: number): number {
    return this.packet.view.getUint8(this.packet.network + offset)
  }

  half(offset: number): number {
    return this.packet.view.getUint16(this.packet.network + offset)
  }

  word(offset: number): number {
    return this.packet.view.getUint32(this.packet.network + offset)
  }

  /** `length` bytes as upper-case hexadecimal digits. */
  hex(offset: number, length: number): string {
    let digits = ''
    for (let index = 0; index < length; index++)
      digits += this.byte(offset + index)
        .toString(16)
        .padStart(2, '0')
    return digits.toUpperCase()
  }
}
