import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { directoryStore } from '../../src/cli/iptables/directory-store.ts'
import { processSpace } from '../../src/cli/iptables/lock.ts'
import { askOurs, type Call } from '../harness/real-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'hookline-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
function newHost(): string {
  const host = join(folder, String(count++))
  mkdirSync(host)
  return host
}

const call = (line: string): Call => {
  const [program = '', ...argv] = line.split(' ')
  return { program, argv }
}
const run = (host: string, ...lines: string[]) => askOurs(lines.map(call), directoryStore(host))
const rules = (host: string): string => readFileSync(join(host, 'rules.v4'), 'utf8')

describe('commands on a host directory', () => {
  it('make it and its files', () => {
    const host = join(folder, 'new', 'deep')
    expect(run(host, 'iptables -A INPUT -j DROP')[0]?.status).toBe(0)
    expect(rules(host)).toContain('[0:0] -A INPUT -j DROP\n')
    expect(existsSync(join(host, 'rules.v6'))).toBe(false)
    expect(existsSync(join(host, '.hookline.lock'))).toBe(false)
  })

  it('take rules that somebody wrote by hand, and save them as iptables does', () => {
    const host = newHost()
    writeFileSync(join(host, 'rules.v4'), '*filter\n-A INPUT --protocol tcp --destination-port ssh -j ACCEPT\nCOMMIT\n')
    const [, saved] = run(host, 'iptables -A INPUT -j DROP', 'iptables -S INPUT')
    expect(saved?.stdout).toBe('-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT -j DROP\n')
  })

  it('notice an edit of what they wrote, and name its line when it is wrong', () => {
    const host = newHost()
    run(host, 'iptables -A INPUT -j DROP')
    writeFileSync(join(host, 'rules.v4'), rules(host).replace('-j DROP', '-j nosuch'))
    const [answer] = run(host, 'iptables -S')
    expect(answer?.status).not.toBe(0)
    expect(answer?.stderr).toContain('rules.v4:5')
  })

  it('change nothing where one table of a restore is refused', () => {
    const host = newHost()
    run(host, 'iptables -A INPUT -s 192.0.2.1 -j DROP')
    const before = rules(host)
    const [answer] = askOurs(
      [
        {
          program: 'iptables-restore',
          argv: [],
          input: '*filter\n-A INPUT -j ACCEPT\n-A INPUT -j DNAT --to 192.0.2.1\nCOMMIT\n',
        },
      ],
      directoryStore(host),
    )
    expect(answer).toMatchObject({ status: 1, stderr: 'iptables-restore: line 4 failed\n' })
    expect(rules(host)).toBe(before)
  })

  it('know the sets of ipset.save', () => {
    const host = newHost()
    writeFileSync(join(host, 'ipset.save'), 'create good hash:ip family inet\ncreate six hash:ip family inet6\n')
    const answers = run(
      host,
      'iptables -A INPUT -m set --match-set good src',
      'iptables -A INPUT -m set --match-set bad src',
      'iptables -A INPUT -m set --match-set six src',
    )
    expect(answers.map(({ status }) => status)).toEqual([0, 2, 2])
    expect(answers[1]?.stderr).toContain("Set bad doesn't exist.")
    expect(answers[2]?.stderr).toContain('The protocol family of set six is IPv6')
  })

  it('break the lock of a process that is gone, and clean up behind it', () => {
    const host = newHost()
    run(host, 'iptables -N web')
    // A process number that no process has: the greatest there can be.
    writeFileSync(join(host, '.hookline.lock'), `4194304 1 ${processSpace()}`)
    writeFileSync(join(host, 'rules.v4.4194304.half'), '*filter\n')
    expect(run(host, 'iptables -A web -j RETURN')[0]?.status).toBe(0)
    expect(existsSync(join(host, 'rules.v4.4194304.half'))).toBe(false)
  })

  const isRoot = process.getuid?.() === 0
  it.skipIf(isRoot)(`can look where they may not write${isRoot ? ' (skipped: root may write anywhere)' : ''}`, () => {
    const host = newHost()
    chmodSync(host, 0o555)
    const answers = run(host, 'iptables -S', 'iptables -A INPUT -j DROP')
    expect(answers.map(({ status }) => status)).toEqual([0, 4])
    expect(answers[1]?.stderr).toMatch(/permission denied/i)
  })
})
