/** Options whose count stays zero on one side in every run, and why. */

/** Reasons by what is zero; `all` for every column, and, at an extension, for its options too. */
export interface Unheld {
  readonly all?: string
  readonly held?: string
  readonly missed?: string
  readonly inverted?: string
}

const notHere = (what: string): Unheld => ({ all: `not in this kernel: ${what}` })
const noLink = 'TUN devices have no link-layer header'
const noIpsec: Unheld = { all: 'asked only of packets that came through IPsec, and none does' }
const noFingerprints: Unheld = { held: 'no fingerprints are loaded' }

/** Reasons by row of the matrix. */
export const unheld: Readonly<Record<string, Unheld>> = {
  'match bpf --object-pinned': { all: 'no program is pinned' },
  'match cgroup --cgroup': {
    held: 'only packets without a socket are asked: hookline does not know the class of processes',
  },
  'match eui64': { held: noLink },
  'match ipvs': notHere('IPVS'),
  'match mac': { held: noLink },
  'match mac --mac-source': { held: noLink },
  'match nfacct': { missed: 'an object without a quota holds for every packet' },
  'match nfacct --nfacct-name': { missed: 'an object without a quota holds for every packet' },
  'match osf': noFingerprints,
  'match osf --genre': noFingerprints,
  'match osf --log': noFingerprints,
  'match osf --ttl': noFingerprints,
  ...Object.fromEntries(
    ['mode', 'next', 'proto', 'reqid', 'spi', 'strict', 'tunnel-dst', 'tunnel-src'].map((name) => [
      `match policy --${name}`,
      noIpsec,
    ]),
  ),
  'match socket --transparent': { held: 'no list tells which sockets are transparent, so none is' },
  'target CLUSTERIP': notHere('ipt_CLUSTERIP went with Linux 6.3'),
  'target CT --timeout': { all: 'no timeout policy is made' },
  'target LED': notHere('LED triggers'),
  'target SECMARK': notHere('a security module with labels'),
  'target ULOG': notHere('ipt_ULOG went with Linux 3.17'),
}
