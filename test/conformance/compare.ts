/** Where hookline and the kernel differ, and which differences are accepted ones. */

import type { DevicePacket } from '../harness/oracle/namespace.ts'
import {
  type Compared,
  type DivergenceId,
  isDrawnPort,
  isHeldFragment,
  isKernelsCookie,
  isNegatedCount,
  isNegatedSearch,
  withoutCookies,
  withoutErrorId,
  withoutFragmentId,
  withoutQuotedCookie,
} from './divergences.ts'
import type { HooklineRecord } from './hookline.ts'
import type { KernelRecord } from './kernel.ts'

/** One difference; `packet` is the index of the packet, or -1 for the state at the end. */
export interface Difference {
  readonly kind: 'refused' | 'crashed' | 'verdict' | 'outputs' | 'delivered' | 'path' | 'save' | 'conntrack' | 'sets'
  readonly packet: number
  readonly kernel: string
  readonly hookline: string
  /** The accepted difference it is; absent when it is unexplained. */
  readonly explainedBy?: DivergenceId
}

/** All differences between the two records, in the order of the packets. */
export function compare(kernel: KernelRecord, hookline: HooklineRecord): Difference[] {
  const whole = (kind: Difference['kind'], k: string, h: string): Difference => ({
    kind,
    packet: -1,
    kernel: k,
    hookline: h,
  })
  if (kernel.refused || hookline.refused) {
    if (kernel.refused && hookline.refused) return []
    return [whole('refused', kernel.refused ?? 'accepted', hookline.refused ?? 'accepted')]
  }
  const out: Difference[] = []
  for (let i = 0; i < kernel.answers.length; i++) {
    out.push(...comparePacket(kernel, hookline, i))
    // From here on both sides have seen different packets.
    if (out.at(-1)?.explainedBy === 'nat-port') return out
    // The counters differ.
    if (out.at(-1)?.explainedBy === 'negated-search') return out
    if (out.at(-1)?.explainedBy === 'syn-cookie' && hookline.results[i]?.verdict === 'DROPPED') return out
  }
  if (hookline.crashed) return [...out, whole('crashed', '', hookline.crashed)]
  const save = firstDifference(normalSave(kernel.save), normalSave(hookline.save))
  if (save)
    out.push({ ...whole('save', ...save), ...(isNegatedCount(...save) ? { explainedBy: 'negated-search' } : {}) })
  const tracked =
    kernel.conntrack !== '' && firstDifference(normalConntrack(kernel.conntrack), normalConntrack(hookline.conntrack))
  if (tracked) out.push(whole('conntrack', ...tracked))
  const sets = kernel.sets !== undefined && firstDifference(normalSets(kernel.sets), normalSets(hookline.sets ?? ''))
  if (sets) out.push(whole('sets', ...sets))
  return out
}

function comparePacket(kernelRecord: KernelRecord, hooklineRecord: HooklineRecord, i: number): Difference[] {
  const kernel = kernelRecord.answers[i]!
  const hookline = hooklineRecord.results[i]
  if (!hookline) return []
  const sent = Buffer.from(kernelRecord.packets[i]!.hex, 'hex')
  const compared = { sent, kernel, hookline }
  const out: Difference[] = []
  const add = (kind: Difference['kind'], k: string, h: string, explainedBy?: DivergenceId) =>
    out.push({ kind, packet: i, kernel: k, hookline: h, ...(explainedBy ? { explainedBy } : {}) })
  const greeted = isKernelsCookie(compared) ? 'syn-cookie' : undefined
  if (kernel.verdict !== hookline.verdict) {
    const held = isHeldFragment(compared) ? 'v6-fragment-held' : undefined
    add('verdict', kernel.verdict, hookline.verdict, kernel.copied ? 'copy-verdict' : (greeted ?? held))
  }
  const [kd, hd] = [delivered(kernel.delivered), delivered(hookline.delivered)]
  if (kd !== hd) {
    const explained =
      delivered(mask(kernel.delivered, withoutErrorId)) === delivered(mask(hookline.delivered, withoutErrorId))
    add('delivered', kd, hd, explained ? 'icmp-error-id' : isDrawnPort(compared) ? 'nat-port' : undefined)
  }
  const [kp, hp] = [kernel.path.join(' '), hookline.path.join(' ')]
  if (kp !== hp) {
    const isBroken = isNegatedSearch(compared, kernelRecord.rules)
    // Its target may have answered.
    if (isBroken) return [{ kind: 'path', packet: i, kernel: kp, hookline: hp, explainedBy: 'negated-search' }]
    add('path', kp, hp)
  }
  const [ko, ho] = [byDevice(kernel.outputs), byDevice(hookline.outputs)]
  if (ko !== ho) add('outputs', ko, ho, greeted ?? explainOutputs(compared))
  return out
}

const delivered = (packet: DevicePacket | null): string => (packet ? `${packet.dev} ${packet.hex}` : 'nothing')

const mask = (packet: DevicePacket | null, change: (hex: string) => string): DevicePacket | null =>
  packet && { dev: packet.dev, hex: change(packet.hex) }

/** What left, in order for each device; between devices no order can be seen. */
function byDevice(outputs: readonly DevicePacket[], change: (hex: string) => string = (hex) => hex): string {
  const devices = [...new Set(outputs.map(({ dev }) => dev))].sort()
  return devices
    .map((dev) => [dev, ...outputs.filter((one) => one.dev === dev).map((one) => change(one.hex))].join(' '))
    .join('; ')
}

function explainOutputs(compared: Compared): DivergenceId | undefined {
  const [kernel, hookline] = [compared.kernel.outputs, compared.hookline.outputs]
  const equal = (change: (hex: string) => string) => byDevice(kernel, change) === byDevice(hookline, change)
  if (equal(withoutErrorId)) return 'icmp-error-id'
  if (equal(withoutFragmentId)) return 'refragment-id'
  if (equal(withoutCookies) || equal(withoutQuotedCookie)) return 'syn-cookie'
  return isDrawnPort(compared) ? 'nat-port' : undefined
}

/** The tables of a save text, sorted by name, because the kernel lists them in the order they were made. */
function normalSave(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const tables: string[][] = []
  for (const line of lines) {
    if (line.startsWith('*')) tables.push([])
    tables.at(-1)?.push(line)
  }
  return tables.sort((a, b) => (a[0]! < b[0]! ? -1 : 1)).flatMap((table) => table.map((line) => `${table[0]} ${line}`))
}

/** The entries of a conntrack listing, sorted, without the seconds that are left and the use count. */
function normalConntrack(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines
    .map((line) =>
      line
        .replace(/^(\S+ +\d+ +\S+ +\d+) \d+/, '$1')
        .replace(/ id=\d+| use=\d+/g, '')
        .replace(/ +/g, ' ')
        .trim(),
    )
    .sort()
}

/** The elements of all sets, sorted, without the seconds that are left; lists of sets keep their order. */
function normalSets(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.startsWith('add '))
  return lines.map((line) => line.replace(/ timeout [1-9]\d*/, ' timeout')).sort()
}

function firstDifference(kernel: readonly string[], hookline: readonly string[]): [string, string] | undefined {
  const missing = kernel.filter((line) => !hookline.includes(line))
  const extra = hookline.filter((line) => !kernel.includes(line))
  if (missing.length === 0 && extra.length === 0) {
    const at = kernel.findIndex((line, i) => line !== hookline[i])
    return at < 0 && kernel.length === hookline.length ? undefined : [kernel[at] ?? '(end)', hookline[at] ?? '(end)']
  }
  return [missing.slice(0, 4).join('\n') || '(nothing more)', extra.slice(0, 4).join('\n') || '(nothing more)']
}
