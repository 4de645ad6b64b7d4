import { expect, it } from 'vitest'
import type { NatRange } from '../../src/expression/action.ts'
import { extensions } from '../../src/host/extensions.ts'
import { packet } from '../../src/packet/build.ts'
import type { Words } from '../../src/util/words.ts'
import { restoreRuleset, saveRuleset } from '../../src/xtables/index.ts'
import type { TestEnvironment } from './environment.ts'
import { realSave, realToolsMissing } from './extension-tester.ts'

/** The packet that NAT targets are tried on. */
export const tcpSyn = packet.tcp({ source: '10.0.0.1', destination: '10.0.0.2', sport: 1, dport: 80 })

/** The range of a NAT target without options. */
export const noRange: NatRange = {
  addresses: null,
  ports: null,
  basePort: null,
  random: false,
  randomFully: false,
  persistent: false,
  netmap: false,
}

/** 10.0.0.`last`. */
export const ten = (last: number): Words => [(0x0a000000 + last) >>> 0, 0, 0, 0]

/** What the environment was told to do: one NAT action. */
export function natTold(environment: TestEnvironment): unknown {
  expect(environment.told).toHaveLength(1)
  const [kind, , action] = environment.told[0] as unknown[]
  expect(kind).toBe('nat')
  return action
}

/** Tests what is saved of a shifted port range, which neither the real tool nor this one can read again. */
export function testShiftedPorts(chain: string, written: string, saved: string): void {
  it(`saves what is left of a shifted port range in ${chain}: ${written}`, () => {
    const text = `*nat\n-A ${chain} -p tcp -j ${written}\nCOMMIT\n`
    expect(saveRuleset(restoreRuleset(text, 4, extensions()))).toContain(`-A ${chain} -p tcp -j ${saved}\n`)
    if (realToolsMissing() === null) expect(realSave(text, 4, 'nat')).toContain(`-A ${chain} -p tcp -j ${saved}\n`)
  })
}
