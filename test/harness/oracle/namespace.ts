/**
 * A private network namespace of this very thread, with TUN devices, rules and observers.
 *
 * Everything is synchronous: when `write` on a TUN returns, the kernel has finished with the packet, and all it caused
 * waits on our file descriptors. Leaving packets are read from the TUNs; local delivery is reported by an nft chain at
 * the very end of INPUT (which then drops, so that the local stack adds no answer of its own); the rule path comes from
 * the kernel's own TRACE messages, switched on for every packet by an nft chain at the very start.
 *
 * Life-cycle: create, load, send any number of packets, read back, close. The namespace disappears when its last file
 * descriptor is closed or the process ends. Creating moves the calling thread into the new namespace for good.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { errorName, errorNumber, libc, systemError } from './libc.ts'
import { bindLogGroup, type LogMessage, openNetlink, readLogMessages } from './netlink.ts'
import { baseSysctls, type Topology } from './topology.ts'

const CLONE_NEWNET = 0x40000000
const TUNSETIFF = 0x400454ca
const TUNSETPERSIST = 0x400454cb
const IFF_TUN_NO_PI = 0x1001
const O_RDWR_NONBLOCK_CLOEXEC = 0x80802
const SOL_SOCKET = 1
const SO_MARK = 36
const SO_BINDTODEVICE = 25
const AF_INET = 2
const AF_INET6 = 10
const SOCK_RAW_CLOEXEC = 0x80003
const IPPROTO_RAW = 255

/** The NFLOG groups of the oracle's own observers; rules under test must use others. Group 0 is the kernel's TRACE. */
const observerGroups = { trace: 0, delivered: 100, generated: 101 } as const

/** A packet for the kernel: arriving on device `in`, or sent by a local process (`local`). */
export interface OraclePacket {
  readonly in?: string
  readonly local?: boolean
  /** The bytes from the IP header on, in hex. */
  readonly hex: string
  /** The socket's mark, for local packets. */
  readonly mark?: number
  /** The user and group the sending socket belongs to, for local packets; 0 when absent. */
  readonly uid?: number
  readonly gid?: number
  /** The device the sending socket is bound to, for local packets. */
  readonly out?: string
}

/** A packet at a device. */
export interface DevicePacket {
  readonly dev: string
  readonly hex: string
}

/** One step of a TRACE: `text` is `table:chain:rule|return|policy:N`; `in` and `out` are names, empty where none. */
export interface TraceStep {
  readonly text: string
  readonly in: string
  readonly out: string
  readonly mark: number
  readonly hex: string
}

/** Everything the kernel did between the arrival of one packet and its end, without interpretation. */
export interface Observation {
  readonly outputs: readonly DevicePacket[]
  readonly delivered: readonly DevicePacket[]
  readonly steps: readonly TraceStep[]
  /** What entered OUTPUT, before any rule: the packet itself when local, and answers (ICMP errors, resets). */
  readonly generated: readonly string[]
  /** The reason `write` or `sendto` failed, such as `EPERM`. */
  readonly error?: string
  /** Change of the memory that held fragments use, in bytes; IPv4 only. */
  readonly fragmentMemory: number
}

/** Runs a tool inside the namespace and returns its standard output. Throws with the tool's standard error. */
export function run(file: string, argv: readonly string[], input = ''): string {
  try {
    return execFileSync(file, argv, { input, encoding: 'utf8', stdio: 'pipe', maxBuffer: 1 << 28 })
  } catch (error) {
    const stderr = (error as { stderr?: unknown }).stderr
    throw new Error(`${file}: ${String(stderr ?? '').trim() || String(error)}`)
  }
}

/** Sets a sysctl of the calling thread's namespace. Throws when it does not exist or refuses the value. */
function writeSysctl(key: string, value: string | number): void {
  const path = key.includes('/') ? key : key.replaceAll('.', '/')
  writeFileSync(`/proc/sys/${path}`, String(value))
}

function observerRules(): string {
  const { delivered, generated } = observerGroups
  const table = (family: string, stackNoise: string) => `table ${family} oracle {
  chain pre { type filter hook prerouting priority -2147483648; meta nftrace set 1; }
  chain out { type filter hook output priority -2147483648; ${stackNoise}
    log group ${generated} queue-threshold 1; meta nftrace set 1; }
  chain inp { type filter hook input priority 2147483647; log group ${delivered} queue-threshold 1; drop; }
}
`
  // The stack's own multicast listener reports would leave at moments of their own.
  return table('ip', '') + table('ip6', 'ip6 daddr ff02::16 icmpv6 type 143 ip6 hoplimit 1 drop;')
}

export class Namespace {
  private readonly tuns = new Map<string, number>()
  private readonly names = new Map<number, string>([[0, '']])
  private readonly sockets = new Map<string, number>()
  private readonly observed: number
  private readonly traced: number
  private readonly buffer = Buffer.alloc(1 << 17)

  /** Moves the calling thread into a new namespace built as the topology says. Throws when the kernel refuses a part. */
  constructor(topology: Topology, options: { traceBytes?: boolean } = {}) {
    if (libc().unshare(CLONE_NEWNET) !== 0) throw systemError('unshare(CLONE_NEWNET)')
    for (const [key, value] of Object.entries(baseSysctls)) writeSysctl(key, value)
    for (const device of topology.devices) this.tuns.set(device.name, openTun(device.name))
    this.configure(topology)
    // The observers are registered before any rule: the kernel puts a later hook of equal priority in front, so that
    // conntrack's confirm hook, at the end of INPUT too, still runs before our drop.
    run('nft', ['-f', '-'], observerRules())
    this.observed = openNetlink()
    bindLogGroup(this.observed, observerGroups.delivered, 65535)
    bindLogGroup(this.observed, observerGroups.generated, 65535)
    this.traced = openNetlink()
    bindLogGroup(this.traced, observerGroups.trace, options.traceBytes ? 65535 : 0)
    this.collect()
  }

  private configure(topology: Topology): void {
    const lines = ['link set lo up']
    for (const { name, addresses, mtu } of topology.devices) {
      for (const address of addresses)
        lines.push(`addr add ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}`)
      lines.push(`link set ${name} up txqueuelen 10000 mtu ${mtu ?? 1500}`)
    }
    const plain = topology.routes.filter((line) => !line.startsWith('-6 ')).map((line) => `route ${line}`)
    plain.push(...topology.rules.filter((line) => !line.startsWith('-6 ')).map((line) => `rule ${line}`))
    run('ip', ['-batch', '-'], `${[...lines, ...plain].join('\n')}\n`)
    const ipv6 = topology.routes.filter((line) => line.startsWith('-6 ')).map((line) => `route ${line.slice(3)}`)
    ipv6.push(...topology.rules.filter((line) => line.startsWith('-6 ')).map((line) => `rule ${line.slice(3)}`))
    if (ipv6.length > 0) run('ip', ['-6', '-batch', '-'], `${ipv6.join('\n')}\n`)
    for (const [key, value] of Object.entries(topology.sysctls)) writeSysctl(key, value)
    waitForIpv6(
      topology.devices.flatMap(({ addresses }) => addresses.filter((address) => address.includes(':'))).length,
    )
    for (const name of ['lo', ...this.tuns.keys()]) this.names.set(libc().if_nametoindex(name), name)
  }

  /** Loads an iptables-save text of either family. Throws with the tool's words when tool or kernel refuse it. */
  load(version: 4 | 6, text: string): void {
    run(version === 4 ? 'iptables-legacy-restore' : 'ip6tables-legacy-restore', [], text)
  }

  /** Sends one packet and reports all it caused. */
  send(packet: OraclePacket): Observation {
    const bytes = Buffer.from(packet.hex, 'hex')
    const fragment = isFragment(bytes)
    const before = fragment ? fragmentMemory() : 0
    const error = packet.local ? this.sendLocally(packet, bytes) : this.arrive(packet.in ?? 't0', bytes)
    const observation = this.collect()
    const memory = fragment ? fragmentMemory() - before : 0
    return { ...observation, fragmentMemory: memory, ...(error === undefined ? {} : { error }) }
  }

  /** `iptables-save -c` of either family; tables that are not there are not listed. */
  save(version: 4 | 6): string {
    return run(version === 4 ? 'iptables-legacy-save' : 'ip6tables-legacy-save', ['-c'])
  }

  /** `iptables-save -t TABLE` of either family, without counters. */
  saveTable(version: 4 | 6, table: string): string {
    return run(version === 4 ? 'iptables-legacy-save' : 'ip6tables-legacy-save', ['-t', table])
  }

  /** `conntrack -L -o extended` of one version or both; the kernel walks a large table for each, 9 ms. */
  conntrack(version?: 4 | 6): string {
    const names = ['ipv4', 'ipv6'].filter((name) => version === undefined || name === `ipv${version}`)
    return names.map((name) => run('conntrack', ['-L', '-o', 'extended', '-f', name])).join('')
  }

  /** Closes every file descriptor, so that the namespace can go when the thread moves on or ends. */
  close(): void {
    for (const fd of [...this.tuns.values(), ...this.sockets.values(), this.observed, this.traced]) libc().close(fd)
    this.tuns.clear()
    this.sockets.clear()
  }

  private arrive(device: string, bytes: Buffer): string | undefined {
    const fd = this.tuns.get(device)
    if (fd === undefined) throw new Error(`no device ${device} in this namespace`)
    return libc().write(fd, bytes, bytes.length) < 0 ? errorName(libc().errno()) : undefined
  }

  private sendLocally(packet: OraclePacket, bytes: Buffer): string | undefined {
    const version = (bytes[0] ?? 0) >> 4
    if (bytes.length < (version === 6 ? 40 : 20)) return 'EINVAL'
    const fd = this.rawSocket(version, packet)
    const mark = Buffer.alloc(4)
    mark.writeUInt32LE(packet.mark ?? 0, 0)
    if (libc().setsockopt(fd, SOL_SOCKET, SO_MARK, mark, 4) < 0) throw systemError('SO_MARK')
    const address = Buffer.alloc(version === 6 ? 28 : 16)
    address.writeUInt16LE(version === 6 ? AF_INET6 : AF_INET, 0)
    bytes.copy(address, version === 6 ? 8 : 4, version === 6 ? 24 : 16, version === 6 ? 40 : 20)
    const sent = libc().sendto(fd, bytes, bytes.length, 0, address, address.length)
    return sent < 0 ? errorName(libc().errno()) : undefined
  }

  private rawSocket(version: number, packet: OraclePacket): number {
    const key = `${version} ${packet.uid ?? 0} ${packet.gid ?? 0} ${packet.out ?? ''}`
    const known = this.sockets.get(key)
    if (known !== undefined) return known
    // Only the file system ids change: they are what `-m owner` reads, and the capability to open raw sockets stays.
    libc().setfsgid(packet.gid ?? 0)
    libc().setfsuid(packet.uid ?? 0)
    const fd = libc().socket(version === 6 ? AF_INET6 : AF_INET, SOCK_RAW_CLOEXEC, IPPROTO_RAW)
    libc().setfsuid(0)
    libc().setfsgid(0)
    if (fd < 0) throw systemError('socket(SOCK_RAW)')
    const device = Buffer.from(packet.out ?? '')
    if (device.length > 0 && libc().setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, device.length) < 0)
      throw systemError('SO_BINDTODEVICE')
    this.sockets.set(key, fd)
    return fd
  }

  private collect(): Omit<Observation, 'error' | 'fragmentMemory'> {
    const outputs: DevicePacket[] = []
    for (const [dev, fd] of this.tuns) {
      for (;;) {
        const size = Number(libc().read(fd, this.buffer, this.buffer.length))
        if (size < 0) {
          if (libc().errno() !== errorNumber.EAGAIN) throw systemError(`read ${dev}`)
          break
        }
        outputs.push({ dev, hex: this.buffer.toString('hex', 0, size) })
      }
    }
    const delivered: DevicePacket[] = []
    const generated: string[] = []
    for (const message of readLogMessages(this.observed)) {
      if (message.group === observerGroups.generated) generated.push(message.bytes)
      else delivered.push({ dev: this.nameOf(message.indev), hex: message.bytes })
    }
    const steps = readLogMessages(this.traced)
      .filter(({ prefix }) => prefix.startsWith('TRACE: '))
      .map((m) => this.step(m))
    return { outputs, delivered, generated, steps }
  }

  private step({ prefix, indev, outdev, mark, bytes }: LogMessage): TraceStep {
    return { text: prefix.slice(7).trim(), in: this.nameOf(indev), out: this.nameOf(outdev), mark, hex: bytes }
  }

  private nameOf(index: number): string {
    return this.names.get(index) ?? `#${index}`
  }
}

function openTun(name: string): number {
  const fd = libc().open('/dev/net/tun', O_RDWR_NONBLOCK_CLOEXEC)
  if (fd < 0) throw systemError('open /dev/net/tun')
  const request = Buffer.alloc(40)
  request.write(name, 'latin1')
  request.writeUInt16LE(IFF_TUN_NO_PI, 16)
  if (libc().ioctl(fd, TUNSETIFF, request) < 0) throw systemError(`TUNSETIFF ${name}`)
  // A persistent device goes with its namespace, in the background; otherwise close() would wait for it, 30 ms each.
  if (libc().ioctlNumber(fd, TUNSETPERSIST, 1) < 0) throw systemError(`TUNSETPERSIST ${name}`)
  return fd
}

function isFragment(bytes: Buffer): boolean {
  return bytes.length >= 20 && bytes[0]! >> 4 === 4 && (bytes.readUInt16BE(6) & 0x3fff) !== 0
}

function fragmentMemory(): number {
  return Number(/^FRAG: .*memory (\d+)/m.exec(readFileSync('/proc/thread-self/net/sockstat', 'latin1'))?.[1] ?? 0)
}

/** Flag of an address whose uniqueness is still being asked for. Source: linux/if_addr.h IFA_F_TENTATIVE. */
const TENTATIVE = 0x40
/** Flag of a route to the host itself. Source: linux/ipv6_route.h RTF_LOCAL. */
const LOCAL = 0x80000000

/**
 * The kernel puts IPv6 addresses to use in the background: waits until `count` of them are settled and have their route
 * to the host itself. Throws when that takes longer than five seconds.
 */
function waitForIpv6(count: number): void {
  const deadline = Date.now() + 5000
  while (!isIpv6Settled(count)) {
    if (Date.now() > deadline) throw new Error('the IPv6 addresses of the namespace did not settle')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
  }
}

function isIpv6Settled(count: number): boolean {
  const lines = (file: string): string[][] =>
    readFileSync(`/proc/thread-self/net/${file}`, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.trim().split(/\s+/))
  const own = lines('if_inet6').filter(([, , , , , name]) => name !== 'lo')
  if (own.length < count || own.some(([, , , , flags]) => Number.parseInt(flags ?? '0', 16) & TENTATIVE)) return false
  const local = new Set(
    lines('ipv6_route')
      .filter((route) => Number.parseInt(route[8] ?? '0', 16) >= LOCAL)
      .map(([to]) => to),
  )
  return own.every(([address]) => local.has(address))
}
