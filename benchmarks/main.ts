/**
 * `npm run bench`: how fast the two engines are, measured in turns on this machine.
 *
 * What counts are the ratios; the times depend on the machine and on what else it does. Exits with 1 where the
 * compiled engine is less than five times as fast as the reference engine on a chain of 1,000 rules.
 */
import { compileTable } from '../src/compile/index.ts'
import { extensions } from '../src/host/extensions.ts'
import type { Family, Table } from '../src/netfilter/glossary.ts'
import { traverse } from '../src/netfilter/traverse.ts'
import type { Packet } from '../src/packet/packet.ts'
import { restoreRuleset } from '../src/xtables/index.ts'
import { TestEnvironment } from '../test/harness/environment.ts'
import { type Measured, measure, showTime, type Variant } from './measure.ts'
import { filterTable, hostRules, mixedRules, packets, serviceRules } from './tables.ts'

const WANTED_RATIO = 5
const environment = new TestEnvironment()

/** Both engines over the same packets, one after the other. */
function engines(table: Table, some: readonly Packet[]): Variant[] {
  const compiled = compileTable(table)
  compiled.prepare()
  const over = (run: (packet: Packet) => unknown) => (count: number) => {
    for (let index = 0; index < count; index++) run(some[index % some.length] as Packet)
  }
  return [
    { name: 'reference', run: over((packet) => traverse(table, 'FORWARD', packet, environment, null)) },
    { name: 'compiled', run: over((packet) => compiled.run('FORWARD', packet, environment)) },
  ]
}

function report(title: string, measured: readonly Measured[], rules: number): number {
  const [reference, compiled] = measured as [Measured, Measured]
  const ratio = reference.median / compiled.median
  const show = ({ name, median, quartiles: [low, high] }: Measured): string =>
    `${name} ${showTime(median)} (${showTime(low)} to ${showTime(high)}; ${(median / rules).toFixed(2)} ns a rule)`
  console.log(`${title}\n  ${show(reference)}\n  ${show(compiled)}\n  ratio ${ratio.toFixed(1)}`)
  return ratio
}

function hosts(count: number, family: Family): number {
  const table = filterTable(hostRules(count, family), family)
  const measured = measure(engines(table, packets(family, 64, 80)))
  return report(`a packet over ${count} rules for one host each, IPv${family}, none matches`, measured, count)
}

function mixed(count: number, family: Family): number {
  const table = filterTable(mixedRules(count, family), family)
  const measured = measure(engines(table, packets(family, 64, 80)), { warmUp: count > 5000 ? 3000 : 500 })
  return report(`a packet over ${count} rules of many kinds, IPv${family}, none matches`, measured, count)
}

function services(count: number): void {
  const table = filterTable(serviceRules(count), 4)
  const some = packets(4, 64, 443, (index) => `10.96.${(count - 1 - index) >> 8}.${(count - 1 - index) & 255}`)
  report(`a packet to one of the last of ${count} services`, measure(engines(table, some)), count)
}

function parsing(count: number): void {
  const text = mixedRules(count, 4)
  const [measured] = measure([{ name: 'parse', run: (times) => repeat(times, () => parse(text)) }], { rounds: 7 })
  const { median } = measured as Measured
  console.log(
    `reading a file of ${count} rules\n  ${showTime(median)} (${(median / count / 1e3).toFixed(2)} µs a rule)`,
  )
}

function updates(count: number): void {
  const table = filterTable(mixedRules(count, 4), 4)
  const compiled = compileTable(table)
  const chain = table.chains.get('FORWARD')
  const [some] = packets(4, 1, 80)
  if (chain === undefined || some === undefined) return
  const add = (): void => {
    const rule = chain.rules.pop()
    if (rule === undefined) return
    chain.rules.push({ ...rule })
    compiled.changed(chain)
    compiled.prepare()
  }
  const [one, all] = measure(
    [
      { name: 'one rule', run: (times) => repeat(times, add) },
      { name: 'everything', run: (times) => repeat(times, () => compileTable(table).prepare()) },
    ],
    { rounds: 7 },
  ) as [Measured, Measured]
  console.log(
    `compiling ${count} rules ${showTime(all.median)}; again after one was replaced ${showTime(one.median)}\n  ratio ${(all.median / one.median).toFixed(1)}`,
  )
}

function parse(text: string): void {
  restoreRuleset(text, 4, extensions())
}

function repeat(times: number, work: () => void): void {
  for (let index = 0; index < times; index++) work()
}

mixed(100, 4)
const ratio = Math.min(mixed(1000, 4), hosts(1000, 4))
mixed(1000, 6)
mixed(10_000, 4)
hosts(10_000, 4)
services(1000)
parsing(10_000)
updates(10_000)
if (ratio < WANTED_RATIO) {
  console.error(`the compiled engine is ${ratio.toFixed(1)} times as fast on 1000 rules; ${WANTED_RATIO} are wanted`)
  process.exitCode = 1
}
