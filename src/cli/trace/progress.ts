import type { CommandIo } from '../io.ts'

/** Milliseconds before anything is shown, and between two updates. */
const PATIENCE = 500
const INTERVAL = 200

/** How many packets are done, on stderr: only on a terminal, and only for work that takes a while. */
export class Progress {
  private readonly io: CommandIo
  private readonly now: () => number
  private next: number
  private isShown = false

  constructor(io: CommandIo, now: () => number = () => performance.now()) {
    this.io = io
    this.now = now
    this.next = now() + PATIENCE
  }

  show(packets: number): void {
    if (!this.io.errorIsTerminal) return
    const time = this.now()
    if (time < this.next) return
    this.next = time + INTERVAL
    this.isShown = true
    this.io.error(`\r${packets.toLocaleString('en')} packets …`)
  }

  /** Takes the line away. */
  end(): void {
    if (this.isShown) this.io.error('\r\u001b[K')
    this.isShown = false
  }
}
