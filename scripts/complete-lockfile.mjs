// Run after `npm install` has changed package-lock.json: `npm ci` wants an entry for the package of every platform that
// an optional dependency names, also for those that the registry at hand does not carry. They are never fetched on
// other platforms, so name, version and platform are enough. Addresses of packages are left out.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const systems = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'arm']

let added = 0
for (const entry of Object.values(lock.packages)) {
  delete entry.resolved
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`
    if (lock.packages[key]) continue
    const words = name.split(/[/-]/)
    const os = systems.find((one) => words.includes(one))
    const cpu = processors.find((one) => words.includes(one))
    if (!os || !cpu) throw new Error(`${name} does not tell its platform`)
    const libc =
      os === 'linux' ? { libc: [words.includes('musl') || words.includes('musleabihf') ? 'musl' : 'glibc'] } : {}
    lock.packages[key] = { version, cpu: [cpu], ...libc, dev: true, optional: true, os: [os] }
    added++
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} packages of other platforms added`)
