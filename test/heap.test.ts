import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { compileTable } from '../src/compile/index.ts'
import { VERDICT } from '../src/expression/action.ts'
import { extensions } from '../src/host/extensions.ts'
import type { Table } from '../src/netfilter/glossary.ts'
import { packet as build } from '../src/packet/build.ts'
import { Packet } from '../src/packet/packet.ts'
import { restoreRuleset } from '../src/xtables/index.ts'
import { devices } from './harness/engines/random-packets.ts'
import { TestEnvironment } from './harness/environment.ts'

const ROUNDS = 500
/** Few enough that a round seldom meets a collection of garbage, which would hide what was allocated. */
const PER_ROUND = 2000
/** A byte per packet: far below the smallest object, which takes 16. */
const MOST_GROWTH = PER_ROUND

const rules = `*mangle
:PREROUTING DROP [0:0]
:web - [0:0]
:marks - [0:0]
-A PREROUTING -m conntrack --ctstate INVALID -j MARK --set-mark 7
-A PREROUTING -i lo -j ACCEPT
-A PREROUTING -s 192.0.2.0/24 ! -i eth1 -j DROP
-A PREROUTING -p tcp --tcp-flags FIN,SYN,RST,ACK SYN -j marks
-A PREROUTING -p tcp -m multiport --dports 22,80:90,443 -g web
-A PREROUTING -p udp --dport 53 -j ACCEPT
-A PREROUTING -m ttl --ttl-lt 5 -j DROP
-A marks -j CONNMARK --restore-mark
-A marks -j MARK --set-xmark 0x80000000/0x80000000
-A marks -m mark --mark 0x80000000/0xffffffff -j TTL --ttl-set 63
-A web -s 10.0.0.0/8 -p tcp --dport 80 -j ACCEPT
-A web -m length --length 0:39 -j DROP
-A web -j RETURN
COMMIT
`

it('a million packets through the compiled engine leave no garbage', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const table = restoreRuleset(rules, 4, extensions()).tables.get('mangle') as Table
  const compiled = compileTable(table)
  const environment = new TestEnvironment()
  const bytes = build.tcp({ source: '10.0.0.1', destination: '10.0.0.2', dport: 80, flags: 'S' })
  const packet = new Packet()
  const device = devices[1] ?? null

  const push = (count: number): number => {
    let verdicts = 0
    for (let index = 0; index < count; index++) {
      bytes[12] = index & 1 ? 10 : 192
      bytes[9] = index & 6 ? 6 : 17
      bytes[23] = (index >> 3) & 127
      packet.load(bytes)
      packet.parse()
      packet.inDevice = device
      verdicts |= 1 << compiled.run('PREROUTING', packet, environment)
    }
    return verdicts
  }

  expect(push(25 * PER_ROUND)).toBe((1 << VERDICT.drop) | (1 << VERDICT.accept))
  collect()
  const before = getHeapStatistics().used_heap_size
  const growths: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = getHeapStatistics().used_heap_size
    push(PER_ROUND)
    growths.push(getHeapStatistics().used_heap_size - start)
  }
  growths.sort((a, b) => a - b)
  expect(growths[ROUNDS / 2], `bytes in ${PER_ROUND} packets`).toBeLessThan(MOST_GROWTH)
  collect()
  expect(getHeapStatistics().used_heap_size - before).toBeLessThan(500_000)
})
