/** The namespace as a host directory: the files hookline reads instead of asking a kernel. */
import { run } from './namespace.ts'
import { baseSysctls, type Topology } from './topology.ts'

/** File texts by their names in a host directory, rules apart. */
export interface HostFiles {
  readonly 'addr.json': string
  readonly 'link.json': string
  readonly 'route.json': string
  readonly 'rule.json': string
  readonly 'sysctl.conf': string
}

/**
 * Describes the calling thread's namespace. `route.json` has the routes of every table, IPv4 first, then IPv6, each as
 * `ip -j route show table all` prints it; `rule.json` likewise.
 */
export function hostFiles(topology: Topology): HostFiles {
  const json = (...argv: string[]) => JSON.parse(run('ip', ['-j', ...argv]) || '[]') as unknown[]
  const both = (...argv: string[]) => JSON.stringify([...json('-4', ...argv), ...json('-6', ...argv)], null, 1)
  const sysctls = { ...baseSysctls, ...topology.sysctls }
  return {
    'addr.json': JSON.stringify(json('addr'), null, 1),
    'link.json': JSON.stringify(json('link'), null, 1),
    'route.json': both('route', 'show', 'table', 'all'),
    'rule.json': both('rule', 'show'),
    'sysctl.conf': `${Object.entries(sysctls)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join('')}`,
  }
}
