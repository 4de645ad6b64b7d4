import { PROTOCOL } from './protocols.ts'

/**
 * Service names that rule files use, with their port (same for TCP and UDP unless noted by protocol).
 * Source: IANA "Service Name and Transport Protocol Port Number Registry".
 */
const SERVICES: Readonly<Record<string, number>> = {
  tcpmux: 1,
  echo: 7,
  discard: 9,
  systat: 11,
  daytime: 13,
  netstat: 15,
  qotd: 17,
  chargen: 19,
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  mail: 25,
  time: 37,
  whois: 43,
  tacacs: 49,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  gopher: 70,
  finger: 79,
  http: 80,
  www: 80,
  kerberos: 88,
  'iso-tsap': 102,
  pop3: 110,
  'pop-3': 110,
  sunrpc: 111,
  portmapper: 111,
  auth: 113,
  ident: 113,
  nntp: 119,
  ntp: 123,
  epmap: 135,
  'netbios-ns': 137,
  'netbios-dgm': 138,
  'netbios-ssn': 139,
  imap2: 143,
  imap: 143,
  snmp: 161,
  'snmp-trap': 162,
  snmptrap: 162,
  bgp: 179,
  irc: 194,
  ldap: 389,
  https: 443,
  'microsoft-ds': 445,
  kpasswd: 464,
  submissions: 465,
  isakmp: 500,
  exec: 512,
  login: 513,
  shell: 514,
  syslog: 514,
  printer: 515,
  rtsp: 554,
  ipp: 631,
  submission: 587,
  nntps: 563,
  ldaps: 636,
  rsync: 873,
  'ftps-data': 989,
  ftps: 990,
  telnets: 992,
  imaps: 993,
  pop3s: 995,
  socks: 1080,
  openvpn: 1194,
  'ms-sql-s': 1433,
  'ms-sql-m': 1434,
  l2f: 1701,
  radius: 1812,
  'radius-acct': 1813,
  nfs: 2049,
  git: 9418,
  mysql: 3306,
  'ms-wbt-server': 3389,
  svn: 3690,
  sip: 5060,
  'sip-tls': 5061,
  mdns: 5353,
  postgresql: 5432,
  amqp: 5672,
  x11: 6000,
  redis: 6379,
  'http-alt': 8080,
  webcache: 8080,
}

/** Names that exist for one transport only. */
const ONLY_TCP = new Set(['shell', 'exec', 'login', 'ftp', 'ftp-data', 'telnet'])
const ONLY_UDP = new Set(['syslog', 'tftp', 'bootps', 'bootpc'])

/** The port of a service name for a transport protocol number, else undefined. */
export function serviceNumber(name: string, protocol: number): number | undefined {
  if (ONLY_TCP.has(name) && protocol === PROTOCOL.udp) return undefined
  if (ONLY_UDP.has(name) && protocol === PROTOCOL.tcp) return undefined
  return Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined
}

/** Every service name that {@link serviceNumber} knows. */
export function serviceNames(): readonly string[] {
  return Object.keys(SERVICES)
}
