import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { optionOf } from './option.ts'
import { quote } from './quote.ts'

/** A text, perhaps empty, of which the kernel's structure keeps only the first `bytes` bytes (UTF-8). */
export function cutName(bytes: number): ReturnType<typeof optionOf<string>> {
  return optionOf<string>({
    words: 1,
    placeholder: 'name',
    parse: ([word = '']) => cutBytes(word, bytes),
    format: quote,
  })
}

/**
 * A text of at least one character of which the kernel's structure keeps only the first `bytes` bytes (UTF-8).
 *
 * Source: libxtables XTTYPE_STRING with XTOPT_PUT.
 */
export function cutText(bytes: number): ReturnType<typeof optionOf<string>> {
  return optionOf<string>({
    words: 1,
    placeholder: 'prefix',
    parse: ([word = ''], context) => {
      if (word === '') throw new UsageError('Argument must have a minimum length of 1 characters\n')
      if (word.includes('\n')) throw new UsageError(`Newlines not allowed in --${context.option}`)
      return cutBytes(word, bytes)
    },
    format: quote,
  })
}
