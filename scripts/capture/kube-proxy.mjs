#!/usr/bin/env node
/**
 * Prints what kube-proxy (iptables mode, 1.28) gives to `iptables-restore --noflush` for a list of services.
 * Chain names are the real ones: base32 of SHA-256 of "namespace/name:port" + protocol (+ endpoint), 16 characters.
 */
import { createHash } from 'node:crypto'

const hash = (text) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let bits = ''
  for (const byte of createHash('sha256').update(text).digest()) bits += byte.toString(2).padStart(8, '0')
  return Array.from({ length: 16 }, (_, at) => alphabet[Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2)]).join('')
}

const pods = '10.244.0.0/16'
const endpoints = (port) => ['10.244.1.5', '10.244.2.5', '10.244.3.5'].map((address) => `${address}:${port}`)
const services = [
  { name: 'default/web:http', protocol: 'tcp', address: '10.96.0.20', port: 80, endpoints: endpoints(8080) },
  {
    name: 'default/api:http',
    protocol: 'tcp',
    address: '10.96.0.30',
    port: 80,
    endpoints: endpoints(9090),
    nodePort: 30080,
  },
  {
    name: 'default/cart:grpc',
    protocol: 'tcp',
    address: '10.96.0.40',
    port: 50051,
    endpoints: endpoints(50051),
    affinity: 10800,
  },
  {
    name: 'kube-system/kube-dns:dns',
    protocol: 'udp',
    address: '10.96.0.10',
    port: 53,
    endpoints: ['10.244.1.5:53', '10.244.2.5:53'],
  },
  { name: 'default/gone:http', protocol: 'tcp', address: '10.96.0.50', port: 80, endpoints: [] },
]

const filter = []
const chains = []
const nat = []
const nodePorts = []
for (const { name, protocol, address, port, endpoints: backends, nodePort, affinity } of services) {
  const proto = `-m ${protocol} -p ${protocol}`
  if (backends.length === 0) {
    filter.push(
      `-A KUBE-SERVICES -m comment --comment "${name} has no endpoints" ${proto} -d ${address} --dport ${port} -j REJECT`,
    )
    continue
  }
  const service = `KUBE-SVC-${hash(name + protocol)}`
  chains.push(service)
  nat.push(
    `-A KUBE-SERVICES -m comment --comment "${name} cluster IP" ${proto} -d ${address} --dport ${port} -j ${service}`,
  )
  if (nodePort) {
    const external = `KUBE-EXT-${hash(name + protocol)}`
    chains.push(external)
    nodePorts.push(`-A KUBE-NODEPORTS -m comment --comment ${name} ${proto} --dport ${nodePort} -j ${external}`)
    nat.push(
      `-A ${external} -m comment --comment "masquerade traffic for ${name} external destinations" -j KUBE-MARK-MASQ`,
    )
    nat.push(`-A ${external} -j ${service}`)
  }
  nat.push(
    `-A ${service} -m comment --comment "${name} cluster IP" ${proto} -d ${address} --dport ${port} ! -s ${pods} -j KUBE-MARK-MASQ`,
  )
  const separate = backends.map((backend) => `KUBE-SEP-${hash(name + protocol + backend)}`)
  if (affinity) {
    for (const [at, backend] of backends.entries()) {
      const list = separate[at]
      nat.push(
        `-A ${service} -m comment --comment "${name} -> ${backend}" -m recent --name ${list} --rcheck --seconds ${affinity} --reap -j ${list}`,
      )
    }
  }
  for (const [at, backend] of backends.entries()) {
    const left = backends.length - at
    const random = left > 1 ? `-m statistic --mode random --probability ${(1 / left).toFixed(10)} ` : ''
    nat.push(`-A ${service} -m comment --comment "${name} -> ${backend}" ${random}-j ${separate[at]}`)
  }
  for (const [at, backend] of backends.entries()) {
    const endpoint = separate[at]
    chains.push(endpoint)
    nat.push(`-A ${endpoint} -m comment --comment ${name} -s ${backend.split(':')[0]} -j KUBE-MARK-MASQ`)
    const remember = affinity ? `-m recent --name ${endpoint} --set ` : ''
    nat.push(`-A ${endpoint} -m comment --comment ${name} ${remember}${proto} -j DNAT --to-destination ${backend}`)
  }
}

console.log(`*filter
:KUBE-SERVICES - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
${filter.join('\n')}
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
${chains.map((chain) => `:${chain} - [0:0]`).join('\n')}
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
${[...nodePorts, ...nat].join('\n')}
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
COMMIT`)
