import { ip } from '../dimensions/ip.ts'
import { port } from '../dimensions/port.ts'
import { hashType } from '../hash-type.ts'

/** `hash:ip,port,ip`: an address, a port and another address. Source: Linux ip_set_hash_ipportip.c. */
export const hashIpPortIp = hashType('hash:ip,port,ip', [ip, port, ip], { aliases: ['ipportiphash'] })
