import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME } from '../expression/test.ts'
import { packet } from '../packet/build.ts'
import { cgroup } from './cgroup.ts'

const owner = { uid: 0, gid: 0, supplementaryGroups: [] }
const fromProcess = packetWith(packet.udp(), { owner })
const received = packetWith(packet.udp())

testMatch(cgroup, {
  table: 'filter',
  chain: 'OUTPUT',
  // Paths other than the root's must exist where the real tool is asked.
  saves: {
    '-m cgroup --cgroup 0x10': '-m cgroup --cgroup 16',
    '-m cgroup ! --cgroup 4294967295': '=',
    '-m cgroup ! --path /': '-m cgroup ! --path "/"',
    '-m cgroup --path ""': '=',
  },
  rejects: {
    '-m cgroup': /exactly one of --path and --cgroup/,
    '-m cgroup --path / --cgroup 1': /exactly one of --path and --cgroup/,
    '-m cgroup --cgroup 4294967296': /cgroup: bad value for option "--cgroup", or out of range \(0-4294967295\)\./,
    '-m cgroup --path / --path /': /option "--path" can only be used once/,
  },
  matches: [
    ['-m cgroup --path /', fromProcess],
    ['-m cgroup --path ""', fromProcess],
  ],
  misses: [
    ['-m cgroup ! --path /', fromProcess],
    ['-m cgroup --path /', received],
    ['-m cgroup ! --path /', received],
    ['-m cgroup ! --cgroup 1', received],
    ['-m cgroup --path /a', received],
  ],
})

testMatch(cgroup, { chain: 'FORWARD', rejects: { '-m cgroup --cgroup 1': /FORWARD|cgroup/ } })

describe('-m cgroup', () => {
  it.each(['--cgroup 0', '! --cgroup 1', '--path /a', '! --path /a'])(
    'does not know the group of a process: %s',
    (options) => {
      const test = ruleTest(`-m cgroup ${options}`, 'filter', 'OUTPUT')
      expect(evaluate(test, fromProcess, new TestEnvironment())).toBe(OUTCOME.unknown)
    },
  )
})
