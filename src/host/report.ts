import type { Device } from '../packet/device.ts'
import type { Traveller } from './traveller.ts'

/** How a packet's way can end where it neither left nor was delivered. */
export type Fate = 'DROPPED' | 'QUEUED' | 'STOLEN' | 'UNKNOWN'

/** A packet that left or arrived, with its bytes then. */
export interface Sighting {
  readonly device: string
  readonly bytes: Uint8Array
  /** False for what the host itself sent because of the packet. */
  readonly isOwn: boolean
}

/** All that one packet caused. */
export class Report {
  readonly outputs: Sighting[] = []
  readonly deliveries: Sighting[] = []
  /** How the packet, or the last of its copies, ended. */
  fate: Fate | null = null
  isUnknown = false
  /** Answers that the host made (they may have been dropped again). */
  answers = 0
  /** Copies that TEE made. */
  copies = 0
  /** The error of the process that sent the packet. */
  error: string | null = null

  /** A packet left by a device. */
  send(packet: Traveller, device: Device): void {
    this.outputs.push({ device: device.name, bytes: packet.copyBytes(), isOwn: packet.isOwn })
  }

  /** A packet reached the end of INPUT. */
  deliver(packet: Traveller, device: Device): void {
    this.deliveries.push({ device: device.name, bytes: packet.copyBytes(), isOwn: packet.isOwn })
  }

  /** A packet's way ended. */
  end(packet: Traveller, fate: Fate): void {
    if (!packet.isOwn) return
    this.fate = fate
    if (fate === 'UNKNOWN') this.isUnknown = true
  }

  /** The one word for all of it. An unknown step makes all that follows from it unknown. */
  get verdict(): 'FORWARDED' | 'DELIVERED' | 'REJECTED' | Fate {
    if (this.isUnknown) return 'UNKNOWN'
    if (this.deliveries.some((one) => one.isOwn)) return 'DELIVERED'
    if (this.outputs.some((one) => one.isOwn)) return 'FORWARDED'
    if (this.answers > 0 && this.outputs.length + this.deliveries.length > 0) return 'REJECTED'
    return this.fate ?? 'DROPPED'
  }
}
