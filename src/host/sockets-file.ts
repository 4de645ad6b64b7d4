/** Reading the `sockets.txt` file of a host directory: what `ss` printed. */

import type { KnownSocket } from '../matches/socket-table.ts'
import { eitherAddress } from '../route/json.ts'
import { UsageError } from '../util/errors.ts'
import { type Words, ZERO_WORDS } from '../util/words.ts'
import { PROTOCOL } from '../wire/protocols.ts'

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: PROTOCOL.tcp, udp: PROTOCOL.udp }

/** The high words of an IPv4 address in an IPv6 socket. */
const MAPPED = 0xffff

interface End {
  readonly families: readonly (4 | 6)[]
  readonly address: Words
  /** Null for `*`. */
  readonly port: number | null
  readonly device: string | null
}

/**
 * The sockets of `ss -H -n -a -t -u` text, best with `-e`, which tells marks; the line of column names and empty ones are
 * passed over. Throws UsageError with the line. Source: ss(8).
 */
export function parseSockets(text: string, file: string): KnownSocket[] {
  return text.split('\n').flatMap((line, index) => {
    const words = line.trim().split(/\s+/)
    if (words[0] === '' || words[0] === 'Netid') return []
    try {
      return [socketOf(words)]
    } catch (error) {
      throw error instanceof UsageError ? error.at({ file, line: index + 1, column: 1 }) : error
    }
  })
}

function socketOf(words: readonly string[]): KnownSocket {
  const [name = '', , , , local = '', remote = '', ...more] = words
  const protocol = Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined
  if (protocol === undefined) throw new UsageError(`expected tcp or udp, found "${name}"`)
  const own = endOf(local)
  const peer = endOf(remote)
  if (own.port === null) throw new UsageError(`"${local}" has no port`)
  const mark = more.map((word) => /^fwmark:(0x[0-9a-f]+)$/.exec(word)?.[1]).find((one) => one !== undefined)
  // Only the long form has the number of the socket, and then the mark too where it is not 0.
  const isLong = more.some((word) => word.startsWith('sk:'))
  return {
    ...{ protocol, families: own.families, address: own.address, port: own.port, device: own.device },
    peer: peer.port === null ? null : { address: peer.address, port: peer.port },
    mark: mark !== undefined ? Number(mark) : isLong ? 0 : null,
  }
}

function endOf(text: string): End {
  const found = /^(\*|[\d.]+|\[[\da-f:.]*\])(?:%([^:]+))?:(\*|\d+)$/i.exec(text)
  const [, host = '', device, number = ''] = found ?? []
  const port = number === '*' ? null : Number(number)
  const address = host === '*' ? null : eitherAddress(host.replace(/^\[|\]$/g, ''))
  if (found === null || (port ?? 0) > 0xffff || (host !== '*' && address === null)) {
    throw new UsageError(`"${text}" is no address with a port in numbers`)
  }
  const rest = { port, device: device ?? null }
  if (address === null) return { families: [4, 6], address: ZERO_WORDS, ...rest }
  const { words, family } = address
  const isMapped = family === 6 && words[0] === 0 && words[1] === 0 && words[2] === MAPPED
  if (isMapped) return { families: [4], address: [words[3], 0, 0, 0], ...rest }
  return { families: [family], address: words, ...rest }
}
