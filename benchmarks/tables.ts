import { extensions } from '../src/host/extensions.ts'
import type { Family, Table } from '../src/netfilter/glossary.ts'
import { packet as build } from '../src/packet/build.ts'
import { Packet } from '../src/packet/packet.ts'
import { restoreRuleset } from '../src/xtables/index.ts'

const address = (family: Family, index: number): string =>
  family === 4 ? `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` : `fd00::${(index + 1).toString(16)}`

/** A chain of `count` rules, each for another source and port, as blocklists and generators write them. */
export function hostRules(count: number, family: Family): string {
  const lines = ['*filter', ':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]']
  for (let index = 0; index < count; index++) {
    const source = `${address(family, index)}/${family === 4 ? 32 : 128}`
    lines.push(`-A FORWARD -s ${source} -i eth0 -p tcp -m tcp --dport ${1024 + (index % 60000)} -j DROP`)
  }
  return [...lines, 'COMMIT', ''].join('\n')
}

/** A chain of `count` rules with networks of many sizes, ranges and negations: nothing to look them up by. */
export function mixedRules(count: number, family: Family): string {
  const lines = ['*filter', ':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]']
  const longest = family === 4 ? 32 : 128
  for (let index = 0; index < count; index++) {
    const network = `${address(family, index * 37)}/${longest - (index % 9)}`
    const port = 1024 + (index % 60000)
    const kinds = [
      `-s ${network} -i eth0 -p tcp -m tcp --dport ${port}:${port + 9}`,
      `-d ${network} -i eth1 -p udp -m udp --dport ${port}`,
      `! -s ${network} -i eth2 -p tcp -m tcp --sport ${port}`,
      `-p tcp -m tcp --dport ${port}:${port + 3} --tcp-flags FIN,SYN,RST,ACK SYN`,
    ]
    lines.push(`-A FORWARD ${kinds[index % kinds.length]} -j DROP`)
  }
  return [...lines, 'COMMIT', ''].join('\n')
}

/** The services of a cluster as kube-proxy writes them: a dispatch chain, then a chain for each of `count` services. */
export function serviceRules(count: number): string {
  const chains: string[] = []
  const rules: string[] = []
  for (let index = 0; index < count; index++) {
    const service = `KUBE-SVC-${index.toString(36).toUpperCase().padStart(8, '0')}`
    const endpoint = service.replace('SVC', 'SEP')
    chains.push(`:${service} - [0:0]`, `:${endpoint} - [0:0]`)
    const ip = `10.96.${index >> 8}.${index & 255}`
    rules.push(
      `-A SERVICES -d ${ip}/32 -p tcp -m comment --comment "ns/svc-${index}" -m tcp --dport 443 -j ${service}`,
      `-A ${service} ! -s 10.244.0.0/16 -d ${ip}/32 -p tcp -m tcp --dport 443 -j MARK --set-xmark 0x4000/0x4000`,
      `-A ${service} -j ${endpoint}`,
      `-A ${endpoint} -p tcp -m tcp -j DROP`,
    )
  }
  return ['*filter', ':SERVICES - [0:0]', ...chains, '-A FORWARD -j SERVICES', ...rules, 'COMMIT', ''].join('\n')
}

/** The filter table of a text. */
export function filterTable(text: string, family: Family): Table {
  return restoreRuleset(text, family, extensions()).tables.get('filter') as Table
}

/** `count` SYNs from other sources to a port; with `destination`, to that address plus their number. */
export function packets(
  family: Family,
  count: number,
  dport: number,
  destination?: (index: number) => string,
): Packet[] {
  return Array.from({ length: count }, (_, index) => {
    const packet = new Packet().load(
      build.tcp({
        source: family === 4 ? `192.168.${index}.7` : `fd01::${index + 1}`,
        destination: destination?.(index) ?? (family === 4 ? '192.0.2.1' : '2001:db8::1'),
        dport,
      }),
    )
    packet.parse()
    packet.inDevice = { name: 'eth0', index: 2, link: 'none', mtu: 1500, up: true, mac: null, addresses: [] }
    return packet
  })
}
