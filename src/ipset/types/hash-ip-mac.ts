import { ip } from '../dimensions/ip.ts'
import { mac } from '../dimensions/mac.ts'
import { hashType } from '../hash-type.ts'

/** `hash:ip,mac`: an address with a hardware address. Source: Linux ip_set_hash_ipmac.c. */
export const hashIpMac = hashType('hash:ip,mac', [ip, mac], { aliases: ['ipmachash'] })
