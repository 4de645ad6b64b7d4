// Written by scripts/index-extensions.mjs from the folder listing: do not edit.
import type { AnyTarget } from '../xtables/index.ts'
import { MARK } from './MARK.ts'

/** Every target that hookline knows. */
export const targets: readonly AnyTarget[] = [MARK]
