import { field } from '../expression/field.ts'
import { between, header } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch } from '../xtables/index.ts'
import { portRangeOf, portsText } from './ports-text.ts'
import { chunksHold, chunkTypes, formatChunks } from './sctp-chunks.ts'

const ports = portRangeOf(PROTOCOL.sctp)

/**
 * `-m sctp`: ports and chunk types of an SCTP packet; loaded by `-p sctp` itself.
 *
 * Later fragments do not match; less than 12 bytes of header drop the packet. So do, where chunks are asked
 * for, no chunk at all, a chunk header cut short and a chunk of length 0.
 *
 * Source: iptables-extensions(8) "sctp"; RFC 9260 section 3; Linux xt_sctp.c sctp_mt().
 */
export const sctp = defineMatch({
  name: 'sctp',
  families: [4, 6],
  protocols: [PROTOCOL.sctp],
  implicitFor: [PROTOCOL.sctp],
  options: {
    sport: ports({
      aliases: ['source-port'],
      help: 'one source port or a range, 0-65535',
      invertible: true,
      repeated: () => new UsageError("Only one `--source-port' allowed"),
      holds: ({ from, to }) => between(field.l4.sport, from, to),
    }),
    dport: ports({
      aliases: ['destination-port'],
      help: 'one destination port or a range, 0-65535',
      invertible: true,
      repeated: () => new UsageError("Only one `--destination-port' allowed"),
      holds: ({ from, to }) => between(field.l4.dport, from, to),
    }),
    'chunk-types': chunkTypes({
      help: 'chunks that are there: all of these, any, or none but these',
      invertible: true,
      repeated: () => new UsageError("Only one `--chunk-types' allowed"),
      secondMissing: () => new UsageError('--chunk-types requires two args'),
      holds: chunksHold,
    }),
  },
  list: ({ sport, dport, 'chunk-types': chunks }, _rule, { numeric }) => {
    const ends = portsText('spt', sport, PROTOCOL.sctp, numeric) + portsText('dpt', dport, PROTOCOL.sctp, numeric)
    return ` sctp${ends}${chunks ? `${chunks.inverted ? ' !' : ''} ${formatChunks(chunks.value, numeric)}` : ''}`
  },
  guard: (test) => header(12, test),
})
