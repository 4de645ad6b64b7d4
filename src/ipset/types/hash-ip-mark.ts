import { sameWords, type Words, ZERO_WORDS } from '../../util/words.ts'
import { ip } from '../dimensions/ip.ts'
import { mark } from '../dimensions/mark.ts'
import { hashType } from '../hash-type.ts'

/** `hash:ip,mark`: an address with the packet's mark. Source: Linux ip_set_hash_ipmark.c. */
export const hashIpMark = hashType('hash:ip,mark', [ip, mark], {
  aliases: ['ipmarkhash'],
  options: { markmask: 1 },
  refuses: ([address, bits]) => sameWords(address as Words, ZERO_WORDS) && bits === 0,
})
