// One writer: PROGRAM HOST NAME COUNT. Appends COUNT rules, one command after the other, and says which were taken.
const { writeSync } = require('node:fs')

const [, , program, host, name, count] = process.argv
const { main } = require(program)

async function run() {
  for (let at = 0; at < Number(count); at++) {
    const status = await main([
      'iptables',
      '--host',
      host,
      '-A',
      'INPUT',
      '-s',
      `10.${name}.${at >> 8}.${at & 255}`,
      '-j',
      'ACCEPT',
    ])
    if (status !== 0) throw new Error(`writer ${name}: command ${at} ended with ${status}`)
    writeSync(1, `10.${name}.${at >> 8}.${at & 255}/32\n`)
  }
}

run()
