import { VERDICT, type Verdict } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import type { Nat } from '../nat/nat.ts'
import type { Connection } from '../packet/connection.ts'
import type { Host } from './host.ts'
import type { Traveller } from './traveller.ts'

/** Connection tracking and NAT as the hooks of a host use them. */
export interface Tracking {
  readonly nat: Nat | null
  /** Lets time pass: called before each packet; null where there is nothing to do. */
  readonly tick: (() => void) | null
  track(packet: Traveller, hook: Hook): Verdict
  confirm(packet: Traveller): Verdict
  setClosing(connection: Connection): void
  /** `conntrack -L -o extended`. */
  list(): string
}

/** Tracking for a host; without rules that need it nothing is ever tracked. */
export function createTracking(_host: Host): Tracking {
  return {
    nat: null,
    tick: null,
    track: () => VERDICT.accept,
    confirm: () => VERDICT.accept,
    setClosing: () => undefined,
    list: () => '',
  }
}
