/** The few system calls the kernel oracle makes, through koffi, which is loaded only when the first call is wanted. */
import { createRequire } from 'node:module'
import { getSystemErrorName } from 'node:util'

/** libc functions by their own names; every one returns -1 on error and leaves the reason to {@link errno}. */
export interface Libc {
  open(path: string, flags: number): number
  close(fd: number): number
  read(fd: number, buffer: Uint8Array, size: number): number
  write(fd: number, buffer: Uint8Array, size: number): number
  ioctl(fd: number, request: number, argument: Uint8Array): number
  /** The same call with a plain number as its argument. */
  ioctlNumber(fd: number, request: number, argument: number): number
  unshare(flags: number): number
  socket(domain: number, type: number, protocol: number): number
  bind(fd: number, address: Uint8Array, size: number): number
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, size: number): number
  recv(fd: number, buffer: Uint8Array, size: number, flags: number): number
  send(fd: number, buffer: Uint8Array, size: number, flags: number): number
  sendto(fd: number, buffer: Uint8Array, size: number, flags: number, address: Uint8Array, addressSize: number): number
  if_nametoindex(name: string): number
  setfsuid(uid: number): number
  setfsgid(gid: number): number
  /** The error number of the last call that failed. */
  errno(): number
}

/** Error numbers the oracle tells apart, by name. Source: asm-generic/errno.h. */
export const errorNumber = { EPERM: 1, EINTR: 4, EAGAIN: 11, ENOBUFS: 105 } as const

let loaded: Libc | undefined

/** The libc of this process; the first call loads koffi. Throws what `require` throws when koffi is not installed. */
export function libc(): Libc {
  if (loaded) return loaded
  const koffi = createRequire(import.meta.url)('koffi')
  const library = koffi.load('libc.so.6')
  const bound = (prototype: string) => library.func(prototype)
  loaded = {
    open: bound('int open(const char *path, int flags)'),
    close: bound('int close(int fd)'),
    read: bound('int64_t read(int fd, void *buffer, size_t size)'),
    write: bound('int64_t write(int fd, const void *buffer, size_t size)'),
    ioctl: bound('int ioctl(int fd, ulong request, void *argument)'),
    ioctlNumber: bound('int ioctl(int fd, ulong request, ulong argument)'),
    unshare: bound('int unshare(int flags)'),
    socket: bound('int socket(int domain, int type, int protocol)'),
    bind: bound('int bind(int fd, const void *address, uint32_t size)'),
    setsockopt: bound('int setsockopt(int fd, int level, int name, const void *value, uint32_t size)'),
    recv: bound('int64_t recv(int fd, void *buffer, size_t size, int flags)'),
    send: bound('int64_t send(int fd, const void *buffer, size_t size, int flags)'),
    sendto: bound('int64_t sendto(int fd, const void *b, size_t n, int flags, const void *address, uint32_t size)'),
    if_nametoindex: bound('uint32_t if_nametoindex(const char *name)'),
    setfsuid: bound('int setfsuid(uint32_t uid)'),
    setfsgid: bound('int setfsgid(uint32_t gid)'),
    errno: () => koffi.errno(),
  }
  return loaded
}

/** The name of an error number, such as `EPERM`. */
export function errorName(number: number): string {
  return getSystemErrorName(-number)
}

/** An error that names the call and the kernel's reason, for calls that must not fail. */
export function systemError(call: string): Error {
  return new Error(`${call}: ${errorName(libc().errno())}`)
}
