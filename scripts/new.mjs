// npm run new match foo | npm run new target FOO: writes the file and its test, ready to fill in.

import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'

const [kind, name] = process.argv.slice(2)
const valid =
  (kind === 'match' && /^[a-z][a-z0-9]*$/.test(name ?? '')) ||
  (kind === 'target' && /^[A-Z][A-Z0-9]*$/.test(name ?? ''))
if (!valid) {
  console.error(
    'usage: npm run new match foo   or   npm run new target FOO\n(matches are lower case, targets upper case, as iptables writes them)',
  )
  process.exit(2)
}

const folder = kind === 'match' ? 'matches' : 'targets'
const file = new URL(`../src/${folder}/${name}.ts`, import.meta.url)
const test = new URL(`../src/${folder}/${name}.test.ts`, import.meta.url)
if (existsSync(file)) {
  console.error(`src/${folder}/${name}.ts is there already`)
  process.exit(1)
}

const match = `import { field } from '../expression/field.ts'
import { equals } from '../expression/test.ts'
import { defineMatch, uint8 } from '../xtables/index.ts'

/**
 * \`-m ${name}\`: what it compares, in which units and range.
 *
 * Source: iptables-extensions(8) "${name}"; the RFC's section; the kernel's function.
 */
export const ${name} = defineMatch({
  name: '${name}',
  families: [4],
  options: {
    '${name}-ttl': uint8({
      help: 'one line for the help text',
      invertible: true,
      holds: (hops) => equals(field.ip.ttl, hops),
    }),
  },
})
`

const matchTest = `import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { ${name} } from './${name}.ts'

const hops = (ttl: number): Uint8Array =>
  packet.udp({ source: '10.0.0.1', destination: '10.0.0.2', sport: 1, dport: 2, ttl })

testMatch(${name}, {
  saves: { '-m ${name} --${name}-ttl 64': '=', '-m ${name} ! --${name}-ttl 0x40': '-m ${name} ! --${name}-ttl 64' },
  rejects: { '-m ${name} --${name}-ttl 256': /out of range/ },
  matches: [['-m ${name} --${name}-ttl 64', hops(64)]],
  misses: [['-m ${name} --${name}-ttl 64', hops(63)]],
})
`

const target = `import { defineTarget, uint32 } from '../xtables/index.ts'

/**
 * \`-j ${name}\`: what it does to the packet, in which units and range.
 *
 * Source: iptables-extensions(8) "${name}"; the kernel's function.
 */
export const ${name} = defineTarget({
  name: '${name}',
  families: [4, 6],
  tables: ['mangle'],
  options: {
    'set-${name.toLowerCase()}': uint32({ help: 'one line for the help text', required: true }),
  },
  act: (values) => [{ kind: 'mark', keep: 0, toggle: values['set-${name.toLowerCase()}']?.value ?? 0 }],
})
`

const targetTest = `import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { ${name} } from './${name}.ts'

testTarget(${name}, {
  saves: { '-j ${name} --set-${name.toLowerCase()} 1': '=' },
  rejects: { '-j ${name}': /must be specified/ },
  acts: [
    [
      '-j ${name} --set-${name.toLowerCase()} 7',
      packet.udp({ source: '10.0.0.1', destination: '10.0.0.2', sport: 1, dport: 2 }),
      (result) => expect(result.packet.mark).toBe(7),
    ],
  ],
})
`

writeFileSync(file, kind === 'match' ? match : target)
writeFileSync(test, kind === 'match' ? matchTest : targetTest)
execFileSync(process.execPath, [new URL('index-extensions.mjs', import.meta.url).pathname])
const loader = new URL('../test/harness/typescript.mjs', import.meta.url).pathname
execFileSync(process.execPath, ['--import', loader, new URL('support.ts', import.meta.url).pathname])
console.log(`src/${folder}/${name}.ts and its test are written, in the index and in docs/support.md.
Next: npx vitest run src/${folder}/${name}.test.ts`)
