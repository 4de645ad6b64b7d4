import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../scripts/bundle.mjs'
import { realToolsMissing } from '../harness/extension-tester.ts'

/** Programs that write rules, unmodified: each does the same with the real iptables and with ours in its place. */
const CLIENTS: Readonly<Record<string, { needs: string; host: string }>> = {
  'a script of 200 commands': { needs: 'iptables', host: 'test/clients/hosts/script.sh' },
  ufw: { needs: 'ufw', host: 'test/clients/hosts/ufw.sh' },
  ferm: { needs: 'ferm', host: 'ferm' },
  shorewall: { needs: 'shorewall', host: 'shorewall' },
  'fail2ban actions': { needs: 'fail2ban-server', host: 'fail2ban' },
  firewalld: { needs: 'firewalld', host: 'firewalld' },
  'iptables-persistent': { needs: 'iptables', host: 'test/clients/hosts/persistent.sh' },
}

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'hookline-clients-'))
/** Beside the built command, where its package.json and libraries are found. */
const program = join(root, 'dist/.clients')

/** What the client printed and the rules it left, without what differs from run to run. */
function run(host: string, shim: string): { printed: string; rules: string } {
  const description = host.includes('/') ? join(root, host) : host
  const save = 'echo RULES; iptables-save; ip6tables-save'
  const ran = spawnSync('bash', [join(root, 'scripts/capture/host.sh'), description, '-', 'sh', '-c', save], {
    encoding: 'utf8',
    cwd: root,
    env: environment(shim),
    maxBuffer: 1 << 26,
    timeout: 280_000,
  })
  if (ran.status !== 0) throw new Error(`${host} ended with ${ran.status}: ${ran.stderr.slice(-2000)}`)
  return { printed: normal(ran.stderr), rules: normal(ran.stdout.slice(ran.stdout.indexOf('RULES\n') + 6)) }
}

/** The commands with a host directory of their own: firewalld clears the environment, so that it cannot name one. */
function shimFor(name: string): string {
  const shim = join(folder, name.replaceAll(' ', '-'))
  execFileSync(process.execPath, [join(program, 'hookline.cjs'), 'shim', shim], {
    stdio: 'ignore',
    env: environment(''),
  })
  return shim
}

/** Only what is meant: vitest sets variables such as MODE, which shorewall takes for its own. */
function environment(shim: string): Record<string, string> {
  const { PATH = '', HOME = '', HOOKLINE_PERSISTENT = '' } = process.env
  return { PATH, HOME, HOOKLINE_PERSISTENT, HOOKLINE_SHIM: shim, TZ: 'UTC', LC_ALL: 'C' }
}

/** Counters, dates and process numbers are not compared. */
function normal(text: string): string {
  return text
    .replace(/^# (Generated|Completed).*$/gm, '#')
    .replace(/\[\d+:\d+\]/g, '[0:0]')
    .replace(/(sha-[lr]h)-[0-9a-f]+/g, '$1')
}

function lacks(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0
}

const missing = realToolsMissing()

describe('clients leave the same rules with hookline as with the real iptables', () => {
  beforeAll(async () => {
    if (missing !== null) return
    await bundle(program)
  })
  afterAll(() => {
    for (const one of [folder, program]) rmSync(one, { recursive: true, force: true })
  })

  for (const [name, { needs, host }] of Object.entries(CLIENTS)) {
    const noPackages = name === 'iptables-persistent' && !process.env.HOOKLINE_PERSISTENT
    const reason =
      missing ??
      (lacks(needs) ? `no ${needs} here` : noPackages ? 'HOOKLINE_PERSISTENT names no unpacked packages' : null)
    it.skipIf(reason !== null)(`${name}${reason ? ` (skipped: ${reason})` : ''}`, { timeout: 600_000 }, () => {
      const real = run(host, '')
      expect(real.rules).toContain('COMMIT')
      const ours = run(host, shimFor(name))
      expect(ours.rules).toBe(real.rules)
    })
  }
})
