import { spawnSync } from 'node:child_process'
import { withoutIds } from './scenario.ts'

/** Whether the real xtables-monitor can be asked here, or why not. Never throws. */
export function monitorAvailable(): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { ok: false, reason: 'not root on Linux' }
  const version = spawnSync('unshare', ['-n', 'xtables-monitor', '--version'], { encoding: 'utf8' })
  if (version.status !== 0) return { ok: false, reason: 'xtables-monitor does not run in a network namespace' }
  if (!version.stdout.includes('1.8.9')) return { ok: false, reason: `${version.stdout.trim()} is not 1.8.9` }
  return { ok: true }
}

/** What the real tool prints for a recorded scenario, without trace ids. Throws with its errors. */
export function askMonitor(scenario: string): string {
  const loader = new URL('../typescript.mjs', import.meta.url).href
  const child = new URL('./child.ts', import.meta.url).pathname
  const run = spawnSync('unshare', ['-n', process.execPath, '--import', loader, child, scenario], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${scenario}: ${run.stderr}`)
  return withoutIds(run.stdout)
}
