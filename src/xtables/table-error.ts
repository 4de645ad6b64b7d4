import { type Errno, UsageError } from '../util/errors.ts'

/** A command that its table does not take, with the answer that iptables prints for it. */
export class TableError extends UsageError {
  constructor(message: string, errno: Errno) {
    super(message, { errno })
    this.name = 'TableError'
  }
}

/** What iptables says for an error of the kernel. Source: libiptc iptc_strerror(), strerror(3). */
const WORDS: Readonly<Record<Errno, string>> = {
  EINVAL: 'Invalid argument',
  ENOENT: 'No chain/target/match by that name',
  EEXIST: 'File exists',
  ELOOP: 'Too many levels of symbolic links',
  EBUSY: 'Device or resource busy',
  ENOMEM: 'Memory allocation problem',
  EPROTONOSUPPORT: 'Protocol not supported',
  ENOTSUP: 'Operation not supported',
  EDOM: 'Numerical argument out of domain',
  ERANGE: 'Numerical result out of range',
  E2BIG: 'Argument list too long',
  ENOTEMPTY: 'Directory not empty',
  EMLINK: 'Too many links',
  EAGAIN: 'Resource temporarily unavailable',
  EPERM: 'Permission denied (you must be root)',
  ENODEV: 'No such device',
  ENOSPC: 'No space left on device',
}

/** iptables' answer to an error of table or kernel, as after `iptables: `; with its end. */
export function answerTo(error: UsageError): string {
  const words = error instanceof TableError ? error.message : WORDS[error.errno ?? 'EINVAL']
  return error.errno === 'EINVAL' ? `${words}. Run \`dmesg' for more information.` : `${words}.`
}
