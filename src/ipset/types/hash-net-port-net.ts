import { netOrAll } from '../dimensions/net.ts'
import { port } from '../dimensions/port.ts'
import { hashType } from '../hash-type.ts'

/** `hash:net,port,net`: a network, a port and another network. Source: Linux ip_set_hash_netportnet.c. */
export const hashNetPortNet = hashType('hash:net,port,net', [netOrAll, port, netOrAll], {
  aliases: ['netportnethash'],
})
