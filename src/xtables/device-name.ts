import { UsageError } from '../util/errors.ts'

/**
 * Refuses a device name that is too long, with iptables' text, and says on stderr what looks strange in one.
 * Source: libxtables xtables_parse_interface().
 */
export function checkDeviceName(name: string, warn?: (text: string) => void): void {
  if (name.length > 15) throw new UsageError(`interface name \`${name}' must be shorter than IFNAMSIZ (15)`)
  if (/[/ ]/.test(name)) {
    warn?.(`Warning: weird character in interface \`${name}' ('/' and ' ' are not allowed by the kernel).\n`)
  }
}
