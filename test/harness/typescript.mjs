// `node --import ./test/harness/typescript.mjs script.ts`: run a TypeScript file as it stands, without a build.
// Node 20 cannot strip types itself; the transformer that vitest already brings (rolldown) does it here, offline.
import { register } from 'node:module'

register('./typescript-hooks.mjs', import.meta.url)
