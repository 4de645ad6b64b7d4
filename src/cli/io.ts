/** Where a command reads and writes, so that tests can run it in the process. */
export interface CommandIo {
  /** Data. */
  readonly out: (text: string) => void
  /** Everything else: errors, progress, assumptions. */
  readonly error: (text: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether stdout is a terminal that shows colours. */
  readonly isTerminal: boolean
}

/** Exit codes of hookline's own commands. */
export const EXIT = { ok: 0, findings: 1, usage: 2, environment: 3, bug: 70 } as const
