/** Addresses with ports in the packet language. */

import { type Address, tryParseAddress } from '../wire/address.ts'
import { serviceNames, serviceNumber } from '../wire/services.ts'
import { type Cursor, problem, suggestion, takeWord } from './language-lexer.ts'

/** One side of `>`: an address, and its port where one is written. */
export interface Endpoint extends Address {
  readonly port: number | undefined
  readonly column: number
}

/**
 * Reads `192.0.2.1`, `192.0.2.1:80`, `192.0.2.1.80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`; ports may be names.
 *
 * Throws {@link UsageError} at the column of what is wrong.
 */
export function takeEndpoint(cursor: Cursor, side: string): Endpoint {
  const expected = `the ${side} address, such as 192.0.2.1:80 or [2001:db8::1]:80`
  const token = takeWord(cursor, expected)
  const { column } = token
  const match = /^\[([^\]]*)\](?::(.*))?$/.exec(token.text) ?? /^(\d[\d.]*\.[\d.]*):(.*)$/.exec(token.text)
  if (!match) {
    const address = tryParseAddress(token.text)
    if (address) return { ...address, port: undefined, column }
    // tcpdump joins the port with a dot.
    const dot = token.text.lastIndexOf('.')
    const before = dot < 0 ? undefined : tryParseAddress(token.text.slice(0, dot))
    if (!before) throw problem(`expected ${expected}, found '${token.text}'`, column)
    return { ...before, port: portOf(token.text.slice(dot + 1), column + dot + 1), column }
  }
  const [, text = '', port] = match
  const bracketed = token.text.startsWith('[')
  const address = tryParseAddress(text)
  if (!address || (bracketed && address.family !== 6)) {
    const kind = bracketed ? 'an IPv6 address between brackets' : expected
    throw problem(`expected ${kind}, found '${text}'`, column + (bracketed ? 1 : 0))
  }
  if (port === undefined) return { ...address, port, column }
  return { ...address, port: portOf(port, column + token.text.length - port.length), column }
}

function portOf(text: string, column: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : serviceNumber(text.toLowerCase(), 0)
  if (port !== undefined && port <= 0xffff) return port
  const hint = suggestion(text, serviceNames())
  throw problem(`expected a port (0 to 65535, or a name such as ssh, http, domain), found '${text}'${hint}`, column)
}
