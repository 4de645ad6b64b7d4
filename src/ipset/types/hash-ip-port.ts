import { sameWords, type Words, ZERO_WORDS } from '../../util/words.ts'
import { ip } from '../dimensions/ip.ts'
import { port } from '../dimensions/port.ts'
import { hashType } from '../hash-type.ts'

/** `hash:ip,port`: an address with a port. Source: Linux ip_set_hash_ipport.c. */
export const hashIpPort = hashType('hash:ip,port', [ip, port], {
  aliases: ['ipporthash'],
  options: { netmask: 1, bitmask: 1 },
  refuses: ([address]) => sameWords(address as Words, ZERO_WORDS),
})
