import type { Device, DeviceAddress } from '../packet/device.ts'
import { sameWords, type Words } from '../util/words.ts'
import { isMulticast6, isUnspecified6, label6, SCOPE6, sharedBits6, sourceScope6 } from './address6.ts'
import type { SettingsOf } from './device-settings.ts'

interface Candidate {
  readonly device: Device
  readonly address: DeviceAddress
}

/**
 * Chooses IPv6 source addresses: RFC 6724 without the rules for mobile nodes, temporary and optimistic addresses.
 *
 * Source: Linux ipv6_dev_get_saddr(), ipv6_get_saddr_eval().
 */
export class SourceSelection6 {
  private readonly devices: readonly Device[]
  private readonly settings: SettingsOf

  constructor(devices: readonly Device[], settings: SettingsOf) {
    this.devices = devices
    this.settings = settings
  }

  /** Whether a device (null: any) has the address. Source: Linux ipv6_chk_addr(). */
  has(address: Words, device: Device | null): boolean {
    const at = device === null ? this.devices : [device]
    return at.some((one) => one.addresses.some((own) => own.family === 6 && sameWords(own.address, address)))
  }

  /** The best source for a destination that is reached by the device (null: not known yet); null without any. */
  select(device: Device | null, destination: Words): Words | null {
    const scope = sourceScope6(destination)
    const onlyDevice =
      device !== null &&
      (isMulticast6(destination) || scope <= SCOPE6.link || this.settings(device.index).useOifAddrsOnly)
    let best: Candidate | null = null
    for (const one of onlyDevice ? [device] : this.devices) {
      if (!one.up) continue
      for (const address of one.addresses) {
        if (address.family !== 6 || isMulticast6(address.address) || isUnspecified6(address.address)) continue
        const candidate: Candidate = { device: one, address }
        if (best === null || compare(candidate, best, destination, scope, device) > 0) best = candidate
      }
    }
    return best?.address.address ?? null
  }
}

/** Above 0 where `a` is the better source: the first rule that tells them apart decides. */
function compare(a: Candidate, b: Candidate, destination: Words, scope: number, out: Device | null): number {
  const label = label6(destination)
  return (
    better(a, b, ({ address }) => Number(sameWords(address.address, destination))) ||
    scopeRank(a, scope) - scopeRank(b, scope) ||
    better(a, b, ({ address }) => Number(!address.deprecated)) ||
    better(a, b, ({ device }) => Number(out === null || device === out)) ||
    better(a, b, ({ address }) => Number(label6(address.address) === label)) ||
    better(a, b, ({ address }) => Math.min(sharedBits6(address.address, destination), address.prefix))
  )
}

function better(a: Candidate, b: Candidate, score: (one: Candidate) => number): number {
  return score(a) - score(b)
}

/** A scope that reaches the destination is better the smaller it is; one that does not, the larger it is. */
function scopeRank({ address }: Candidate, wanted: number): number {
  const scope = sourceScope6(address.address)
  return scope >= wanted ? 128 - scope : scope
}
