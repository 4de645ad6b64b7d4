/**
 * `npm run bench:commands`: the compatible commands beside the real ones, each a process of its own.
 *
 * Restoring rules, adding one on top of them, and what one process costs. The real tools run in a network namespace
 * where root and iptables are there. Exits with 1 where a start takes longer than 100 ms or loading is not linear.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../scripts/bundle.mjs'

const root = join(import.meta.dirname, '..')
const program = join(root, 'dist/.bench')
const folder = mkdtempSync(join(tmpdir(), 'hookline-bench-'))
const WANTED_START = 100
/** Reading ten times the rules may take this much longer a rule: noise, not another order. */
const LINEAR = 1.5

/** Rules as a block list has them: an address, a port and a comment each. */
function rulesText(count: number): string {
  const rules = Array.from({ length: count }, (_, at) => {
    const address = `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`
    return `-A INPUT -s ${address}/32 -p tcp -m tcp --dport ${(at % 60000) + 1} -m comment --comment "rule ${at}" -j ${at % 3 === 0 ? 'web' : 'ACCEPT'}`
  })
  return [
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':web - [0:0]',
    ...rules,
    'COMMIT',
    '',
  ].join('\n')
}

/** The least of several runs of a command, in milliseconds. */
function least(times: number, command: string, argv: readonly string[]): number {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < times; run++) {
    const start = performance.now()
    const { status, stderr } = spawnSync(command, argv, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
    const took = performance.now() - start
    if (status !== 0) throw new Error(`${command} ${argv.join(' ')} ended with ${status}: ${stderr}`)
    best = Math.min(best, took)
  }
  return best
}

const show = (milliseconds: number): string => `${milliseconds.toFixed(0)} ms`.padStart(9)

/** Times of the real tool, measured in its namespace by the shell; null where it cannot run. */
function real(tool: string, file: string): { restore: number; append: number } | null {
  const clock = 'now() { date +%s%N; }'
  const script = `${clock}; A=$(now); ${tool}-restore < ${file} || exit 1; B=$(now); ${tool} -A INPUT -j ACCEPT || exit 1; C=$(now); echo $((B-A)) $((C-B))`
  let best: { restore: number; append: number } | null = null
  for (let run = 0; run < 3; run++) {
    const { status, stdout } = spawnSync('unshare', ['-n', 'sh', '-c', script], { encoding: 'utf8' })
    if (status !== 0) return best
    const [restore = 0, append = 0] = stdout.split(' ').map((one) => Number(one) / 1e6)
    best =
      best === null
        ? { restore, append }
        : { restore: Math.min(best.restore, restore), append: Math.min(best.append, append) }
  }
  return best
}

function ours(file: string): { restore: number; append: number } {
  const hookline = join(program, 'hookline.cjs')
  const host = join(folder, 'host')
  const restore = least(3, process.execPath, [hookline, 'iptables-restore', '--host', host, file])
  const append = least(5, process.execPath, [hookline, 'iptables', '--host', host, '-A', 'INPUT', '-j', 'ACCEPT'])
  return { restore, append }
}

await bundle(program)
const perRule = new Map<number, number>()
console.log('rules    tool               restore        -A on top')
for (const count of [1000, 5000, 50_000]) {
  const file = join(folder, `${count}.v4`)
  writeFileSync(file, rulesText(count))
  const mine = ours(file)
  perRule.set(count, mine.restore / count)
  const rows = [
    ['hookline', mine],
    ['iptables-legacy', real('iptables-legacy', file)],
    ['iptables-nft', real('iptables-nft', file)],
  ] as const
  for (const [name, times] of rows) {
    const text = times === null ? 'cannot run here' : `${show(times.restore)}    ${show(times.append)}`
    console.log(`${String(count).padEnd(8)} ${name.padEnd(16)} ${text}`)
  }
}
const host = join(folder, 'small')
const hookline = join(program, 'hookline.cjs')
const node = least(15, process.execPath, ['-e', '0'])
const start = least(15, process.execPath, [
  hookline,
  'iptables',
  '--host',
  host,
  '-A',
  'INPUT',
  '-p',
  'tcp',
  '--dport',
  '22',
  '-j',
  'ACCEPT',
])
console.log(`one process: node alone ${show(node).trim()}, hookline iptables -A ${show(start).trim()}`)
const growth = (perRule.get(50_000) as number) / (perRule.get(5000) as number)
console.log(`a rule of 50,000 costs ${growth.toFixed(2)} times what one of 5,000 does`)
for (const one of [folder, program]) rmSync(one, { recursive: true, force: true })
if (start > WANTED_START) console.error(`one process takes ${show(start).trim()}; ${WANTED_START} ms are wanted`)
if (growth > LINEAR) console.error('loading is not linear')
process.exitCode = start > WANTED_START || growth > LINEAR ? 1 : 0
