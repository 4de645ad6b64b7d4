/** What rules of a run refer to beside sets: UDP sockets, and an object that counts. */
import { libc, systemError } from '../harness/oracle/libc.ts'
import { createCounter, openNetlink } from '../harness/oracle/netlink.ts'

const AF_INET = 2
const AF_INET6 = 10
const SOCK_DGRAM_CLOEXEC = 0x80002
const SOL_SOCKET = 1
const SO_MARK = 36
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26

interface UdpSocket {
  /** 0.0.0.0 where absent, and ::. */
  readonly address?: readonly [text4: string, bytes4: string, text6: string, bytes6: string]
  readonly port: number
  readonly mark: number
}

/** What is delivered is dropped before any of them gets it; only `-m socket` sees them. */
const sockets: readonly UdpSocket[] = [
  { port: 53, mark: 0 },
  { port: 443, mark: 4, address: ['10.0.0.1', '0a000001', 'fd00::1', `fd00${'00'.repeat(13)}01`] },
  { port: 1000, mark: 0, address: ['10.0.2.1', '0a000201', 'fd00:0:0:2::1', `fd00000000000002${'00'.repeat(7)}01`] },
]

/** `ss -H -n -a -t -u -e` of a namespace with {@link createObjects}. */
export const socketsText: string = sockets
  .flatMap(({ address: [four, , six] = ['0.0.0.0', '', '::'], port, mark }) => {
    const more = `ino:1 sk:1${mark === 0 ? '' : ` fwmark:0x${mark.toString(16)}`}`
    return [`udp UNCONN 0 0 ${four}:${port} 0.0.0.0:* ${more}`, `udp UNCONN 0 0 [${six}]:${port} [::]:* ${more}`]
  })
  .map((line) => `${line}\n`)
  .join('')

function bound({ address, port, mark }: UdpSocket, family: number): number {
  const fd = libc().socket(family, SOCK_DGRAM_CLOEXEC, 0)
  if (fd < 0) throw systemError('socket(SOCK_DGRAM)')
  const word = Buffer.alloc(4)
  word.writeUInt32LE(mark)
  if (libc().setsockopt(fd, SOL_SOCKET, SO_MARK, word, 4) < 0) throw systemError('SO_MARK')
  const isV6 = family === AF_INET6
  const name = Buffer.alloc(isV6 ? 28 : 16)
  name.writeUInt16LE(family, 0)
  name.writeUInt16BE(port, 2)
  if (address !== undefined) name.write(isV6 ? address[3] : address[1], isV6 ? 8 : 4, 'hex')
  word.writeUInt32LE(1)
  if (isV6 && libc().setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, word, 4) < 0) throw systemError('IPV6_V6ONLY')
  if (libc().bind(fd, name, name.length) < 0) throw systemError(`bind ${port}`)
  return fd
}

/** Makes the sockets and the counting object in the thread's namespace; what it returns closes the sockets. */
export function createObjects(): () => void {
  const fds = sockets.flatMap((one) => [bound(one, AF_INET), bound(one, AF_INET6)])
  const netlink = openNetlink()
  try {
    createCounter(netlink, 'counted')
  } finally {
    libc().close(netlink)
  }
  return () => {
    for (const fd of fds) libc().close(fd)
  }
}
