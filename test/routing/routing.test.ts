import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { oracleAvailable } from '../harness/oracle/available.ts'
import { askKernel, differencesOf, type RoutingCase } from './compare.ts'

const recorded = JSON.parse(readFileSync(new URL('./recorded.json', import.meta.url), 'utf8')) as readonly RoutingCase[]

describe('random networks, with the answers Linux 6.18 gave', () => {
  for (const one of recorded) {
    it(`IPv${one.version}, seed ${one.seed}: ${one.packets.length} packets go the same way`, () => {
      expect(differencesOf(one)).toEqual([])
    })
  }
})

const available = oracleAvailable()
if (!available.ok) process.stderr.write(`random networks are not compared with this kernel: ${available.reason}\n`)

describe.skipIf(!available.ok)('random networks in this kernel', () => {
  for (const version of [4, 6] as const) {
    for (let i = 0; i < 4; i++) {
      it(`IPv${version}, seed live${i}: 40 packets go the same way`, async () => {
        expect(differencesOf(await askKernel(`live${i}`, version, 40))).toEqual([])
      })
    }
  }
})
