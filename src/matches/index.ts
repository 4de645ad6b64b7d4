// Written by scripts/index-extensions.mjs from the folder listing: do not edit.
import type { AnyMatch } from '../xtables/index.ts'
import { tcp } from './tcp.ts'
import { ttl } from './ttl.ts'

/** Every match that hookline knows. */
export const matches: readonly AnyMatch[] = [tcp, ttl]
