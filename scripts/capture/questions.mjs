#!/usr/bin/env node
/**
 * Asks the kernel what each captured host does with a list of packets and writes fixtures/NAME/kernel.json: the rules
 * that were traced, and how the packet ended. The questions are fixed, so that a second run gives the same file (but for
 * what is drawn by chance: endpoints and ports of kube-proxy).
 *
 *   questions.mjs [NAME...]     needs root; every host without names
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
let port = 50000
const tcp = (device, source, destination, flags = 'S') =>
  `${device} tcp ${source}:${port++} > ${destination} [${flags}]`
const udp = (device, source, destination) => `${device} udp ${source}:${port++} > ${destination}`
const icmp = (device, source, destination) => `${device} icmp ${source} > ${destination}`
const tcp6 = (device, source, destination) => `${device} tcp [${source}]:${port++} > ${destination} [S]`

/** What every host is asked, over eth0. */
const common = () => [
  ...['22', '80', '443', '3306', '8080', '8443'].map((to) => tcp('eth0', '203.0.113.9', `192.0.2.10:${to}`)),
  ...['203.0.113.5', '203.0.113.66', '203.0.113.99', '203.0.113.200', '198.51.100.7', '198.51.100.200'].flatMap(
    (from) => [tcp('eth0', from, '192.0.2.10:22'), tcp('eth0', from, '192.0.2.10:80')],
  ),
  ...['.', 'SF', 'FPU', 'R', 'S.', 'FS'].map((flags) => tcp('eth0', '203.0.113.9', '192.0.2.10:80', flags)),
  ...['53', '67', '137', '500', '60001'].map((to) => udp('eth0', '203.0.113.9', `192.0.2.10:${to}`)),
  udp('eth0', '192.0.2.77', '192.0.2.255:137'),
  udp('eth0', '192.0.2.77', '255.255.255.255:68'),
  udp('eth0', '192.0.2.77', '224.0.0.251:5353'),
  icmp('eth0', '203.0.113.9', '192.0.2.10'),
  icmp('eth0', '198.51.100.7', '192.0.2.10'),
  tcp('eth0', '127.0.0.1', '192.0.2.10:22'),
  tcp('eth0', '192.0.2.10', '192.0.2.10:22'),
  tcp('eth0', '0.0.0.0', '192.0.2.10:22'),
  tcp('eth0', '203.0.113.9', '127.0.0.1:22'),
  tcp('eth0', '203.0.113.9', '198.51.100.9:80'),
  tcp('eth0', '10.0.0.5', '192.0.2.10:22'),
  tcp('eth0', '172.17.0.2', '192.0.2.10:22'),
  ...['22', '80', '3306'].map((to) => tcp6('eth0', '2001:db8:f::9', `[2001:db8::10]:${to}`)),
  tcp6('eth0', '2001:db8:f::bad', '[2001:db8::10]:22'),
  tcp6('eth0', '2001:db8:f::5', '[2001:db8::10]:22'),
  tcp6('eth0', '2001:db8:f::9', '[2001:db8:1::80]:80'),
  'eth0 icmp6 2001:db8:f::9 > 2001:db8::10',
]

/** From a LAN behind eth1. */
const lan = () => [
  ...['22', '53', '80'].map((to) => tcp('eth1', '10.0.0.7', `10.0.0.1:${to}`)),
  udp('eth1', '10.0.0.7', '10.0.0.1:53'),
  tcp('eth1', '10.0.0.7', '203.0.113.9:443'),
  udp('eth1', '10.0.0.7', '203.0.113.9:53'),
  icmp('eth1', '10.0.0.7', '203.0.113.9'),
  tcp('eth1', '10.0.0.7', '192.0.2.10:8080'),
  tcp('eth1', '203.0.113.9', '192.0.2.10:22'),
]

const containers = () => [
  tcp('eth0', '203.0.113.9', '172.17.0.2:80'),
  tcp('eth0', '203.0.113.9', '172.17.0.2:22'),
  tcp('eth0', '203.0.113.9', '172.18.0.2:80'),
  tcp('docker0', '172.17.0.2', '203.0.113.9:443'),
  udp('docker0', '172.17.0.2', '203.0.113.9:53'),
  icmp('docker0', '172.17.0.2', '203.0.113.9'),
  tcp('docker0', '172.17.0.2', '172.18.0.2:80'),
  tcp('docker0', '172.17.0.2', '172.17.0.1:22'),
  tcp('docker0', '172.17.0.2', '192.0.2.10:8080'),
  tcp('br-5f1c3a9e7b24', '172.18.0.2', '172.17.0.2:80'),
  tcp('br-5f1c3a9e7b24', '172.18.0.2', '192.0.2.10:22'),
  tcp('br-5f1c3a9e7b24', '172.18.0.2', '203.0.113.9:443'),
]

const more = {
  docker: containers,
  'docker-ufw': containers,
  ferm: lan,
  firewalld: lan,
  shorewall: lan,
  'kube-proxy': () => [
    ...['20:80', '20:443', '30:80', '50:80'].map((to) => tcp('cni0', '10.244.1.5', `10.96.0.${to}`)),
    udp('cni0', '10.244.1.5', '10.96.0.10:53'),
    tcp('cni0', '10.244.1.5', '10.244.2.5:8080'),
    tcp('cni0', '10.244.1.5', '203.0.113.9:443'),
    tcp('cni0', '10.244.1.5', '10.244.1.1:10250'),
    tcp('eth0', '203.0.113.9', '192.0.2.10:30080'),
    tcp('eth0', '203.0.113.9', '10.96.0.20:80'),
    tcp('eth0', '10.244.2.5', '10.244.1.5:8080'),
    tcp('eth0', '192.0.2.11', '192.0.2.10:10250'),
  ],
  istio: () =>
    ['15001', '15006', '15008', '15020', '15021', '15090'].map((to) => tcp('eth0', '203.0.113.9', `192.0.2.10:${to}`)),
}
more['istio-tproxy'] = more.istio

/** The LOG rules of a host that spend tokens, as TRACE names them: whether they match depends on the clock. */
const clocked = (host) => {
  const found = new Set()
  for (const file of ['rules.v4', 'rules.v6']) {
    let table = ''
    const counted = new Map()
    for (const line of readFileSync(`${root}fixtures/${host}/${file}`, 'utf8').split('\n')) {
      if (line.startsWith('*')) {
        table = line.slice(1)
        counted.clear()
      }
      const chain = / -A (\S+)/.exec(line)?.[1]
      if (chain === undefined) continue
      counted.set(chain, (counted.get(chain) ?? 0) + 1)
      if (/ -m (hash)?limit .*-j LOG/.test(line)) found.add(`${table}/${chain}:${counted.get(chain)}`)
    }
  }
  return found
}

/** What kube-proxy's rules draw by chance is cut off: the trace ends where an endpoint is chosen, and no end is told. */
const settle = (answer) => {
  const chance = answer.trace.findIndex((line) => line.includes('/KUBE-SVC-'))
  if (chance < 0) return answer
  return { in: answer.in, packet: answer.packet, trace: answer.trace.slice(0, chance), end: 'chance' }
}

const hosts = readdirSync(`${root}scripts/capture/hosts`).map((name) => name.replace(/\.sh$/, ''))
for (const host of process.argv.length > 2 ? process.argv.slice(2) : hosts) {
  port = 50000
  const questions = [...common(), ...(more[host]?.() ?? [])]
  const argv = [`${root}scripts/capture/host.sh`, host, '-', 'python3', `${root}scripts/capture/probe.py`, '--json']
  const { stdout, stderr } = spawnSync('bash', argv, { input: questions.join('\n'), encoding: 'utf8' })
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  const leftOut = clocked(host)
  const answers = lines.map((line) => {
    const answer = settle(JSON.parse(line))
    const trace = answer.trace.filter((step) => !leftOut.has(step.split(' ')[0]))
    return JSON.stringify({ ...answer, trace })
  })
  if (answers.length !== questions.length) {
    console.error(
      `skipped ${host}: ${answers.length} answers to ${questions.length} questions: ${stderr.trim().split('\n').at(-1)}`,
    )
    process.exitCode = 3
    continue
  }
  writeFileSync(`${root}fixtures/${host}/kernel.json`, `[\n${answers.map((line) => `  ${line}`).join(',\n')}\n]\n`)
  console.log(`wrote ${host}/kernel.json: ${answers.length} answers`)
}
