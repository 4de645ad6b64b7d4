import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { libc } from './libc.ts'

/** Whether the kernel can be asked here, or why not. */
export type Availability = { readonly ok: true } | { readonly ok: false; readonly reason: string }

const tools: readonly (readonly [string, string])[] = [
  ['iptables-legacy-restore', '--version'],
  ['ip6tables-legacy-restore', '--version'],
  ['nft', '--version'],
  ['ip', '-V'],
  ['conntrack', '--version'],
]

/** Says whether this process can start a kernel oracle: root, a TUN device, the tools and koffi. Never throws. */
export function oracleAvailable(): Availability {
  const no = (reason: string): Availability => ({ ok: false, reason })
  if (process.platform !== 'linux') return no(`not Linux but ${process.platform}`)
  if (process.getuid?.() !== 0) return no('not root')
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK)
  } catch {
    return no('/dev/net/tun cannot be opened')
  }
  for (const [tool, argument] of tools) {
    if (spawnSync(tool, [argument], { stdio: 'ignore' }).status !== 0) return no(`${tool} does not run`)
  }
  try {
    libc()
  } catch {
    return no('koffi does not load')
  }
  const probe = spawnSync('unshare', ['-n', 'iptables-legacy-save', '-t', 'filter'], { encoding: 'utf8' })
  return probe.status === 0 ? { ok: true } : no(`no network namespace with iptables-legacy: ${probe.stderr.trim()}`)
}
