import { UsageError } from '../../util/errors.ts'
import type { Dimension } from './dimension.ts'

const LONGEST_NAME = 15
const PHYSICAL = 'physdev:'

/** A device, or all whose names begin alike. */
export interface Interface {
  readonly name: string
  /** The device of a bridge's port is meant. */
  readonly physical: boolean
  readonly wildcard: boolean
}

/** The device a packet came in by (src) or goes out by (dst). Elements for ports of bridges are never found. */
export const iface: Dimension<Interface> = {
  read(packet, side) {
    const device = side === 'src' ? packet.inDevice : packet.outDevice
    return device === null ? null : { name: device.name, physical: false, wildcard: false }
  },
  parse(text) {
    const physical = text.startsWith(PHYSICAL)
    const name = physical ? text.slice(PHYSICAL.length) : text
    if (name === '' || name.length > LONGEST_NAME) throw new UsageError(`"${text}" is no name of a device`)
    return [{ name, physical, wildcard: false }]
  },
  // All devices of a network stand together: see the search in hash sets.
  key: ({ physical }) => (physical ? PHYSICAL : ''),
  fits: (element, wanted) =>
    element.physical === wanted.physical &&
    (element.wildcard ? wanted.name.startsWith(element.name) : element.name === wanted.name),
  format: ({ name, physical }) => `${physical ? PHYSICAL : ''}${name}`,
}
