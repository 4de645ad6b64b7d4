import { main } from '../../src/cli/main.ts'

/** What a command line printed, and its exit code. */
export interface Run {
  readonly code: number
  readonly out: string
  readonly error: string
}

/** What a test says of the process around a command. */
export interface Surroundings {
  /** Standard input. */
  readonly input?: string | Uint8Array
  readonly environment?: Readonly<Record<string, string>>
  readonly isTerminal?: boolean
  readonly errorIsTerminal?: boolean
}

/** Runs a command line in this process, from the root of the repository. */
export async function run(argv: readonly string[], surroundings: Surroundings = {}): Promise<Run> {
  const { input = '', environment = {}, isTerminal = false, errorIsTerminal = false } = surroundings
  let rest: Uint8Array = typeof input === 'string' ? new TextEncoder().encode(input) : input
  let out = ''
  let error = ''
  const code = await main(argv, {
    out: (text) => {
      out += text
    },
    error: (text) => {
      error += text
    },
    environment,
    isTerminal,
    errorIsTerminal,
    // Small pieces, as a slow pipe gives them.
    read: () => {
      const piece = rest.subarray(0, 61)
      rest = rest.subarray(piece.length)
      return piece
    },
  })
  return { code, out, error }
}
