import { describe, expect, it } from 'vitest'
import { renderMonitor } from '../../src/cli/trace/render-monitor.ts'
import { tableHandles } from '../../src/cli/trace/table-handles.ts'
import { createHost, type FlowPacket, traceFlow } from '../../src/trace/flow.ts'
import { fromHex } from '../../src/util/bytes.ts'
import { askMonitor, monitorAvailable } from '../harness/monitor/ask.ts'
import { readScenarios, type Scenario, withoutIds } from '../harness/monitor/scenario.ts'
import { run } from './run.ts'

/** What hookline prints for a scenario, without trace ids. */
function traced({ files, packets }: Scenario): string {
  const flow = packets.map(({ in: device, frame, hex, packet, mark }): FlowPacket => {
    const bytes = hex === undefined ? {} : { bytes: fromHex(hex) }
    const text = packet === undefined ? {} : { packet }
    return { in: device, frame: frame === undefined ? undefined : fromHex(frame), mark: mark ?? 0, ...bytes, ...text }
  })
  const family = files.rulesV6 === undefined ? 4 : 6
  const handles = tableHandles(files.rulesV4 ?? files.rulesV6 ?? '')
  const answers = traceFlow(createHost(files, { keepMisses: false }), flow)
  return withoutIds(answers.map(({ steps }, index) => renderMonitor(steps, family, index + 1, handles)).join(''))
}

const available = monitorAvailable()
if (!available.ok && available.reason !== 'not root on Linux')
  console.log(`xtables-monitor is not asked: ${available.reason}`)

describe.each(readScenarios())('scenario $name', (scenario) => {
  it('is told as xtables-monitor tells it', () => {
    expect(traced(scenario)).toBe(scenario.monitor)
  })

  it.runIf(available.ok)('is recorded as xtables-monitor tells it today', () => {
    expect(askMonitor(scenario.name)).toBe(scenario.monitor)
  })
})

describe('-o xtables-monitor', () => {
  it('numbers packets by hexadecimal ids of eight digits', async () => {
    const packets = ['udp 10.0.0.5:1 > 10.0.0.1:2', 'udp 10.0.0.5:1 > 10.0.0.1:3']
    const { out } = await run([
      'trace',
      '--host',
      'fixtures/monitor/ethernet',
      '--in',
      'e0',
      ...packets,
      '-o',
      'xtables-monitor',
    ])
    expect(out).toContain('PACKET: 2 00000001 IN=e0 SRC=10.0.0.5')
    expect(out).toContain('PACKET: 2 00000002 IN=e0 SRC=10.0.0.5')
  })

  it('prints the Ethernet header that --mac gives', async () => {
    const { out } = await run([
      ...['trace', '--host', 'fixtures/monitor/ethernet', '--in', 'e0', '--mac', '02:aa:00:00:00:01'],
      ...['udp 10.0.0.5:1 > 10.0.0.1:2', '-o', 'xtables-monitor'],
    ])
    expect(out).toContain('IN=e0 MACSRC=2:aa:0:0:0:1 MACDST=2:0:0:0:0:1 MACPROTO=0800 SRC=')
  })

  it('counts handles by the lines of the text, chains that no line declares included', () => {
    const handles = tableHandles(
      '*filter\n:foo - [0:0]\n:INPUT ACCEPT [0:0]\n-A foo\n-A INPUT\n[1:2] -A OUTPUT\n-A foo\n',
    )
    expect(['foo 1', 'INPUT 1', 'OUTPUT 1', 'foo 2'].map((rule) => handle(handles, rule))).toEqual([3, 4, 6, 7])
  })

  it('counts anew in each table', () => {
    const handles = tableHandles(
      '*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING\nCOMMIT\n*filter\n:INPUT ACCEPT\n-A INPUT\n',
    )
    expect(handles.rule('raw', 'PREROUTING', 1)).toBe(2)
    expect(handles.rule('filter', 'INPUT', 1)).toBe(2)
  })
})

function handle(handles: ReturnType<typeof tableHandles>, rule: string): number {
  const [chain = '', number = ''] = rule.split(' ')
  return handles.rule('filter', chain, Number(number))
}
