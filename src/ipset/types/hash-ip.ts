import { sameWords, type Words, ZERO_WORDS } from '../../util/words.ts'
import { ip } from '../dimensions/ip.ts'
import { hashType } from '../hash-type.ts'

/** `hash:ip`: addresses, of which `netmask` or `bitmask` may take some bits only. Source: Linux ip_set_hash_ip.c. */
export const hashIp = hashType('hash:ip', [ip], {
  aliases: ['iphash'],
  options: { netmask: 1, bitmask: 1 },
  refuses: ([address]) => sameWords(address as Words, ZERO_WORDS),
})
