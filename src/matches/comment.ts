import { defineMatch, optionOf, quote } from '../xtables/index.ts'

/** Bytes that are kept of a comment. Source: linux/netfilter/xt_comment.h XT_MAX_COMMENT_LEN. */
const MOST_BYTES = 255

/** As much of the text as fits in the bytes, without half a character. */
function cut(text: string): string {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= MOST_BYTES) return text
  let end = MOST_BYTES
  while (((bytes[end] as number) & 0xc0) === 0x80) end--
  return new TextDecoder().decode(bytes.subarray(0, end))
}

const comment255 = optionOf<string>({
  words: 1,
  placeholder: 'COMMENT',
  parse: ([word = '']) => cut(word),
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
    comment: comment255({ help: 'Attach a comment to a rule', required: true }),
  },
})
