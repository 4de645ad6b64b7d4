import { spawnSync } from 'node:child_process'

/** Says once, before the tests, why the real iptables and kernel are not asked on this machine. */
export function setup(): void {
  const tried = spawnSync('unshare', ['-n', 'iptables-legacy-save'], { encoding: 'utf8' })
  if (tried.status === 0) return
  const why = tried.error ? 'there is no unshare(1)' : (tried.stderr.trim().split('\n')[0] ?? 'not root')
  console.log(`The real iptables and the kernel are not asked here (${why}): the tests of them are skipped.`)
}
