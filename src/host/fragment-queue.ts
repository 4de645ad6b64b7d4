/** One datagram's fragments on their way to becoming whole. */

/** One fragment: its bytes of the datagram are `data`, its headers `header`. */
export interface Piece {
  readonly offset: number
  readonly data: Uint8Array
  /** Everything in front of the data, the fragment header of IPv6 included. */
  readonly header: Uint8Array
  readonly mark: number
  readonly priority: number
}

/** Neighbouring pieces that came one behind the other. */
interface Run {
  readonly start: number
  end: number
  readonly pieces: Piece[]
}

/**
 * The queue of one datagram.
 *
 * Pieces that came in order form runs, as in the kernel: a piece inside a run is a duplicate, one that touches
 * several or sticks out is an overlap. Source: Linux struct inet_frag_queue, inet_frag_queue_insert().
 */
export class FragmentQueue {
  readonly key: string
  readonly source: string
  readonly family: 4 | 6
  /** When it is given up, milliseconds. */
  deadline: number
  /** The device the latest fragment came in on. */
  device: string | null = null
  /** The end of the datagram so far; final once {@link lastIn}. */
  length = 0
  /** Bytes received. */
  meat = 0
  firstIn = false
  lastIn = false
  /** Bits 1 << ECN of the fragments. */
  ecn = 0
  maxSize = 0
  maxDfSize = 0
  /** IPv6: offset of the byte that announces the first fragment's fragment header. */
  announced = 0
  /** The sender's fragment count when this queue last got one. */
  sequence = 0
  /** Memory it takes, in bytes, roughly as the kernel counts. */
  memory = 0
  private runs: Run[] = []

  constructor(key: string, source: string, family: 4 | 6, deadline: number) {
    this.key = key
    this.source = source
    this.family = family
    this.deadline = deadline
  }

  get isEmpty(): boolean {
    return this.runs.length === 0
  }

  get isWhole(): boolean {
    return this.firstIn && this.lastIn && this.meat === this.length
  }

  /** The piece with offset 0, null before it came. */
  get first(): Piece | null {
    const run = this.runs[0]
    return run !== undefined && run.start === 0 ? run.pieces[0]! : null
  }

  /** All pieces by offset. */
  get pieces(): Piece[] {
    return this.runs.flatMap((run) => run.pieces)
  }

  insert(piece: Piece): 'inserted' | 'duplicate' | 'overlap' {
    const { runs } = this
    const { offset } = piece
    const end = offset + piece.data.length
    const last = runs.at(-1)
    if (last === undefined || last.end < end) {
      if (last !== undefined && offset < last.end) return 'overlap'
      if (last !== undefined && offset === last.end) {
        last.pieces.push(piece)
        last.end = end
      } else runs.push({ start: offset, end, pieces: [piece] })
      return 'inserted'
    }
    let low = 0
    let high = runs.length
    while (low < high) {
      const middle = (low + high) >> 1
      const run = runs[middle]!
      if (end <= run.start) high = middle
      else if (offset >= run.end) low = middle + 1
      else return offset >= run.start && end <= run.end ? 'duplicate' : 'overlap'
    }
    runs.splice(low, 0, { start: offset, end, pieces: [piece] })
    return 'inserted'
  }

  /** Forgets the pieces but stays. Source: ip_frag_reinit(). */
  restart(deadline: number): void {
    this.deadline = deadline
    this.runs = []
    this.length = 0
    this.meat = 0
    this.firstIn = false
    this.lastIn = false
    this.ecn = 0
    this.device = null
  }
}

/**
 * The ECN bits to add to the first fragment's, or null where the fragments' bits cannot come from one packet.
 *
 * `seen` has bit 1 << ECN for each fragment. Source: RFC 3168 section 5.3; Linux ip_frag_ecn_table[].
 */
export function reassembledEcn(seen: number): number | null {
  const notCapable = 1
  const congestion = 8
  if (seen & notCapable && seen !== notCapable) return null
  return seen & congestion && seen !== congestion ? 3 : 0
}
