import { net } from '../dimensions/net.ts'
import { hashType } from '../hash-type.ts'

/** `hash:net,net`: two networks. Source: Linux ip_set_hash_netnet.c. */
export const hashNetNet = hashType('hash:net,net', [net, net], {
  aliases: ['netnethash'],
  options: { netmask: 1, bitmask: 1 },
})
