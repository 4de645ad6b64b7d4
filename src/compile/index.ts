/** The compiled engine: rules as generated JavaScript. */
export { type ChunkSource, chunkSource } from './chunk.ts'
export { CompiledTable, compileRuleset, compileTable } from './table.ts'
