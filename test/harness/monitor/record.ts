/** Records what xtables-monitor prints for every scenario: `node --import ./test/harness/typescript.mjs test/harness/monitor/record.ts`. */
import { writeFileSync } from 'node:fs'
import { askMonitor } from './ask.ts'
import { readScenarios } from './scenario.ts'

for (const { name, directory } of readScenarios()) writeFileSync(`${directory}monitor.txt`, askMonitor(name))
