import type { HostFiles } from './config.ts'

/** The name of each part in a host directory. */
export const HOST_FILE_NAMES = {
  rulesV4: 'rules.v4',
  rulesV6: 'rules.v6',
  addr: 'addr.json',
  route: 'route.json',
  rule: 'rule.json',
  link: 'link.json',
  sysctl: 'sysctl.conf',
  conntrack: 'conntrack',
  ipset: 'ipset.save',
  sockets: 'sockets.txt',
} as const satisfies Record<keyof HostFiles, string>
