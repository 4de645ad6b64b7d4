/** Netfilter netlink as the oracle needs it: build a request, walk an answer. Source: netlink(7), linux/netfilter/nfnetlink*.h. */
import { errorName, errorNumber, libc, systemError } from './libc.ts'

const AF_NETLINK = 16
const SOCK_RAW = 3
const SOCK_CLOEXEC = 0x80000
const NETLINK_NETFILTER = 12
const SOL_SOCKET = 1
const SO_RCVBUFFORCE = 33
const MSG_DONTWAIT = 0x40
const NLM_F_REQUEST_ACK = 5
const NLMSG_ERROR = 2

/** One attribute: 4 bytes of length and type, the value, padding to 4. */
function attribute(type: number, value: Uint8Array): Buffer {
  const out = Buffer.alloc((4 + value.length + 3) & ~3)
  out.writeUInt16LE(4 + value.length, 0)
  out.writeUInt16LE(type, 2)
  out.set(value, 4)
  return out
}

/** A netfilter request: `type` is subsystem << 8 | message, `resource` is the nfgenmsg res_id (the NFLOG group). */
function request(type: number, family: number, resource: number, body: Uint8Array): Buffer {
  const out = Buffer.alloc(20 + body.length)
  out.writeUInt32LE(out.length, 0)
  out.writeUInt16LE(type, 4)
  out.writeUInt16LE(NLM_F_REQUEST_ACK, 6)
  out.writeUInt32LE(1, 8)
  out.writeUInt8(family, 16)
  out.writeUInt16BE(resource, 18)
  out.set(body, 20)
  return out
}

/** Opens a netfilter netlink socket with room for `bufferSize` bytes of unread messages. Throws when the kernel refuses. */
export function openNetlink(bufferSize = 8 << 20): number {
  const fd = libc().socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER)
  if (fd < 0) throw systemError('socket(AF_NETLINK)')
  const address = Buffer.alloc(12)
  address.writeUInt16LE(AF_NETLINK, 0)
  if (libc().bind(fd, address, 12) < 0) throw systemError('bind(AF_NETLINK)')
  const size = Buffer.alloc(4)
  size.writeUInt32LE(bufferSize, 0)
  if (libc().setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size, 4) < 0) throw systemError('SO_RCVBUFFORCE')
  return fd
}

/** Sends a request and waits for its acknowledgement; throws with the kernel's reason when it is an error. */
function command(fd: number, message: Uint8Array): void {
  if (libc().send(fd, message, message.length, 0) < 0) throw systemError('netlink send')
  const answer = Buffer.alloc(65536)
  if (libc().recv(fd, answer, answer.length, 0) < 0) throw systemError('netlink recv')
  const error = answer.readUInt16LE(4) === NLMSG_ERROR ? answer.readInt32LE(16) : 0
  if (error !== 0) throw new Error(`netlink request: ${errorName(-error)}`)
}

/**
 * Binds an NFLOG group to the socket: every message is handed over at once (threshold 1), with `copyBytes` bytes of
 * the packet (0: none).
 *
 * Source: nfnetlink_log.c, nfulnl_recv_config().
 */
export function bindLogGroup(fd: number, group: number, copyBytes: number): void {
  const config = (4 << 8) | 1
  const mode = Buffer.alloc(6)
  mode.writeUInt32BE(copyBytes, 0)
  mode.writeUInt8(copyBytes > 0 ? 2 : 1, 4)
  command(fd, request(config, 0, group, attribute(1, Buffer.from([1]))))
  command(fd, request(config, 0, group, attribute(2, mode)))
  command(fd, request(config, 0, group, attribute(5, Buffer.from([0, 0, 0, 1]))))
}

/** Makes an object for `-m nfacct`, without a quota. Source: nfnetlink_acct.c, nfnl_acct_new(). */
export function createCounter(fd: number, name: string): void {
  command(fd, request(7 << 8, 0, 0, attribute(1, Buffer.from(`${name}\0`))))
}

/** One NFLOG message; `indev` and `outdev` are interface indexes, 0 where the hook has none. */
export interface LogMessage {
  readonly group: number
  readonly family: number
  readonly hook: number
  readonly indev: number
  readonly outdev: number
  readonly mark: number
  readonly prefix: string
  readonly bytes: string
}

const received = Buffer.alloc(1 << 18)

/** Reads every waiting NFLOG message. Throws on an overrun, because a lost message would make the answer a lie. */
export function readLogMessages(fd: number): LogMessage[] {
  const out: LogMessage[] = []
  for (;;) {
    const size = Number(libc().recv(fd, received, received.length, MSG_DONTWAIT))
    if (size < 0) {
      if (libc().errno() === errorNumber.EAGAIN) return out
      throw systemError('nfnetlink_log recv')
    }
    for (let at = 0; at + 20 <= size; ) {
      const length = received.readUInt32LE(at)
      if (received.readUInt16LE(at + 4) === 4 << 8) out.push(decodeLog(at, at + length))
      at += (length + 3) & ~3
    }
  }
}

function decodeLog(start: number, end: number): LogMessage {
  const message = { group: received.readUInt16BE(start + 18), family: received.readUInt8(start + 16) }
  let hook = -1
  let [indev, outdev, mark, prefix, bytes] = [0, 0, 0, '', '']
  for (let at = start + 20; at + 4 <= end; ) {
    const length = received.readUInt16LE(at)
    const value = at + 4
    switch (received.readUInt16LE(at + 2) & 0x3fff) {
      case 1:
        hook = received.readUInt8(value + 2)
        break
      case 2:
        mark = received.readUInt32BE(value)
        break
      case 4:
        indev = received.readUInt32BE(value)
        break
      case 5:
        outdev = received.readUInt32BE(value)
        break
      case 9:
        bytes = received.toString('hex', value, at + length)
        break
      case 10:
        prefix = received.toString('latin1', value, at + length - 1)
        break
    }
    at += (length + 3) & ~3
  }
  return { ...message, hook, indev, outdev, mark, prefix, bytes }
}
