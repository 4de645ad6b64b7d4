import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { Progress } from '../../src/cli/trace/progress.ts'
import { run } from './run.ts'

const directory = mkdtempSync(`${tmpdir()}/hookline-`)
afterAll(() => rmSync(directory, { recursive: true }))

const host = ['trace', '--host', 'fixtures/docker-ufw']
const udp = '{"in":"eth0","packet":"udp 203.0.113.9:1 > 192.0.2.10:9"}'

const file = (...lines: string[]): string => {
  writeFileSync(`${directory}/packets.ndjson`, lines.join('\n'))
  return `${directory}/packets.ndjson`
}

describe('a batch', () => {
  it('is the same from a file, from standard input, and with -o json', async () => {
    const lines = [
      udp,
      '',
      '  ',
      udp,
      `${udp}\r`,
      '{"local":true,"packet":"udp 192.0.2.10:1 > 203.0.113.9:9","uid":1000}',
    ]
    const fromFile = await run([...host, '--batch', file(...lines)])
    expect(
      fromFile.out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { n: number }).n),
    ).toEqual([1, 2, 3, 4])
    const fromInput = await run([...host, '--batch', '-'], { input: `${lines.join('\n')}\n` })
    expect(fromInput.out).toBe(fromFile.out)
    expect((await run([...host, '--batch', file(...lines), '-o', 'json'])).out).toBe(fromFile.out)
  })

  it('keeps its state from line to line, and time only passes where "at" says so', async () => {
    const limit = `${directory}/limit.v4`
    writeFileSync(
      limit,
      '*filter\n:INPUT DROP [0:0]\n-A INPUT -m limit --limit 1/sec --limit-burst 1 -j ACCEPT\nCOMMIT\n',
    )
    const line = (at?: number): string => JSON.stringify({ in: 'eth0', packet: 'udp 10.0.0.5:1 > 10.0.0.1:2', at })
    const { out } = await run([
      'trace',
      '-r',
      limit,
      '--address',
      '10.0.0.1/24 dev eth0',
      '--batch',
      file(line(), line(), line(1), line(1.5), line(9)),
    ])
    const verdicts = out
      .trimEnd()
      .split('\n')
      .map((one) => (JSON.parse(one) as { verdict: string }).verdict)
    expect(verdicts).toEqual(['DELIVERED', 'DROPPED', 'DELIVERED', 'DROPPED', 'DELIVERED'])
  })

  it('ends with counters and connections when asked', async () => {
    const { out } = await run([...host, '--batch', file(udp, udp), '--final'])
    const { final } = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as { final: Record<string, string> }
    expect(final.save4).toContain('[2:56] -A INPUT -j ufw-before-input\n')
    expect(final.conntrack).toBe('')
    expect(final.save6).toContain('*filter\n')
  })

  it('takes null as not given', async () => {
    const { code, error } = await run([
      ...host,
      '--batch',
      file('{"in":"eth0","hex":null,"packet":"udp 203.0.113.9:1 > 192.0.2.10:9"}'),
    ])
    expect([code, error]).toEqual([0, ''])
  })

  it('says once that it ignores a field', async () => {
    const odd = udp.replace('{', '{"uidd":1,"note":"x",')
    const { code, error } = await run([...host, '--batch', file(odd, odd)])
    expect(code).toBe(0)
    expect(error).toBe(
      `hookline: ${directory}/packets.ndjson:1: "uidd" is no field of a packet; did you mean 'uid'?; ignored\n` +
        `hookline: ${directory}/packets.ndjson:1: "note" is no field of a packet; ignored\n`,
    )
  })

  it('prints assumptions on stderr', async () => {
    const trace = ['trace', '-r', 'fixtures/ufw/rules.v4', '--batch', file('')]
    expect((await run(trace)).error).toContain('Assumed:\n  - addr.json is missing: only lo has addresses.')
    expect((await run([...trace, '--lang', 'zh'])).error).toContain('假设：\n  - 缺少 addr.json')
  })
})

describe('a line that is no packet', () => {
  const cases: Record<string, [line: string, column: number, message: string]> = {
    'no JSON': ['{"in":"eth0"', 13, 'not JSON: '],
    'a list': ['[]', 1, 'expected an object such as {"in":"eth0"'],
    'a wrong type': ['{"in":"eth0","uid":"x"}', 14, '"uid": expected a whole number of 0 to 4294967295'],
    'a negative time': ['{"in":"eth0","at":-1}', 14, '"at": expected seconds, a number not below 0'],
    'no way in': ['{"packet":"udp 1.1.1.1:1 > 2.2.2.2:2"}', 1, 'a packet needs "in" with a device, or "local": true'],
    'no packet': ['{"in":"eth0"}', 1, 'a packet needs exactly one of "hex" and "packet"'],
    'an unknown device': ['{"in":"eth7","hex":"45"}', 1, 'there is no device "eth7"'],
    'a bad packet': ['{"in":"eth0","packet":"udp 1.1.1.1:1 > 2.2.2.2"}', 40, 'expected a destination port'],
    'bad bytes': ['{"in":"eth0","hex":"45zz"}', 23, 'expected a hexadecimal digit'],
  }
  for (const [name, [line, column, message]] of Object.entries(cases)) {
    it(`because it is ${name}: its number, the line and a caret, after the results before it`, async () => {
      const { code, out, error } = await run([...host, '--batch', file(udp, '', line, udp)])
      expect(code).toBe(2)
      expect(out.split('\n')).toHaveLength(2)
      expect(error).toContain(`hookline: ${directory}/packets.ndjson:3:${column}: ${message}`)
      expect(error.trimEnd().split('\n').slice(-2)).toEqual([`  ${line}`, `  ${' '.repeat(column - 1)}^`])
    })
  }
})

describe('progress', () => {
  const times =
    (...list: number[]): (() => number) =>
    () =>
      list.shift() as number

  it('is shown on a terminal after half a second, at most five times a second, and taken away', () => {
    let shown = ''
    const error = (text: string): void => {
      shown += text
    }
    const io = { out: () => {}, error, environment: {}, isTerminal: false }
    const progress = new Progress({ ...io, errorIsTerminal: true }, times(0, 499, 500, 600, 701))
    for (const packets of [1000, 2000, 3000, 4000]) progress.show(packets)
    expect(shown).toBe('\r2,000 packets …\r4,000 packets …')
    progress.end()
    expect(shown.endsWith('\r\u001b[K')).toBe(true)
  })

  it('is not shown where stderr is no terminal', () => {
    const io = { out: () => {}, error: () => expect.unreachable(), environment: {}, isTerminal: true }
    const progress = new Progress(io, times(0, 9999))
    progress.show(1000)
    progress.end()
  })
})
