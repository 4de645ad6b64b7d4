import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { LONGEST_WAIT, onInterrupt } from '../answer.ts'
import type { CommandIo } from '../io.ts'
import { runShim } from '../shim.ts'
import type { ApplyTools } from './apply.ts'

/** What iptables-apply waits for, on a host directory. */
export function applyTools(directory: string, io: CommandIo): ApplyTools {
  return {
    answer: async (seconds) => (await io.answer?.(seconds)) ?? '',
    run: (command, seconds) => runOnHost(command, seconds, directory, io),
    onInterrupt,
  }
}

/** Runs a command whose iptables are ours: they come first on its PATH and act on the host directory. */
async function runOnHost(command: string, seconds: number, directory: string, io: CommandIo): Promise<boolean> {
  const shim = mkdtempSync(join(tmpdir(), 'hookline-apply-'))
  try {
    const host = resolve(directory)
    runShim(shim, { host }, { ...io, out: () => undefined, error: () => undefined })
    const path = io.environment.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    const environment = { ...io.environment, PATH: `${shim}:${path}`, HOOKLINE_HOST: host }
    return await runFor(command, seconds, environment)
  } finally {
    rmSync(shim, { recursive: true, force: true })
  }
}

/** Whether the command ends with 0 within so many seconds; it is ended then, and by signals to this process. */
function runFor(command: string, seconds: number, env: NodeJS.ProcessEnv): Promise<boolean> {
  // A shell starts it: scripts may lack their first line.
  const child = spawn('/bin/sh', ['-c', 'exec "$0"', command], { stdio: ['ignore', 'inherit', 'inherit'], env })
  const stop = (): void => void child.kill()
  const release = onInterrupt(stop)
  const timer = setTimeout(stop, Math.min(seconds, LONGEST_WAIT) * 1000)
  return new Promise((done) => {
    const end = (isDone: boolean): void => {
      clearTimeout(timer)
      release()
      done(isDone)
    }
    child.once('error', () => end(false))
    child.once('exit', (code) => end(code === 0))
  })
}
