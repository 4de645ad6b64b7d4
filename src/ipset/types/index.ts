/** Every type of sets, by name. */

import type { SetType } from '../type.ts'
import { bitmapIp } from './bitmap-ip.ts'
import { bitmapIpMac } from './bitmap-ip-mac.ts'
import { bitmapPort } from './bitmap-port.ts'
import { hashIp } from './hash-ip.ts'
import { hashIpMac } from './hash-ip-mac.ts'
import { hashIpMark } from './hash-ip-mark.ts'
import { hashIpPort } from './hash-ip-port.ts'
import { hashIpPortIp } from './hash-ip-port-ip.ts'
import { hashIpPortNet } from './hash-ip-port-net.ts'
import { hashMac } from './hash-mac.ts'
import { hashNet } from './hash-net.ts'
import { hashNetIface } from './hash-net-iface.ts'
import { hashNetNet } from './hash-net-net.ts'
import { hashNetPort } from './hash-net-port.ts'
import { hashNetPortNet } from './hash-net-port-net.ts'
import { listSet } from './list-set.ts'

/** The types that can be created. */
const SET_TYPES: readonly SetType[] = [
  bitmapIp,
  bitmapIpMac,
  bitmapPort,
  hashIp,
  hashIpMac,
  hashIpMark,
  hashIpPort,
  hashIpPortIp,
  hashIpPortNet,
  hashMac,
  hashNet,
  hashNetIface,
  hashNetNet,
  hashNetPort,
  hashNetPortNet,
  listSet,
]

/** The type with this name or older name. */
export function setType(name: string): SetType | undefined {
  return SET_TYPES.find((one) => one.name === name || one.aliases?.includes(name))
}
