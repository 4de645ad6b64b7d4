import { UsageError } from '../util/errors.ts'
import { type CommandIo, EnvironmentError, EXIT, isSystemError } from './io.ts'

/** Says on stderr what went wrong, and gives the exit code for it. */
export function reportError(error: unknown, io: CommandIo): number {
  if (error instanceof UsageError) {
    const { place } = error
    const where = place ? `${place.file ? `${place.file}:` : 'line '}${place.line}:${place.column}: ` : ''
    io.error(`hookline: ${where}${error.message}\n`)
    return EXIT.usage
  }
  if (error instanceof EnvironmentError || isSystemError(error)) {
    io.error(`hookline: ${error.message}\n`)
    return EXIT.environment
  }
  const told = error instanceof Error ? error.stack : String(error)
  io.error(`hookline: this is a bug in hookline, please report it\n${told}\n`)
  return EXIT.bug
}
