/**
 * Asks the real xtables-monitor. Run inside a network namespace of its own (`unshare -n`) with a scenario's name; prints
 * what the tool printed.
 *
 * Ethernet devices are TAPs, others TUNs. A last packet marks the end: when its lines are there, all others are.
 */
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { parsePacketText } from '../../../src/packet/language.ts'
import { fromHex } from '../../../src/util/bytes.ts'
import { libc, systemError } from '../oracle/libc.ts'
import { readScenarios, type Scenario } from './scenario.ts'

const TUNSETIFF = 0x400454ca
const IFF_TUN = 0x1001
const IFF_TAP = 0x1002
const AF_INET = 2
const SOCK_RAW = 3
const IPPROTO_RAW = 255
const SO_MARK = 36

/** The port of the packet that marks the end. */
const LAST_PORT = 65535

interface Link {
  readonly ifname: string
  readonly link_type: string
  readonly address?: string
  readonly addr_info: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[]
}

const scenario = readScenarios().find((one) => one.name === process.argv[2])
if (scenario === undefined) throw new Error(`there is no scenario ${process.argv[2]}`)
process.stdout.write(await ask(scenario))

async function ask({ files, packets }: Scenario): Promise<string> {
  const links = (JSON.parse(files.addr ?? '[]') as Link[]).filter((one) => one.ifname !== 'lo')
  const isIpv6 = files.rulesV6 !== undefined
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
  writeFileSync('/proc/sys/net/ipv6/conf/default/disable_ipv6', isIpv6 ? '0' : '1')
  writeFileSync('/proc/sys/net/ipv6/conf/all/forwarding', '1')
  const devices = new Map(links.map((link) => [link.ifname, openDevice(link)]))
  execFileSync('ip', ['-batch', '-'], { input: commands(links) })
  if (packets[0]?.local) execFileSync('ip', ['route', 'add', 'default', 'dev', links[0]?.ifname ?? ''])
  for (const [tool, text] of [
    ['iptables-nft-restore', files.rulesV4],
    ['ip6tables-nft-restore', files.rulesV6],
  ] as const) {
    if (text !== undefined) execFileSync(tool, [], { input: text })
  }
  const output = `${tmpdir()}/hookline-monitor-${process.pid}`
  const file = openSync(output, 'w')
  const monitor = spawn('stdbuf', ['-oL', 'xtables-monitor', '--trace'], { stdio: ['ignore', file, 'inherit'] })
  try {
    await until(() => isListening(), 'xtables-monitor listens')
    for (const packet of packets) {
      const bytes = packet.packet === undefined ? fromHex(packet.hex ?? '') : parsePacketText(packet.packet).bytes
      if (packet.local) sendLocally(bytes, packet.mark ?? 0)
      else write(devices.get(packet.in ?? '') ?? -1, fromHex(packet.frame ?? ''), bytes)
    }
    const [first] = links as [Link]
    const [last, from] = endPacket(first, packets[0]?.local === true)
    if (from === 'local') sendLocally(last, 0)
    else write(devices.get(first.ifname) ?? -1, endHeader(first, isIpv6), last)
    const end = new RegExp(`^PACKET: .*DPORT=${LAST_PORT} [^]*\\n TRACE: .*\\n`, 'm')
    await until(() => end.test(readFileSync(output, 'utf8')), 'the last packet is told')
    const text = readFileSync(output, 'utf8')
    return text.slice(0, end.exec(text)?.index)
  } finally {
    monitor.kill()
    closeSync(file)
  }
}

function commands(links: readonly Link[]): string {
  const lines = ['link set lo up']
  for (const { ifname, link_type, address, addr_info } of links) {
    if (link_type === 'ether') lines.push(`link set ${ifname} address ${address}`)
    lines.push(`link set ${ifname} up`)
    for (const { family, local, prefixlen } of addr_info) {
      lines.push(`addr add ${local}/${prefixlen} dev ${ifname}${family === 'inet6' ? ' nodad' : ''}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function openDevice({ ifname, link_type }: Link): number {
  const fd = libc().open('/dev/net/tun', 2)
  if (fd < 0) throw systemError('open /dev/net/tun')
  const request = Buffer.alloc(40)
  request.write(ifname, 'latin1')
  request.writeUInt16LE(link_type === 'ether' ? IFF_TAP : IFF_TUN, 16)
  if (libc().ioctl(fd, TUNSETIFF, request) < 0) throw systemError(`TUNSETIFF ${ifname}`)
  return fd
}

function write(fd: number, header: Uint8Array, bytes: Uint8Array): void {
  const frame = Buffer.concat([header, bytes])
  if (libc().write(fd, frame, frame.length) < 0) throw systemError('write to a device')
}

function sendLocally(bytes: Uint8Array, mark: number): void {
  const fd = libc().socket(AF_INET, SOCK_RAW, IPPROTO_RAW)
  if (fd < 0) throw systemError('socket')
  const value = Buffer.alloc(4)
  value.writeUInt32LE(mark)
  if (libc().setsockopt(fd, 1, SO_MARK, value, 4) < 0) throw systemError('SO_MARK')
  const address = Buffer.alloc(16)
  address.writeUInt16LE(AF_INET, 0)
  address.set(bytes.subarray(16, 20), 4)
  // A rule may drop it, which the sender is told.
  libc().sendto(fd, Buffer.from(bytes), bytes.length, 0, address, address.length)
  libc().close(fd)
}

/** A packet that is traced as the others are: sent by the host where they are. */
function endPacket({ addr_info }: Link, local: boolean): [bytes: Uint8Array, from: 'local' | 'device'] {
  const own = addr_info[0]?.local ?? ''
  const ends = own.includes(':') ? `[2001:db8::1]:1 > [${own}]` : `203.0.113.1:1 > ${own}`
  const text = local ? `udp ${own}:1 > 203.0.113.1` : `udp ${ends}`
  return [parsePacketText(`${text}:${LAST_PORT}`).bytes, local ? 'local' : 'device']
}

function endHeader({ link_type, address = '' }: Link, isIpv6: boolean): Uint8Array {
  if (link_type !== 'ether') return new Uint8Array(0)
  return fromHex(`${address.replaceAll(':', '')}02ff000000ff${isIpv6 ? '86dd' : '0800'}`)
}

/** Whether a process of the namespace listens to netfilter's messages. */
function isListening(): boolean {
  const rows = readFileSync('/proc/net/netlink', 'latin1').split('\n').slice(1)
  return rows
    .map((row) => row.trim().split(/\s+/))
    .some(([, protocol, , groups]) => protocol === '12' && groups !== '00000000')
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (holds()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`gave up waiting until ${what}`)
}
