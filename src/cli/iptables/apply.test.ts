import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realToolsMissing } from '../../../test/harness/extension-tester.ts'
import { main } from '../main.ts'
import { type ApplyTools, runApply } from './apply.ts'
import { applyTools } from './apply-tools.ts'
import { directoryStore } from './directory-store.ts'
import { programNamed } from './programs.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hookline-apply-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const path = (name: string): string => join(folder, name)
const write = (name: string, text: string): string => {
  writeFileSync(path(name), text)
  return path(name)
}
const script = (name: string, text: string): string => {
  const file = write(name, text)
  chmodSync(file, 0o755)
  return file
}

const OLD = '*filter\n:INPUT ACCEPT [7:8]\n# a remark that no program keeps\n[1:2] -A INPUT -i lo -j ACCEPT\nCOMMIT\n'
const NEW = '*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n'
const QUESTION = 'Can you establish NEW connections to the machine? (y/N) \n'
const good = write('good', NEW)
const bad = write('bad', `${NEW}*nat\n-A NOWHERE -j ACCEPT\nCOMMIT\n`)
/** `node FILE …` is then hookline, as it stands in the source. */
const hookline = write(
  'hookline.mjs',
  `import ${JSON.stringify(pathToFileURL(join(root, 'test/harness/typescript.mjs')).href)}\n` +
    `const { main } = await import(${JSON.stringify(pathToFileURL(join(root, 'src/cli/main.ts')).href)})\n` +
    'process.exitCode = await main(process.argv.slice(2))\n',
)

let host = ''
beforeEach(() => {
  host = path('host')
  mkdirSync(host)
})
afterEach(() => rmSync(host, { recursive: true }))

/** The files of the host directory and their content. */
const files = (): Record<string, string> =>
  Object.fromEntries(readdirSync(host).map((name) => [name, readFileSync(join(host, name), 'utf8')]))

interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs it with tools that answer at once; by default nobody answers and no command is run. */
async function apply(argv: readonly string[], tools: Partial<ApplyTools> = {}, name = 'iptables-apply'): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  const io = {
    out: (text: string): void => {
      stdout += text
    },
    error: (text: string): void => {
      stderr += text
    },
    environment: { PATH: process.env.PATH },
    isTerminal: false,
  }
  const program = programNamed(name)
  if (program === undefined) throw new Error(`${name} is a program`)
  const all = { ...applyTools(host, io), answer: async () => '', onInterrupt: () => () => undefined, ...tools }
  const status = await runApply(argv, { program, io, store: directoryStore(host) }, all)
  return { status, stdout, stderr }
}

describe('iptables-apply', () => {
  it('keeps the rules after a yes', async () => {
    const asked: number[] = []
    const answer = async (seconds: number): Promise<string> => {
      asked.push(seconds)
      return 'Y'
    }
    expect(await apply([good], { answer })).toEqual({
      status: 0,
      stdout: `Applying new iptables rules from '${good}'... done.\n${QUESTION}... then my job is done. See you next time.\n`,
      stderr: '',
    })
    expect(asked).toEqual([10])
    expect(files()['rules.v4']).toContain('-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT')
  })

  it('takes them back to the byte after a no', async () => {
    writeFileSync(join(host, 'rules.v4'), OLD)
    const during: string[] = []
    const answer = async (): Promise<string> => {
      during.push(files()['rules.v4'] ?? '')
      return 'n'
    }
    expect(await apply([good], { answer })).toEqual({
      status: 255,
      stdout:
        `Applying new iptables rules from '${good}'... done.\n${QUESTION}` +
        'No affirmative response! Better play it safe...\nReverting to old iptables rules... done.\n',
      stderr: '',
    })
    expect(during.join()).toContain(':INPUT DROP')
    expect(files()).toEqual({ 'rules.v4': OLD })
  })

  it('takes them back without an answer in time, and leaves no file where there was none', async () => {
    const { status, stdout } = await apply(['-t', '3', good])
    expect(status).toBe(255)
    expect(stdout).toContain('Timeout! Something happened (or did not). Better play it safe...\nReverting')
    expect(files()).toEqual({})
  })

  it('takes them back where a signal comes first, whatever is typed then', async () => {
    let interrupt = (): void => undefined
    const onInterrupt = (listener: () => void) => {
      interrupt = listener
      return () => undefined
    }
    const answer = async (): Promise<string> => {
      interrupt()
      return 'y'
    }
    expect((await apply([good], { answer, onInterrupt })).status).toBe(255)
    expect(files()).toEqual({})
  })

  it('asks nothing and changes nothing where the rules are refused', async () => {
    writeFileSync(join(host, 'rules.v4'), OLD)
    const answer = (): never => {
      throw new Error('nobody is asked')
    }
    const { status, stdout, stderr } = await apply([bad], { answer })
    expect(status).toBe(5)
    expect(stdout).toBe(
      `Applying new iptables rules from '${bad}'... failed.\nReverting to old iptables rules... done.\n`,
    )
    expect(stderr).toMatch(/^iptables-restore: line 6 failed\nError: unknown error applying new iptables rules: .*\n$/)
    expect(files()).toEqual({ 'rules.v4': OLD })
  })

  it('saves what was confirmed, and only that', async () => {
    const saved = path('saved')
    expect((await apply(['-w', saved, good], { answer: async () => 'n' })).status).toBe(255)
    expect(existsSync(saved)).toBe(false)
    const { status, stdout } = await apply([good, `--write=${saved}`], { answer: async () => 'y' })
    expect(status).toBe(0)
    expect(stdout).toContain(`Writing successfully applied rules to '${saved}'...\n... then my job`)
    expect(readFileSync(saved, 'utf8')).toContain(':INPUT DROP [0:0]\n')
    expect((await apply(['-w', folder, good], { answer: async () => 'y' })).status).toBe(9)
  })

  it('works on the rules of IPv6 as ip6tables-apply', async () => {
    const ipv6 = write('ipv6', '*filter\n-A INPUT -s 2001:db8::/32 -j DROP\nCOMMIT\n')
    expect((await apply([ipv6], { answer: async () => 'y' }, 'ip6tables-apply')).status).toBe(0)
    expect(Object.keys(files())).toEqual(['rules.v6'])
    const { stderr } = await apply([], {}, 'ip6tables-apply')
    expect(stderr).toBe('Error: rulesfile not readable: /etc/network/ip6tables.up.rules\n')
  })

  it('refuses before anything is changed', async () => {
    expect(await apply(['-t', 'soon', good])).toMatchObject({
      status: 1,
      stderr: 'Error: timeout must be a positive number\n',
    })
    expect(await apply([path('none')])).toMatchObject({ status: 2 })
    expect(await apply(['-c', path('none')])).toMatchObject({
      status: 6,
      stderr: `Error: runcmd not executable: ${path('none')}\n`,
    })
    expect(await apply(['-x', good])).toMatchObject({ status: 1, stderr: "iptables-apply: invalid option -- 'x'\n" })
    expect(await apply(['--timeout'])).toMatchObject({
      status: 1,
      stderr: "iptables-apply: option '--timeout' requires an argument\n",
    })
    expect(await apply(['--help', path('none')])).toMatchObject({ status: 0, stdout: '' })
    expect(files()).toEqual({})
  })

  it('needs a host directory, and takes nobody who answers for a no', async () => {
    let printed = ''
    const out = (text: string): void => {
      printed += text
    }
    const io = { out, error: out, environment: {}, isTerminal: false }
    expect(await main(['iptables-apply', good], io)).toBe(3)
    expect(await main(['iptables-apply', '--host', host, good], io)).toBe(255)
    expect(printed).toContain('Timeout!')
  })
})

describe('iptables-apply -c', () => {
  const argv = process.argv[1] as string
  beforeEach(() => {
    process.argv[1] = hookline
  })
  afterEach(() => {
    process.argv[1] = argv
  })

  // Without a first line, as the shell of the real one takes it too.
  const command = script('command', `iptables -A INPUT -s 192.0.2.1 -j DROP && ip6tables -P FORWARD DROP\n`)

  it('runs a command with our commands first on PATH', async () => {
    const { status, stdout } = await apply(['-c', command], { answer: async () => 'y' })
    expect(stdout).toBe(
      `Running command '${command}'... done.\n${QUESTION}... then my job is done. See you next time.\n`,
    )
    expect(status).toBe(0)
    expect(files()['rules.v4']).toContain('-A INPUT -s 192.0.2.1/32 -j DROP')
    expect(files()['rules.v6']).toContain(':FORWARD DROP')
  })

  it('takes back what it did to the rules of both families', async () => {
    writeFileSync(join(host, 'rules.v4'), OLD)
    expect((await apply(['-c', command])).status).toBe(255)
    expect(files()).toEqual({ 'rules.v4': OLD })
  })

  it('takes back what a command did that failed', async () => {
    const failing = script('failing', '#!/bin/sh\niptables -P INPUT DROP\nexit 3\n')
    const { status, stdout, stderr } = await apply(['-c', failing])
    expect(status).toBe(7)
    expect(stdout).toBe(`Running command '${failing}'... failed.\nReverting to old iptables rules... done.\n`)
    expect(stderr).toBe(`Error: unknown error running command: ${failing}\n`)
    expect(files()).toEqual({})
  })

  it('ends a command that takes longer', async () => {
    const waiting = script('waiting', '#!/bin/sh\nexec tail -f /dev/null\n')
    expect((await apply(['-t', '0', '-c', waiting])).status).toBe(7)
  })
})

/** The real script on the legacy variant; it would stop and start a fail2ban of this machine. */
function real(argv: string, input: string): Ran {
  const tools = path('legacy')
  mkdirSync(tools, { recursive: true })
  const setup = [
    `for tool in iptables ip6tables; do for end in '' -save -restore; do ln -sf "$(command -v $tool-legacy$end)" '${tools}'/$tool$end; done; done`,
    'test ! -e /etc/init.d/fail2ban || mount --bind /dev/null /etc/init.d/fail2ban',
    `PATH='${tools}':$PATH`,
  ]
  return shell('unshare', ['-n', '-m'], `${setup.join('\n')}\nset +e\n`, argv, input)
}

function shell(program: string, before: readonly string[], setup: string, argv: string, input: string): Ran {
  const text = `set -e\n${setup}iptables-apply ${argv}\n`
  const ran = spawnSync(program, [...before, 'bash', '-c', text], { input, encoding: 'utf8', cwd: folder })
  return { status: ran.status ?? -1, stdout: ran.stdout, stderr: ran.stderr }
}

function ours(argv: string, input: string): Ran {
  const setup = `set +e\niptables-apply() { '${process.execPath}' '${hookline}' iptables-apply --host '${host}' "$@"; }\n`
  return shell('env', ['HOOKLINE_HINTS=0'], setup, argv, input)
}

const missing =
  realToolsMissing() ?? (spawnSync('iptables-apply', ['-h']).error === undefined ? null : 'needs iptables-apply')

describe.skipIf(missing !== null)(`the real iptables-apply${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const plain = script('plain', '#!/bin/sh\necho from the command\n')
  const failing = script('ends-with-9', '#!/bin/sh\nexit 9\n')

  it.each([
    ['good', 'y'],
    ['good', 'n'],
    ['good', 'Yes\n'],
    ['good', '\n'],
    ['good', ' '],
    ['good', ''],
    ['-t 0 good', 'y'],
    ['--timeout 010 good', 'y'],
    ['-t x good', 'y'],
    ['-t -1 good', 'y'],
    ['-w written good', 'y'],
    ['bad', 'y'],
    ['nothing-there', 'y'],
    ['', ''],
    ['-c', ''],
    [`-t 2 -c ${plain}`, 'y'],
    [`-t 2 -c ${plain}`, 'x'],
    [`-t 2 -c ${failing}`, 'y'],
    ['-c plain', 'y'],
    ['-c good', 'y'],
    ['-x', ''],
    ['-t', ''],
    ['--time', ''],
    ['--command=x', ''],
  ])('says the same of "%s" and the answer %j', (argv, input) => {
    expect(ours(argv, input)).toEqual(real(argv, input))
  })
})
