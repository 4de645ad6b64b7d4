import { linkSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isSystemError } from '../io.ts'

/** The lock's file in a host directory: who holds it. */
const LOCK = '.hookline.lock'

/** How long a command waits for another one, in milliseconds. */
const PATIENCE = 120_000

/** A breaker's lock this old, in milliseconds, was left by one that was killed. */
const BREAKER_AGE = 2_000

/** The lock is held by another process that does not let it go. */
export class LockBusy extends Error {
  constructor() {
    super('the lock is held by another process')
    this.name = 'LockBusy'
  }
}

/**
 * Waits for the lock of a directory and gives the function that releases it. The lock of a process that is gone
 * is broken. Throws {@link LockBusy} where a living one holds it too long.
 *
 * A lock is a file made by link(2), which fails where the name is taken, so that two never hold it; it names its
 * process by number, start and name space, so that a number given again to another process does not deceive.
 */
export function lockDirectory(directory: string): () => void {
  const lock = join(directory, LOCK)
  const own = `${lock}.${process.pid}.${Math.random().toString(36).slice(2)}`
  const self = describeSelf()
  writeFileSync(own, self)
  try {
    const end = Date.now() + PATIENCE
    for (let round = 0; !tryLink(own, lock); round++) {
      if (isAbandoned(lock)) breakLock(lock, own)
      else if (Date.now() > end) throw new LockBusy()
      else pause(Math.min(1 + round, 20) * (0.5 + Math.random()))
    }
  } finally {
    rmSync(own, { force: true })
  }
  return () => rmSync(lock, { force: true })
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false
    throw error
  }
}

/** Removes an abandoned lock; only one process at a time may, or it could remove the lock of the next holder. */
function breakLock(lock: string, own: string): void {
  const breaker = `${lock}.break`
  if (!tryLink(own, breaker)) {
    if (ageOf(breaker) > BREAKER_AGE) rmSync(breaker, { force: true })
    return pause(5)
  }
  try {
    if (isAbandoned(lock)) {
      removeLeftovers(lock)
      rmSync(lock, { force: true })
    }
  } finally {
    rmSync(breaker, { force: true })
  }
}

/** What a process that was killed left half done: its part of a lock, and files not yet in their place. */
function removeLeftovers(lock: string): void {
  const [pid = ''] = (readOrNull(lock) ?? '').split(' ')
  const directory = dirname(lock)
  for (const file of readdirSync(directory)) {
    if (pid !== '' && file.includes(`.${pid}.`)) rmSync(join(directory, file), { force: true })
  }
}

/** Whether the process that holds the lock is gone. A holder of another process name space is taken to live. */
function isAbandoned(lock: string): boolean {
  const holder = readOrNull(lock)
  if (holder === null) return false
  const [pid = '', start = '', space = ''] = holder.split(' ')
  const [, , ownSpace = ''] = describeSelf().split(' ')
  if (space !== ownSpace) return false
  return startOf(Number(pid)) !== start
}

let self: string | undefined

/** `PID START NAMESPACE` */
function describeSelf(): string {
  self ??= `${process.pid} ${startOf(process.pid)} ${processSpace()}`
  return self
}

/** When a process started, in ticks since boot as Linux tells; `alive` elsewhere, `gone` where there is none. */
function startOf(pid: number): string {
  const stat = readOrNull(`/proc/${pid}/stat`)
  if (stat !== null) {
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // One that was killed and not yet waited for does nothing any more.
    return state === 'Z' || state === 'X' ? 'gone' : (fields[18] ?? 'alive')
  }
  try {
    process.kill(pid, 0)
    return 'alive'
  } catch (error) {
    return isSystemError(error) && error.code === 'ESRCH' ? 'gone' : 'alive'
  }
}

/** The name space of process numbers, so that those of another one are not taken for ours. */
export function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return process.platform
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function ageOf(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
