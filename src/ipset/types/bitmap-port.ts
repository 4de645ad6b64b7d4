import { UsageError } from '../../util/errors.ts'
import { PROTOCOL } from '../../wire/protocols.ts'
import { BitmapSet } from '../bitmap-set.ts'
import { parsePortNumber, portOf } from '../dimensions/port.ts'
import { formatOptions } from '../extensions.ts'
import { additionError, extensionOptions, givenExtensions, type SetType } from '../type.ts'

/** `port` or `port-port`, with a protocol before it that means nothing. Throws UsageError. */
function parsePorts(text: string): readonly [number, number] {
  const [from = '', to = from] = text.replace(/^[a-z]+:/, '').split('-')
  const ends = [parsePortNumber(from, PROTOCOL.tcp), parsePortNumber(to, PROTOCOL.tcp)] as const
  return ends[0] <= ends[1] ? ends : [ends[1], ends[0]]
}

/** `bitmap:port`: ports of TCP and UDP alike, of one range. Source: Linux ip_set_bitmap_port.c. */
export const bitmapPort: SetType = {
  name: 'bitmap:port',
  aliases: ['portmap'],
  options: { range: 1 },
  create(name, options) {
    const text = options.get('range')
    if (text === undefined) throw new UsageError('range: a bitmap of ports needs one')
    const [first, last] = parsePorts(text)
    const extensions = extensionOptions(options)
    const set = new BitmapSet({
      ...{ name, type: 'bitmap:port', family: null, first, last, step: 1, extensions },
      read(packet, side) {
        const found = portOf(packet, side)
        return found?.protocol === PROTOCOL.tcp || found?.protocol === PROTOCOL.udp ? found.port : null
      },
      format: String,
      words: ` range ${first}-${last}${formatOptions(extensions)}`,
    })
    return {
      set,
      add(element, given, ticks) {
        const [from, to] = parsePorts(element)
        for (let at = from; at <= to; at++) {
          const result = set.insert(at, givenExtensions(extensions, given, ticks), given.replaces, ticks)
          if (result !== 'added') throw additionError(name, result)
        }
      },
    }
  },
}
