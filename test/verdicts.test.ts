import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type BatchResult, createBatch } from '../src/host/batch.ts'
import { extensions } from '../src/host/extensions.ts'
import { HOST_FILE_NAMES, type HostFiles } from '../src/host/index.ts'
import { fromHex } from '../src/util/bytes.ts'
import { formatAddress } from '../src/wire/address.ts'
import { restoreRuleset } from '../src/xtables/index.ts'

/** The captured hosts give hookline's answers; `kernel.json` holds the kernel's. See fixtures/README.md. */
const fixtures = new URL('../fixtures/', import.meta.url).pathname
const hosts = readdirSync(fixtures).filter((name) => existsSync(`${fixtures}${name}/kernel.json`))

/** One recorded answer. */
interface Answer {
  readonly in: string
  readonly packet: string
  readonly trace: readonly string[]
  readonly end: 'delivered' | 'forwarded' | 'dropped' | 'chance'
  readonly out?: string
  readonly as?: string
  readonly reply?: string
}

function filesOf(host: string): HostFiles {
  const files: Record<string, string> = {}
  for (const [part, name] of Object.entries(HOST_FILE_NAMES)) {
    const path = `${fixtures}${host}/${name}`
    if (existsSync(path)) files[part] = readFileSync(path, 'utf8')
  }
  return files as HostFiles
}

/** LOG rules that spend tokens, as `table:chain:number`: the recording leaves them out. */
function clockedRules(text: string): Set<string> {
  const found = new Set<string>()
  let table = ''
  let counted = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      table = line.slice(1)
      counted = new Map()
    }
    const chain = / -A (\S+)/.exec(line)?.[1]
    if (chain === undefined) continue
    const number = (counted.get(chain) ?? 0) + 1
    counted.set(chain, number)
    if (/ -m (hash)?limit .*-j LOG/.test(line)) found.add(`${table}:${chain}:${number}`)
  }
  return found
}

/** `table/chain:number` of a step that hookline writes as `table:chain:kind:number`, and the same without its kind. */
const place = (step: string): string => {
  const [table, chain, kind, number] = step.split(':')
  return `${table}/${chain}:${number} ${kind}`
}

/** The tuple of a packet's bytes, as the recording writes it. */
function tupleOf(hex: string): string {
  const bytes = fromHex(hex)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const family = (bytes[0] as number) >> 4 === 6 ? 6 : 4
  const words = (at: number): [number, number, number, number] =>
    family === 6
      ? [view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12)]
      : [view.getUint32(at), 0, 0, 0]
  const [source, destination, start, protocol] =
    family === 6 ? [8, 24, 40, bytes[6]] : [12, 16, ((bytes[0] as number) & 15) * 4, bytes[9]]
  const end = (at: number, port: number): string => {
    const address = formatAddress(family, words(at))
    if (protocol !== 6 && protocol !== 17) return address
    return `${family === 6 ? `[${address}]` : address}:${view.getUint16(port)}`
  }
  return `${end(source, start)} > ${end(destination, start + 2)}`
}

/** What hookline says, in the words of the recording. */
function inWordsOfTheKernel(result: BatchResult, asked: Answer): Omit<Answer, 'trace'> {
  const base = { in: asked.in, packet: asked.packet }
  if (result.delivered !== null) return { ...base, end: 'delivered', as: tupleOf(result.delivered.hex) }
  const [output] = result.outputs
  if (result.verdict === 'FORWARDED' && output) {
    return { ...base, end: 'forwarded', out: output.dev, as: tupleOf(output.hex) }
  }
  const reply = output === undefined ? {} : { reply: tupleOf(output.hex) }
  return {
    ...base,
    end: result.verdict === 'DROPPED' || result.verdict === 'REJECTED' ? 'dropped' : (result.verdict as 'dropped'),
    ...reply,
  }
}

for (const host of hosts)
  describe(`the kernel and hookline agree on ${host}`, () => {
    const files = filesOf(host)
    const clocked = new Set([...clockedRules(files.rulesV4 ?? ''), ...clockedRules(files.rulesV6 ?? '')])
    const unknown = ([4, 6] as const).flatMap((family) => {
      const text = family === 4 ? files.rulesV4 : files.rulesV6
      return text === undefined ? [] : restoreRuleset(text, family, extensions()).unknownExtensions
    })
    const gaps = [...new Set(unknown), ...(existsSync(`${fixtures}${host}/ipset.save`) ? ['no ipsets'] : [])]
    const answers = JSON.parse(readFileSync(`${fixtures}${host}/kernel.json`, 'utf8')) as Answer[]
    const batch = createBatch(files)

    for (const answer of answers) {
      it(`${answer.in} ${answer.packet}`, () => {
        const result = batch.run({ in: answer.in, packet: answer.packet })
        const path = result.path.filter((step) => !clocked.has(step.replace(/:(rule|return|policy):/, ':'))).map(place)
        const { trace, mark: _, ...end } = answer as Answer & { mark?: number }
        const traced = trace.map((step) => step.replace(/ mark=.*/, ''))
        if (result.verdict === 'UNKNOWN') {
          // Up to the rule that cannot be evaluated the way is the kernel's.
          expect(gaps, 'UNKNOWN without an extension that is not known').not.toEqual([])
          expect(path).toEqual(traced.slice(0, path.length))
          return
        }
        expect(answer.end === 'chance' ? path.slice(0, traced.length) : path).toEqual(traced)
        if (answer.end !== 'chance') expect(inWordsOfTheKernel(result, answer)).toEqual(end)
      })
    }
  })
