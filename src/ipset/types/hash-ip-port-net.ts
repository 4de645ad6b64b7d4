import { ip } from '../dimensions/ip.ts'
import { net } from '../dimensions/net.ts'
import { port } from '../dimensions/port.ts'
import { hashType } from '../hash-type.ts'

/** `hash:ip,port,net`: an address, a port and a network. Source: Linux ip_set_hash_ipportnet.c. */
export const hashIpPortNet = hashType('hash:ip,port,net', [ip, port, net], { aliases: ['ipportnethash'] })
