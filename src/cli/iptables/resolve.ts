import { readFileSync } from 'node:fs'
import type { Family } from '../../netfilter/glossary.ts'
import { UsageError } from '../../util/errors.ts'
import type { Words } from '../../util/words.ts'
import { formatAddress, tryParseAddress } from '../../wire/address.ts'
import { parseNumericIpv4 } from '../../xtables/index.ts'

/** The words of each line of a file such as /etc/hosts; none where it cannot be read. */
function entriesOf(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
      .filter((words) => words.length > 1)
  } catch {
    return []
  }
}

const memory = new Map<string, string[][]>()

function cachedEntries(file: string): string[][] {
  const known = memory.get(file) ?? entriesOf(file)
  memory.set(file, known)
  return known
}

function wordsOf(text: string, family: Family): Words | null {
  const address = tryParseAddress(text)
  return address?.family === family ? address.words : null
}

/**
 * The addresses of a name: of a network in /etc/networks, of a host in /etc/hosts, or as the system resolves it.
 * Empty where it has none; throws UsageError with getaddrinfo's words where nobody can be asked.
 *
 * Source: getnetbyname(3), getaddrinfo(3), libxtables ipparse_hostnetwork().
 */
export function resolveName(name: string, family: Family): readonly Words[] {
  if (family === 4) {
    const network = cachedEntries('/etc/networks').find(([first, , ...aliases]) => [first, ...aliases].includes(name))
    const number = network && parseNumericIpv4(network[1] as string)
    if (number != null) return [[number, 0, 0, 0]]
  }
  const known = cachedEntries('/etc/hosts').flatMap(([address = '', ...names]) => {
    const words = names.includes(name) ? wordsOf(address, family) : null
    return words === null ? [] : [words]
  })
  return known.length > 0 ? known : askSystem(name, family)
}

/** A process of its own asks: Node looks names up only asynchronously, and the commands are not. */
function askSystem(name: string, family: Family): readonly Words[] {
  if (!/^\w[\w.-]*$/.test(name)) return []
  const script = `require('dns').lookup(process.argv[1], { family: ${family}, all: true, verbatim: true }, (error, found) => process.stdout.write(error ? error.code : found.map((one) => one.address).join('\\n')))`
  try {
    // Loaded only here: it costs each start more than most commands take.
    const { execFileSync } = process.getBuiltinModule('node:child_process')
    const answer = execFileSync(process.execPath, ['-e', script, '--', name], {
      encoding: 'utf8',
      timeout: 30_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    if (answer === 'EAI_AGAIN') throw new UsageError('getaddrinfo: Temporary failure in name resolution\n')
    return answer.split('\n').flatMap((line) => {
      const words = wordsOf(line, family)
      return words === null ? [] : [words]
    })
  } catch (error) {
    if (error instanceof UsageError) throw error
    return []
  }
}

/** The name of an address in /etc/hosts or, of IPv4, of a network in /etc/networks. DNS is not asked. Source: libxtables xtables_ipaddr_to_anyname(). */
export function nameOfAddress(address: Words, family: Family): string | undefined {
  const text = formatAddress(family, address)
  const host = cachedEntries('/etc/hosts').find(([first = '']) => {
    const words = wordsOf(first, family)
    return words !== null && formatAddress(family, words) === text
  })
  if (host !== undefined || family === 6) return host?.[1]
  return cachedEntries('/etc/networks').find(([, number = '']) => parseNumericIpv4(number) === address[0])?.[0]
}
