import { mac } from '../dimensions/mac.ts'
import { hashType } from '../hash-type.ts'

/** `hash:mac`: hardware addresses. Source: Linux ip_set_hash_mac.c. */
export const hashMac = hashType('hash:mac', [mac], { aliases: ['machash'], hasFamily: false })
