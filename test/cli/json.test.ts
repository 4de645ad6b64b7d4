import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { run } from './run.ts'

type Schema = Readonly<Record<string, unknown>>

const read = (name: string): Schema =>
  JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8')) as Schema

/** The schema with every object closed: nothing that is printed may be left out of it. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const parts = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  return 'properties' in schema ? { ...parts, additionalProperties: false } : parts
}

function validator(schema: Schema): ValidateFunction {
  return new Ajv2020({ allErrors: false, allowUnionTypes: true }).compile(closed(schema) as Schema)
}

const isTrace = validator(read('trace.schema.json'))
const isLine = validator(read('batch.schema.json'))
const { $defs } = read('batch.schema.json') as { $defs: Record<string, Schema> }
const isPacket = validator({ ...($defs.packet as Schema), $defs })

interface Trace {
  readonly assumptions: readonly string[]
  readonly packets: readonly (Record<string, unknown> & { readonly steps: readonly Record<string, unknown>[] })[]
}

async function traceJson(...argv: string[]): Promise<Trace> {
  const { code, out } = await run(['trace', '-o', 'json', ...argv])
  expect(code).toBe(0)
  const value: unknown = JSON.parse(out)
  expect(isTrace(value), JSON.stringify(isTrace.errors)).toBe(true)
  return value as Trace
}

describe('-o json', () => {
  const traces: string[][] = [
    ['--host', 'fixtures/docker-ufw', '--in', 'eth0', 'tcp 203.0.113.9:51000 > 192.0.2.10:8080 [S]', '--then', 'reply'],
    ['--host', 'fixtures/fail2ban', '--in', 'eth0', 'tcp [2001:db8:f::bad]:51000 > [2001:db8::10]:22 [S]', '--all'],
    ['--host', 'fixtures/fail2ban', '--in', 'eth0', 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]'],
    ['--host', 'fixtures/shorewall', '--in', 'eth0', 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [FS]', '--lang', 'zh'],
    ['--host', 'fixtures/istio', '--local', 'tcp 192.0.2.10:51000 > 203.0.113.9:80 [S]'],
    ['--host', 'fixtures/istio', '--local', 'udp 192.0.2.10:51000 > 255.255.255.255:80'],
    ['--host', 'fixtures/ufw', '--in', 'eth0', 'hex 45', 'tcp 203.0.113.9:1 > 192.0.2.10:80 [S] mf payload "12345678"'],
    ['--host', 'fixtures/ufw', '--in', 'eth0', 'tcp 203.0.113.9:51000 > 198.51.100.1:22 [S]'],
    ['--host', 'fixtures/ufw', '--in', 'eth0', '--quiet', 'tcp 203.0.113.9:51000 > 192.0.2.10:81 [S]'],
    ['--host', 'fixtures/monitor/ethernet', '--in', 'e0', '--mac', '02:aa:00:00:00:01', 'udp 10.0.0.5:1 > 10.0.0.1:2'],
    ['-r', 'fixtures/kube-proxy/rules.v4', '--in', 'eth0', 'tcp 10.0.0.5:40000 > 10.96.0.20:80 [S]'],
    ['--host', 'fixtures/kube-proxy', '--local', 'tcp 192.0.2.10:40000 > 10.96.0.40:50051 [S]'],
  ]
  for (const trace of traces) {
    it(`is as its schema says: ${trace.join(' ')}`, async () => {
      const { packets } = await traceJson(...trace)
      expect(packets.length).toBeGreaterThan(0)
    })
  }

  it('has what left and what decided', async () => {
    const { packets } = await traceJson(...(traces[0] as string[]))
    const [first, second] = packets
    expect(first).toMatchObject({
      n: 1,
      packet: 'tcp 203.0.113.9:51000 > 192.0.2.10:8080 [S]',
      in: 'eth0',
      verdict: 'FORWARDED',
      reached: 'docker0',
      decidedBy: 'filter/DOCKER:1',
      error: null,
      delivered: null,
      outputs: [{ dev: 'docker0', answer: false }],
    })
    expect(second).toMatchObject({ n: 2, in: 'docker0', reached: 'eth0' })
  })

  it('marks the answers of the host among what left', async () => {
    const { packets } = await traceJson(...(traces[1] as string[]))
    expect(packets[0]).toMatchObject({ verdict: 'REJECTED', outputs: [{ dev: 'eth0', answer: true }] })
  })

  it('is in one language, whatever is asked', async () => {
    const trace = ['-r', 'fixtures/ufw/rules.v4', '--in', 'eth0', 'udp 10.0.0.5:1 > 10.0.0.1:2']
    expect(await traceJson(...trace, '--lang', 'zh')).toEqual(await traceJson(...trace, '--lang', 'en'))
    expect((await traceJson(...trace)).assumptions[0]).toMatch(/^eth0 has the address 10\.0\.0\.1/)
  })

  it('leaves rules that did not match away with --quiet', async () => {
    const { packets } = await traceJson(...(traces[8] as string[]))
    expect(packets[0]?.steps.filter((one) => one.matched === 'no')).toEqual([])
  })
})

describe('the schema of a batch', () => {
  it('has every line of output', async () => {
    const input = [
      '{"in":"eth0","packet":"tcp 203.0.113.9:51000 > 192.0.2.10:8080 [S]"}',
      '{"local":true,"packet":"udp 192.0.2.10:1 > 255.255.255.255:2"}',
      '{"in":"eth0","packet":"icmp 203.0.113.9 > 192.0.2.10"}',
    ]
    const { out } = await run(['trace', '--host', 'fixtures/docker-ufw', '--batch', '-', '--final'], {
      input: input.join('\n'),
    })
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(lines).toHaveLength(4)
    for (const line of lines) expect(isLine(line), JSON.stringify(isLine.errors)).toBe(true)
    expect(lines[1]).toMatchObject({ n: 2, error: 'EACCES' })
  })

  it('has every field of input', () => {
    const line = { in: 'eth0', hex: '45', mac: '02:00:00:00:00:01', at: 1.5 }
    expect(isPacket(line)).toBe(true)
    expect(isPacket({ local: true, packet: 'udp 1.1.1.1:1 > 2.2.2.2:2', uid: 0, gid: 0, mark: 1, out: 'eth0' })).toBe(
      true,
    )
    expect(isPacket({ ...line, uid: -1 })).toBe(false)
    expect(isPacket({ ...line, other: 1 })).toBe(false)
  })
})
