import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/cli/iptables/store.ts'
import { matches } from '../../src/matches/index.ts'
import { targets } from '../../src/targets/index.ts'
import { Random } from '../../src/util/random.ts'
import { GLOBAL_OPTIONS } from '../../src/xtables/index.ts'
import { askOurs, type Call } from '../harness/real-tool.ts'

const COMMANDS = 30_000
const SEED = Number(process.env.HOOKLINE_SEED ?? 20260103)

const CHAINS = ['INPUT', 'FORWARD', 'OUTPUT', 'PREROUTING', 'web', 'log', '', 'nosuch']
const TABLES = ['filter', 'nat', 'mangle', 'raw', 'security', 'foo', '']
const WORDS = [
  ...['0', '1', '22', '65536', '-1', '0x10', '10.0.0.0/8', '::1', 'fd00::/8', 'tcp', 'udp', 'icmp', 'all', 'eth0', '+'],
  ...[
    '!',
    '--',
    '-',
    '',
    'a b',
    '"',
    '\\',
    'é',
    '1:2',
    '1,2',
    '1/2',
    '0/0',
    'NEW,ESTABLISHED',
    'SYN,ACK',
    'src',
    '5/s',
  ],
  ...['x'.repeat(40), '1.2.3.4-1.2.3.9:1-2', '{}', '*', '|de ad|', '12h', '%n', '\n'],
]
const NAMES = [...matches, ...targets]

function draw(random: Random): string[] {
  const words: string[] = []
  const add = (...more: string[]): void => void words.push(...more)
  if (random.below(4) === 0) add('-t', random.pick(TABLES))
  for (let count = random.below(7); count >= 0; count--) {
    const kind = random.below(6)
    if (kind === 0) {
      const { letter, long } = random.pick(GLOBAL_OPTIONS)
      add(random.below(2) === 0 ? `-${letter}` : `--${random.pick(long)}`)
      if (random.below(3) > 0) add(random.pick([...WORDS, ...CHAINS]))
    } else if (kind === 1) add(random.pick(['-A', '-I', '-D', '-N', '-F', '-L', '-S', '-C']), random.pick(CHAINS))
    else if (kind === 2) add('-p', random.pick(['tcp', 'udp', 'icmp', 'sctp', '47', 'x']))
    else {
      const extension = random.pick(NAMES)
      add(extension.kind === 'match' ? '-m' : '-j', extension.name)
      const options = Object.keys(extension.options as object)
      if (options.length === 0) continue
      if (random.below(3) === 0) add('!')
      const name = random.pick(options)
      add(`--${random.below(5) === 0 ? name.slice(0, 1 + random.below(name.length)) : name}`)
      for (let values = random.below(3); values > 0; values--) add(random.pick(WORDS))
    }
  }
  return words
}

describe(`random command lines (HOOKLINE_SEED=${SEED})`, () => {
  it(`${COMMANDS} of them end with one of iptables' statuses, and what is there can be listed and read back`, {
    timeout: 240_000,
  }, () => {
    const random = new Random(SEED)
    const statuses = new Set<number>()
    let store = memoryStore()
    for (let count = 0; count < COMMANDS; count++) {
      const program = random.pick(['iptables', 'ip6tables'])
      const argv = draw(random)
      const [answer] = askOurs([{ program, argv }], store)
      statuses.add(answer?.status ?? -1)
      if (![0, 1, 2, 3, 4].includes(answer?.status ?? -1)) throw new Error(`${argv.join(' ')}: ${answer?.status}`)
      if (count % 1000 !== 999) continue
      readsBack(program, store)
      store = memoryStore()
    }
    expect([...statuses].sort()).toEqual([0, 1, 2, 3])
  })
})

/** What iptables-save prints restores, and saves, to the same; and -L and -S take it. */
function readsBack(program: string, store: ReturnType<typeof memoryStore>): void {
  const saved = askOurs([{ program: `${program}-save`, argv: [] }], store)[0]?.stdout ?? ''
  const fresh = memoryStore()
  const again = askOurs(
    [
      { program: `${program}-restore`, argv: [], input: saved },
      { program: `${program}-save`, argv: [] },
    ] satisfies Call[],
    fresh,
  )
  const text = (all: string): string => all.replace(/^#.*\n/gm, '')
  expect(again[0]?.stderr).toBe('')
  // Tables come in the order of their making.
  expect(
    text(again[1]?.stdout ?? '')
      .split(/(?=^\*)/m)
      .sort(),
  ).toEqual(
    text(saved)
      .split(/(?=^\*)/m)
      .sort(),
  )
  for (const table of ['filter', 'nat', 'mangle']) {
    for (const list of ['-S', '-nvL']) {
      expect(askOurs([{ program, argv: ['-t', table, list] }], store)[0]?.stderr).toBe('')
    }
  }
}
