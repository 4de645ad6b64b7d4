/** `npm run conformance`: random rulesets and packets through the kernel and through hookline, and every difference. */

import { fork } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { oracleAvailable } from '../harness/oracle/available.ts'
import { describeNamespace } from './files.ts'
import { loadEngine } from './hookline.ts'
import { gaps, matrixNote, matrixText, registryRows } from './matrix.ts'
import { type RecordedCase, writeCase, writeHost } from './recorded.ts'
import { failureText, summaryText } from './report.ts'
import { addTotals, type CaseOutcome, noTotals, type RunOptions, runCase, type Totals } from './run.ts'
import { compareTexts } from './texts.ts'

const usage = `usage: npm run conformance -- [--seed S] [--rulesets N] [--packets 100] [--family 4|6] [--jobs 2]
  --only INDEX            run this case of the seed alone
  --no-minimise           print a failing case as it was drawn
  --all                   draw from every extension the generator knows, not only the everyday ones
  --extensions a,b        draw from these matches and targets only; "known": from those hookline has a file for
  --conntrack             compare conntrack listings too
  --vary                  draw sysctls too (source checks, forwarding, connection tracking)
  --stateless             no nat table and nothing that needs connection tracking
  --texts                 rules only: accepted or refused alike, and saved alike
  --careless              single rules that are often wrong, with --texts
  --matrix                print how often every option held and did not; always with 1000 rulesets or more
  --kernel-twice          compare the kernel with itself: what differs is chance, and needs a line in DIVERGENCES.md
  --record DIR            keep every case with the kernel's answers, for machines without root
  --save-failures DIR     write each minimised failing case as JSON
  --max-failures N        stop printing after so many (default 10)
`

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rulesets: { type: 'string', default: '100' },
    packets: { type: 'string', default: '100' },
    family: { type: 'string' },
    only: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    'no-minimise': { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    extensions: { type: 'string' },
    conntrack: { type: 'boolean', default: false },
    stateless: { type: 'boolean', default: false },
    texts: { type: 'boolean', default: false },
    careless: { type: 'boolean', default: false },
    vary: { type: 'boolean', default: false },
    matrix: { type: 'boolean', default: false },
    'kernel-twice': { type: 'boolean', default: false },
    record: { type: 'string' },
    'save-failures': { type: 'string' },
    'max-failures': { type: 'string', default: '10' },
    /** Internal: this process is worker K of N. */
    worker: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

function extensionNames(list: string): Set<string> {
  if (list !== 'known') return new Set(list.split(','))
  const folders = ['matches', 'targets'].map((name) => fileURLToPath(new URL(`../../src/${name}`, import.meta.url)))
  return new Set(folders.flatMap((folder) => readdirSync(folder)).map((file) => file.replace(/(\.test)?\.ts$/, '')))
}

const options: RunOptions = {
  seed: values.seed,
  packets: Number(values.packets),
  version: values.family === '4' ? 4 : values.family === '6' ? 6 : undefined,
  minimise: !values['no-minimise'],
  conntrack: values.conntrack,
  vary: values.vary,
  record: values.record !== undefined,
  kernelTwice: values['kernel-twice'],
  rulesets: {
    all: values.all,
    careless: values.careless,
    stateless: values.stateless,
    ...(values.extensions ? { only: extensionNames(values.extensions) } : {}),
  },
}

function indexes(): number[] {
  if (values.only !== undefined) return [Number(values.only)]
  return Array.from({ length: Number(values.rulesets) }, (_, i) => i)
}

async function cases(mine: readonly number[], take: (outcome: CaseOutcome) => void): Promise<void> {
  const engine = await loadEngine()
  const files = describeNamespace()
  if (values.record) writeHost(values.record, files)
  for (const index of mine) take(runCase(options, index, files, engine))
}

/** Cases with a namespace of another shape would need host files of their own. */
const sharesHost = ({ ruleset }: RecordedCase) =>
  !Object.keys(ruleset.sysctls ?? {}).some((key) => /ipv6\..*forwarding/.test(key))

const caseName = ({ ruleset }: RecordedCase, n: number) =>
  `ipv${ruleset.version}-${options.seed}-${String(n).padStart(3, '0')}`

async function work(which: string): Promise<void> {
  const [own = 0, of = 1] = which.split('/').map(Number)
  await cases(
    indexes().filter((_, i) => i % of === own),
    (outcome) => process.send?.(outcome),
  )
  process.disconnect?.()
}

async function main(): Promise<number> {
  const totals = noTotals()
  const start = performance.now()
  const all = indexes().length
  let failures = 0
  const take = (outcome: CaseOutcome): void => {
    addTotals(totals, outcome.totals)
    if (outcome.refusal)
      process.stdout.write(`refused by the kernel: ${outcome.refusal.split('\n').filter(Boolean).join(' | ')}\n`)
    if (outcome.recorded && values.record && sharesHost(outcome.recorded))
      writeCase(values.record, caseName(outcome.recorded, totals.rulesets), outcome.recorded)
    if (outcome.failure && ++failures <= Number(values['max-failures'])) {
      process.stdout.write(`${failureText(outcome.failure, options)}\n`)
      const directory = values['save-failures']
      if (directory) {
        mkdirSync(directory, { recursive: true })
        writeFileSync(
          join(directory, `${options.seed}-${outcome.failure.index}.json`),
          `${JSON.stringify(outcome.failure, null, 1)}\n`,
        )
      }
    }
    if (totals.rulesets % 20 === 0 || totals.rulesets === all) {
      const rate = (totals.rulesets / (performance.now() - start)) * 1000
      process.stderr.write(
        `\r${totals.rulesets}/${all} rulesets, ${rate.toFixed(0)}/s, ${totals.unexplained} unexplained `,
      )
    }
  }
  if (!(await loadEngine()))
    process.stdout.write('engine not there yet: src/host/batch.ts is missing; only the kernel is asked\n')
  const jobs = Math.min(Number(values.jobs), all)
  if (jobs <= 1) await cases(indexes(), take)
  else await Promise.all(Array.from({ length: jobs }, (_, k) => worker(`${k}/${jobs}`, take)))
  process.stderr.write('\n')
  process.stdout.write(summaryText(totals, options.seed, (performance.now() - start) / 1000))
  const isWhole = values.matrix || (all >= 1000 && values.only === undefined)
  return totals.unexplained + (isWhole ? writeMatrix(totals) : 0) > 0 ? 1 : 0
}

/** Prints the matrix and what is missing in it; the number of zeros that nobody explains, where all options are drawn. */
function writeMatrix({ coverage }: Totals): number {
  const { all, only, stateless } = options.rulesets
  const rows = registryRows(options.version).filter(({ extension }) => !only || only.has(extension))
  process.stdout.write(`${matrixNote}\n${matrixText(coverage, rows)}`)
  if (!(all || only) || stateless) return 0
  const { missing, excused, stale } = gaps(coverage, rows)
  const section = (title: string, lines: readonly string[]) =>
    process.stdout.write([`${title}: ${lines.length}`, ...lines.map((line) => `  ${line}`), ''].join('\n'))
  section('zeros with a reason', excused)
  section('reasons for what is not zero', stale)
  section('zeros without a reason', missing)
  return missing.length
}

function texts(): number {
  const totals = compareTexts(values.seed, Number(values.rulesets), options.version, options.rulesets)
  for (const { index, rule, kernel, hookline } of totals.differences.slice(0, Number(values['max-failures']))) {
    const reason = kernel.trim().split('\n').filter(Boolean).join(' | ')
    process.stdout.write(`--- case ${index}: ${rule}\n  kernel   ${reason}\n  hookline ${hookline}\n`)
  }
  const unknown = Object.entries(totals.unknown).map(([name, n]) => `${name} ${n}`)
  process.stdout.write(
    `seed ${values.seed}: ${totals.rules} rules, ${totals.refused} rulesets refused, not compared for unknown extensions: ${unknown.join(', ') || 'none'}\n`,
  )
  process.stdout.write(`differences: ${totals.differences.length}\n`)
  return totals.differences.length > 0 ? 1 : 0
}

function worker(which: string, take: (outcome: CaseOutcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--worker', which])
    child.on('message', (outcome) => take(outcome as CaseOutcome))
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`worker ${which} ended with status ${code}`)),
    )
  })
}

const available = oracleAvailable()
if (values.help) process.stdout.write(usage)
else if (!available.ok) {
  process.stderr.write(`conformance needs the kernel: ${available.reason}\n`)
  process.exitCode = 3
} else if (values.texts) process.exitCode = texts()
else if (values.worker) await work(values.worker)
else process.exitCode = await main()
