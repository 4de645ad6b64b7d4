import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { deriveRoutes } from '../../src/route/derive.ts'
import { readDevices } from '../../src/route/read-devices.ts'
import { readRoutes } from '../../src/route/read-routes.ts'
import type { Route } from '../../src/route/route.ts'
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

describe('what the kernel makes of addresses', () => {
  const nameOf = (one: Route) => {
    const { type, destination, prefix, nexthops, preferredSource } = one
    return `${type} ${destination.join()}/${prefix} ${nexthops[0]?.device?.name} ${preferredSource?.join()}`
  }
  for (const { seed, version, files } of recorded) {
    it(`IPv${version}, seed ${seed}: the table local can be derived`, () => {
      const devices = readDevices(files.addr, files.link)
      const derived = deriveRoutes(devices, { family: version, connected: false, forwards: () => true })
      const kernels = readRoutes(files.route, devices).filter(
        // Routes that were added by hand lead to lo and have no source.
        (one) => one.family === version && one.table === 255 && (version === 6 || one.preferredSource !== null),
      )
      const byHand = (one: Route) => one.type === 'local' && one.nexthops[0]?.device?.name === 'lo' && one.metric > 0
      const wanted = kernels.filter((one) => !byHand(one)).map(nameOf)
      expect([...new Set(derived.map(nameOf))].sort()).toEqual([...new Set(wanted)].sort())
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
