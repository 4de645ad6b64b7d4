import { net } from '../dimensions/net.ts'
import { hashType } from '../hash-type.ts'

/** `hash:net`: networks; a packet's address is found in the smallest one. Source: Linux ip_set_hash_net.c. */
export const hashNet = hashType('hash:net', [net], { aliases: ['nethash'] })
