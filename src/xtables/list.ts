import type { Counters, Family, TableName } from '../netfilter/glossary.ts'
import type { Words } from '../util/words.ts'
import { formatAddress, prefixLength } from '../wire/address.ts'
import { protocolName } from '../wire/protocols.ts'
import type { ListStyle } from './define.ts'
import type { EditedChain, EditedRule, EditedTable } from './edit-table.ts'
import type { Network } from './kinds.ts'
import { contextOf, type RuleSpec } from './rule.ts'

/** How `iptables -L` prints. */
export interface ListFormat {
  /** `-n` */
  readonly numeric: boolean
  /** `-v`: counters and devices. */
  readonly verbose: boolean
  /** `-x`: counters in full. */
  readonly exact: boolean
  /** `--line-numbers` */
  readonly lineNumbers: boolean
  /** Names of addresses, where `-n` is not given; undefined where there is none. */
  readonly nameOf?: (address: Words, family: Family, isHost: boolean) => string | undefined
}

/**
 * The table as `iptables -L` prints it: all chains, or one, or one rule of it.
 *
 * Source: iptables(8) "-L"; iptables 1.8.9 iptables.c list_entries(), xshared.c print_header().
 */
export function listTable(table: EditedTable, chain: string | null, number: number, format: ListFormat): string {
  const parts = table.some(chain).map((one) => {
    const head = number > 0 ? '' : chainHead(one, table, format) + columns(format)
    const rules = one.rules.map((rule, at) =>
      number > 0 && number !== at + 1 ? '' : `${tableRow(rule, at + 1, table.name, format)}\n`,
    )
    return head + rules.join('')
  })
  return parts.join('\n')
}

/** One rule as a command with `-v` repeats it. Source: iptables.c print_firewall_line(). */
export function listLine(spec: RuleSpec, table: TableName): string {
  const target = targetName(spec)
  const { protocol, inDevice, outDevice } = spec
  const number = protocol?.value ?? 0
  const style = { numeric: true, verbose: true, exact: false, lineNumbers: false }
  return [
    `${target} `,
    protocol?.inverted ? '!' : ' ',
    `${protocolText(number, false)} opt ${fragmentText(spec)} `,
    `in ${deviceText(inDevice, '*')} out ${deviceText(outDevice, '*')} `,
    `${spec.source?.inverted ? '!' : ' '}${networkText(spec.source?.value, spec.family, style)} `,
    `${spec.destination?.inverted ? '!' : ' '}-> ${networkText(spec.destination?.value, spec.family, style)}  `,
    extensionsText(spec, table, style),
  ].join('')
}

function chainHead(chain: EditedChain, table: EditedTable, format: ListFormat): string {
  const { name, policy, counters } = chain
  if (policy === null) return `Chain ${name} (${table.references(name)} references)\n`
  const count = (value: number): string => countText(value, format.exact).trim()
  const counted = format.verbose ? ` ${count(counters.packets)} packets, ${count(counters.bytes)} bytes` : ''
  return `Chain ${name} (policy ${policy}${counted})\n`
}

function columns({ lineNumbers, verbose, exact }: ListFormat): string {
  const counts = verbose ? (exact ? '    pkts      bytes ' : ' pkts bytes ') : ''
  const devices = verbose ? ' in     out    ' : ''
  return `${lineNumbers ? 'num  ' : ''}${counts}target     prot opt${devices} source               destination         \n`
}

function tableRow(rule: EditedRule, number: number, table: TableName, format: ListFormat): string {
  const { spec, counters } = rule
  const { protocol, family, source, destination } = spec
  const wildcard = format.numeric ? '*' : 'any'
  return [
    format.lineNumbers ? `${String(number).padEnd(4)} ` : '',
    format.verbose ? countsText(counters, format.exact) : '',
    `${targetName(spec).padEnd(9)} `,
    protocol?.inverted ? '!' : ' ',
    `${protocolText(protocol?.value ?? 0, format.numeric).padEnd(4)} ${fragmentText(spec)} `,
    format.verbose
      ? ` ${deviceText(spec.inDevice, wildcard).padEnd(6)} ${deviceText(spec.outDevice, wildcard).padEnd(6)} `
      : '',
    `${source?.inverted ? '!' : ' '}${networkText(source?.value, family, format).padEnd(19)} `,
    `${destination?.inverted ? '!' : ' '}${networkText(destination?.value, family, format).padEnd(19)} `,
    extensionsText(spec, table, format),
  ].join('')
}

function extensionsText(spec: RuleSpec, table: TableName, format: ListFormat): string {
  const context = contextOf(spec, table)
  const { numeric, nameOf } = format
  const style: ListStyle = nameOf && !numeric ? { numeric, nameOf } : { numeric }
  let text = spec.target?.kind === 'goto' ? '[goto] ' : ''
  for (const { definition, values } of spec.matches) text += definition?.list?.(values, context, style) ?? ''
  if (spec.target?.kind === 'extension') {
    text += spec.target.definition.list?.(spec.target.values, context, style) ?? ''
  }
  return text
}

function targetName({ target }: RuleSpec): string {
  if (target === null) return ''
  if (target.kind === 'extension') return target.definition.kernelName ?? target.name
  return 'chain' in target ? target.chain : target.name
}

function protocolText(protocol: number, numeric: boolean): string {
  if (numeric) return String(protocol)
  return protocol === 0 ? 'all' : (protocolName(protocol) ?? String(protocol))
}

function fragmentText({ fragment }: RuleSpec): string {
  return fragment === null ? '--' : fragment.inverted ? '!f' : '-f'
}

function deviceText(given: RuleSpec['inDevice'], wildcard: string): string {
  return given === null ? wildcard : `${given.inverted ? '!' : ''}${given.value}`
}

function networkText(network: Network | undefined, family: Family, format: ListFormat): string {
  const { address, mask } = network ?? { address: NOWHERE, mask: NOWHERE }
  const length = prefixLength(family, mask)
  // IPv6 looks at the address, whatever its mask. Source: ipv4_addr_to_string(), ipv6_addr_to_string().
  const isAnywhere = family === 4 ? length === 0 : address.every((part) => part === 0)
  if (isAnywhere && !format.numeric) return 'anywhere'
  const isHost = length === (family === 4 ? 32 : 128)
  const name = format.numeric ? undefined : format.nameOf?.(address, family, isHost)
  return `${name ?? formatAddress(family, address)}${isHost ? '' : `/${length ?? formatAddress(family, mask)}`}`
}

const NOWHERE: Words = [0, 0, 0, 0]

function countsText({ packets, bytes }: Counters, exact: boolean): string {
  return `${countText(packets, exact)} ${countText(bytes, exact)} `
}

const UNITS = ['K', 'M', 'G', 'T']

/** A count in five places, with K, M, G or T where it needs more. Source: libxtables xtables_print_num(). */
function countText(count: number, exact: boolean): string {
  if (exact) return wholeText(count).padStart(8)
  if (count <= 99999) return String(count).padStart(5)
  let rounded = count
  for (const unit of UNITS) {
    rounded = Math.floor((rounded + 500) / 1000)
    if (rounded <= 9999 || unit === 'T') return `${rounded}${unit}`.padStart(5)
  }
  return ''
}

/** A counter in full; the kernel's end at 2^64 - 1. */
function wholeText(count: number): string {
  return count >= 2 ** 64 ? '18446744073709551615' : BigInt(count).toString()
}
