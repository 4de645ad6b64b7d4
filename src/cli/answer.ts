import type { ReadStream } from 'node:tty'

const SIGNALS = ['SIGINT', 'SIGHUP', 'SIGTERM'] as const

/** The longest time of a timer, in seconds. */
export const LONGEST_WAIT = 2 ** 31 / 1000 - 1

/** Instead of ending the process, its signals call this, until what is given back is called. */
export function onInterrupt(listener: () => void): () => void {
  for (const signal of SIGNALS) process.on(signal, listener)
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener)
  }
}

/**
 * The first character that comes from standard input within so many seconds: on a terminal without waiting for the
 * end of a line, as `read -n 1` does. Empty where none comes, where the line is empty, and where a signal comes first.
 */
export function readAnswer(seconds: number): Promise<string> {
  const input = process.stdin as ReadStream
  const isTerminal = input.isTTY === true
  return new Promise((resolve) => {
    const end = (text: string): void => {
      clearTimeout(timer)
      release()
      input.off('data', typed).off('end', ended).off('error', ended)
      if (isTerminal) input.setRawMode(false)
      input.pause()
      resolve(text)
    }
    const ended = (): void => end('')
    const typed = (chunk: Buffer): void => {
      const [first = ''] = chunk.toString()
      const isShown = isTerminal && /[ -~]/.test(first)
      if (isShown) process.stdout.write(first)
      end(/[\r\n]/.test(first) ? '' : first)
    }
    const release = onInterrupt(ended)
    const timer = setTimeout(ended, Math.min(seconds, LONGEST_WAIT) * 1000)
    if (seconds === 0) return
    if (isTerminal) input.setRawMode(true)
    input.on('data', typed).on('end', ended).on('error', ended)
  })
}
