// After the compiler: the command in one piece.
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.mjs'

await bundle(fileURLToPath(new URL('../dist/bin', import.meta.url)))
