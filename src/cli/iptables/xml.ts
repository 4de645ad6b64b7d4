import { readFileSync } from 'node:fs'
import { type CommandIo, isSystemError, readBytes } from '../io.ts'
import { badOption, readArguments } from './arguments.ts'
import { type Program, XML } from './programs.ts'
import { IPTABLES_VERSION, ProgramExit, tryHelp } from './session.ts'
import { XmlConversion } from './xml-conversion.ts'

const SYNTAX = { short: 'cvh', long: { verbose: 'v', combine: 'c', help: 'h' }, valued: '' }

const usage = ({ name }: Program): string =>
  `Usage: ${name} [-c] [-v] [-h]\n          [--combine ]\n\t   [ --verbose ]\n\t   [ --help ]\n`

/**
 * Runs `iptables-xml`, which turns the output of iptables-save into XML; gives the exit status. No host is touched.
 *
 * Source: iptables-xml(1).
 */
export function runXml(argv: readonly string[], io: CommandIo): number {
  let printed = ''
  try {
    return convert(argv, io, (text) => {
      printed += text
    })
  } catch (error) {
    if (!(error instanceof ProgramExit)) throw error
    io.error(error.message)
    return error.exitStatus
  } finally {
    // Text of unknown encoding goes through byte by byte.
    io.out(Buffer.from(printed, 'latin1').toString())
  }
}

function convert(argv: readonly string[], io: CommandIo, print: (text: string) => void): number {
  const { options, rest } = readArguments(argv, SYNTAX)
  const given = new Set<string>()
  for (const [letter, value] of options) {
    if (letter === 'h') throw new ProgramExit(1, usage(XML))
    // A bad option is named, and all goes on.
    if (letter === '?') io.error(badOption(XML.name, value, SYNTAX))
    // The real program greets by a name it has nowhere else.
    if (letter === 'v') print('xptables-xml\n')
    given.add(letter)
  }
  if (rest.length > 1) throw new ProgramExit(1, 'Unknown arguments found on commandline')
  const bytes = rest[0] === undefined ? readBytes('-', io) : readFile(rest[0])
  const conversion = new XmlConversion({ combine: given.has('c'), verbose: given.has('v') }, print)
  const problem = conversion.run(Buffer.from(bytes).toString('latin1'))
  if (problem === null) return 0
  if (!problem.isParameter) throw new ProgramExit(1, `${XML.name}: ${problem.text}\n`)
  const text = problem.text.startsWith('line') ? `${XML.name}: ${problem.text}` : problem.text
  throw new ProgramExit(2, `${XML.name} v${IPTABLES_VERSION}: ${text}\n${tryHelp(XML, problem.line)}`)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EACCES: 'Permission denied',
}

function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    if (!isSystemError(error)) throw error
    if (error.code === 'EISDIR') return new Uint8Array(0)
    throw new ProgramExit(1, `Can't open ${file}: ${REASONS[error.code] ?? error.code}`)
  }
}
