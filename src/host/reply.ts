/** The exact bytes of what a host answers by itself: ICMP errors of its stack and the answers of REJECT. */

export { type IcmpErrorRequest, icmpError, type ReplyRoute } from './reply-icmp.ts'
export { rejectReply } from './reply-reject.ts'
