/** Named sets of addresses, networks, ports, devices: what `ipset` makes and `-m set` asks. */

export { provideSets, setsOf } from './host-sets.ts'
export { addTo, removeFrom, testIn } from './lookup.ts'
export { readSetLines, type SetLine } from './read.ts'
export { type Change, type CounterTest, type Lookup, type NamedSet, NO_SKBINFO, type SkbInfo } from './set.ts'
export { createSets, type Sets, saveSets } from './sets.ts'
