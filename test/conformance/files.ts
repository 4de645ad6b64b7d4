/** The host directory hookline reads, as the namespaces of conformance runs are. */
import { type HostFiles, hostFiles } from '../harness/oracle/hostfiles.ts'
import { Namespace } from '../harness/oracle/namespace.ts'
import { conformanceTopology } from './generate/pools.ts'
import type { RulesetCase } from './generate/rule.ts'

/** Describes a new namespace with the given settings; without any, the one all cases share. */
export function describeNamespace(sysctls: Readonly<Record<string, string>> = {}): HostFiles {
  const namespace = new Namespace({ ...conformanceTopology, sysctls: { ...conformanceTopology.sysctls, ...sysctls } })
  const files = hostFiles(conformanceTopology)
  namespace.close()
  return files
}

/** Turning IPv6 forwarding off takes anycast addresses and their routes away, so such a case has files of its own. */
export function filesFor({ sysctls = {} }: RulesetCase, usual: HostFiles): HostFiles {
  return Object.keys(sysctls).some((key) => /ipv6\..*forwarding/.test(key)) ? describeNamespace(sysctls) : usual
}
