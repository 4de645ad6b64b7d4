import { net } from '../dimensions/net.ts'
import { port } from '../dimensions/port.ts'
import { hashType } from '../hash-type.ts'

/** `hash:net,port`: a network with a port. Source: Linux ip_set_hash_netport.c. */
export const hashNetPort = hashType('hash:net,port', [net, port], { aliases: ['netporthash'] })
