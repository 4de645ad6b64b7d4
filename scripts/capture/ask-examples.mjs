#!/usr/bin/env node
/**
 * Checks the answers in examples/*.md against the kernel: builds each fixture's host again, sends the packet of each
 * `hookline trace --host fixtures/NAME --in INTERFACE 'PACKET'` and compares the last line with what the kernel did.
 * Needs root; exit status 1 when an answer differs. Takes names of fixtures to limit itself to.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const wanted = process.argv.slice(2)

/** Every command with its expected last line. */
const questions = []
for (const file of readdirSync(`${root}examples`).filter((name) => name.endsWith('.md'))) {
  for (const [, block] of readFileSync(`${root}examples/${file}`, 'utf8').matchAll(/^```console\n(.*?)^```$/gms)) {
    const command = /^\$ npx hookline trace --host fixtures\/(\S+) --in (\S+) '([^']+)'$/m.exec(block)
    const expected = /^Final verdict: (.*)$/m.exec(block)
    if (command && expected) {
      const [, host, device, packet] = command
      questions.push({ file, host, ask: `${device} ${packet}`, expected: expected[1] })
    }
  }
}

/** Whether hookline's words and the probe's words say the same. */
const agrees = (expected, kernel) => {
  const place = /by (\w+\/[\w-]+)(?::(\d+)| policy)/.exec(expected)
  const at = place && (place[2] ? `${place[1]}:${place[2]} (` : `${place[1]}:`)
  if (expected.startsWith('FORWARDED')) {
    const out = /to (\S+?),/.exec(expected)?.[1]
    return kernel.startsWith(`forwarded out ${out === '…' ? '' : out}`)
  }
  if (expected.startsWith('DELIVERED')) return kernel.startsWith('delivered locally')
  if (expected.startsWith('REJECTED')) return kernel.includes(at) && kernel.includes('answered with')
  if (!kernel.startsWith('dropped') || kernel.includes('answered with')) return false
  return place ? kernel.includes(at) && (place[2] !== undefined || kernel.includes('(policy)')) : true
}

let different = 0
for (const host of new Set(questions.map((question) => question.host))) {
  if (wanted.length > 0 && !wanted.includes(host)) continue
  const asked = questions.filter((question) => question.host === host)
  const argv = [`${root}scripts/capture/host.sh`, host, '-', 'python3', `${root}scripts/capture/probe.py`]
  const { stdout, stderr } = spawnSync('bash', [...argv, ...asked.map(({ ask }) => ask)], { encoding: 'utf8' })
  const answers = stdout.split('\n').filter((line) => line.startsWith('Kernel: '))
  for (const [at, { file, expected }] of asked.entries()) {
    const kernel = answers[at]?.slice('Kernel: '.length) ?? `no answer: ${stderr.trim().split('\n').at(-1)}`
    const same = agrees(expected, kernel)
    if (!same) different++
    console.log(`${same ? 'same' : 'DIFFERENT'}  ${file}: ${expected}  |  kernel: ${kernel}`)
  }
}
process.exitCode = different > 0 ? 1 : 0
