import { serviceName } from '../wire/services.ts'
import {
  type Given,
  isAnyPort,
  type NumberRange,
  type OptionSettings,
  type optionOf,
  portRange,
} from '../xtables/index.ts'

/** `port[:port]` with the services of one protocol, whatever `-p` says. */
export function portRangeOf(protocol: number): ReturnType<typeof optionOf<NumberRange>> {
  return (settings: OptionSettings<NumberRange> = {}) => {
    const ports = portRange(settings)
    return { ...ports, parse: (words, context) => ports.parse(words, { ...context, protocol }) }
  }
}

/** A port as `iptables -L` prints it: the service's name where the protocol has one and `numeric` is false. */
export function portText(port: number, protocol: number, numeric: boolean): string {
  return (numeric ? undefined : serviceName(port, protocol)) ?? String(port)
}

/**
 * ` dpt:22`, ` dpts:!22:80`; nothing where every port fits. `what` is `spt` or `dpt`.
 * Source: print_ports() of the extensions tcp, udp and sctp of iptables.
 */
export function portsText(
  what: 'spt' | 'dpt',
  given: Given<NumberRange> | undefined,
  protocol: number,
  numeric: boolean,
): string {
  if (given === undefined || (isAnyPort(given.value) && !given.inverted)) return ''
  const { from, to } = given.value
  const not = given.inverted ? '!' : ''
  const text = (port: number): string => portText(port, protocol, numeric)
  return from === to ? ` ${what}:${not}${text(from)}` : ` ${what}s:${not}${text(from)}:${text(to)}`
}

/** ` --sport 5`, ` ! --dport 5:6`; nothing where every port is meant, negated or not. */
export function savePorts(option: 'sport' | 'dport', given: Given<NumberRange> | undefined): string {
  if (given === undefined || isAnyPort(given.value)) return ''
  const { from, to } = given.value
  return `${given.inverted ? ' !' : ''} --${option} ${from === to ? from : `${from}:${to}`}`
}
