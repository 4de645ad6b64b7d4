import { cutBytes } from '../util/bytes.ts'
import { defineMatch, optionOf, quote } from '../xtables/index.ts'

/** Bytes that are kept of a comment. Source: linux/netfilter/xt_comment.h XT_MAX_COMMENT_LEN. */
const MOST_BYTES = 255

const comment255 = optionOf<string>({
  words: 1,
  placeholder: 'COMMENT',
  parse: ([word = '']) => cutBytes(word, MOST_BYTES),
  format: quote,
})

/**
 * `-m comment`: a text of up to 255 bytes for the reader; always matches. What is longer is cut off.
 *
 * Source: iptables-extensions(8) "comment"; Linux xt_comment.c comment_mt().
 */
export const comment = defineMatch({
  name: 'comment',
  families: [4, 6],
  options: {
    comment: comment255({ help: 'words for the reader, kept with the rule, up to 255 bytes', required: true }),
  },
  list: ({ comment: given }) => (given === undefined ? '' : ` /* ${given.value} */`),
})
