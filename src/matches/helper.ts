import { computed, OUTCOME } from '../expression/test.ts'
import { cutBytes } from '../util/bytes.ts'
import { defineMatch, optionOf, quote } from '../xtables/index.ts'

/** Bytes of a name that the kernel's structure holds. Source: Linux struct xt_helper_info. */
const LONGEST_NAME = 29

const helperName = optionOf<string>({
  words: 1,
  placeholder: 'name',
  parse: ([word = '']) => cutBytes(word, LONGEST_NAME),
  format: quote,
})

/**
 * `-m helper`: the packet's connection was expected by a connection that this helper follows; the empty name stands
 * for any helper. What the helper itself follows, such as FTP's control connection, does not match. Without a
 * connection, or one that nobody expected, it does not hold and its negation does.
 *
 * Differs: no helper runs, so that no connection is expected by one.
 *
 * Source: iptables-extensions(8) "helper"; Linux xt_helper.c helper_mt().
 */
export const helper = defineMatch({
  name: 'helper',
  families: [4, 6],
  needsConntrack: true,
  options: {
    helper: helperName({
      help: 'the helper that expected the connection',
      invertible: true,
      required: true,
      holds: (name) =>
        computed(
          'helper',
          false,
          ({ ct }) => {
            const follows = ct?.master?.helper ?? null
            if (follows === null) return OUTCOME.no
            // As many bytes as the helper's own name has are compared.
            return name === '' || name.startsWith(follows) ? OUTCOME.yes : OUTCOME.no
          },
          ({ ct }) => (ct?.master ? `expected by ${ct.master.helper ?? 'no helper'}` : 'not expected'),
        ),
    }),
  },
  list: ({ helper: given }) => ` helper match ${given?.inverted ? '! ' : ''}"${given?.value ?? ''}"`,
})
