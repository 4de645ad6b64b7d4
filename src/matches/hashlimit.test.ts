import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { testMatch } from '../../test/harness/extension-tester.ts'
import { listed } from '../../test/harness/listed.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME } from '../expression/test.ts'
import { extensions } from '../host/extensions.ts'
import type { Family, Rule } from '../netfilter/glossary.ts'
import { packet } from '../packet/build.ts'
import { prepareRuleset, restoreRuleset } from '../xtables/index.ts'
import { hashlimit } from './hashlimit.ts'

const upto = (rate: string, rest = ''): string => `-m hashlimit --hashlimit-upto ${rate} --hashlimit-name a${rest}`
const saved = (rate: string, rest = '', burst = ' --hashlimit-burst 5'): string =>
  `-m hashlimit --hashlimit-upto ${rate}${burst} --hashlimit-name a${rest}`

/** The kernel lets no two rules use one table where only one measures. */
const measured = (rate: string, rest: string): string => upto(rate, rest).replace(' a', ' m')
const measuredSaved = (rate: string, rest: string): string => saved(rate, rest).replace(' a', ' m')

testMatch(hashlimit, {
  notFoundAgain: [
    '-m hashlimit --hashlimit-upto 5/s --hashlimit-name a --hashlimit-htable-size 2000000 --hashlimit-htable-max 7',
  ],
  saves: {
    [upto('5/s')]: saved('5/sec'),
    [upto('5x')]: saved('5/sec'),
    [upto('60/M')]: saved('1/sec', ' --hashlimit-htable-expire 60000'),
    [upto('700/hour')]: saved('700/hour'),
    [upto('23/day')]: saved('23/day'),
    [upto('999999/s')]: saved('1000000/sec'),
    [upto('1000001/min')]: saved('16949/sec', ' --hashlimit-htable-expire 60000'),
    [upto('5/min', ' --hashlimit-htable-expire 60000')]: saved('5/min'),
    '-m hashlimit ! --hashlimit 5/s --hashlimit-name a':
      '-m hashlimit --hashlimit-above 5/sec --hashlimit-burst 5 --hashlimit-name a',
    '-m hashlimit ! --hashlimit-above 5/s --hashlimit-name a': saved('5/sec'),
    [upto('5/s', ' --hashlimit-mode dstport,srcip,')]: saved('5/sec').replace(
      ' --hashlimit-name',
      ' --hashlimit-mode srcip,dstport --hashlimit-name',
    ),
    [upto('5/s', ' --hashlimit-burst 010')]: saved('5/sec', '', ' --hashlimit-burst 8'),
    [upto('5/s', ' --hashlimit-burst 10kbx')]: saved('5/sec', '', ' --hashlimit-burst 10240'),
    [upto('5/s', ' --hashlimit-srcmask 24 --hashlimit-dstmask 255.0')]: saved(
      '5/sec',
      ' --hashlimit-srcmask 24 --hashlimit-dstmask 8',
    ),
    [upto('5/s', ' --hashlimit-srcmask 32')]: saved('5/sec'),
    [upto('5/s', ' --hashlimit-htable-size 2000000 --hashlimit-htable-max 7')]: saved(
      '5/sec',
      ' --hashlimit-htable-size 1048576 --hashlimit-htable-max 7',
    ),
    [upto('5/s', ' --hashlimit-htable-gcinterval 99 --hashlimit-htable-expire 1')]: saved(
      '5/sec',
      ' --hashlimit-htable-gcinterval 99 --hashlimit-htable-expire 1',
    ),
    [upto('512kb/sx')]: saved('512kb/s', '', ''),
    [upto('512kb/m')]: saved('512/min'),
    [upto('5000000b/s', ' --hashlimit-burst 10mb')]: saved('4883kb/s', '', ' --hashlimit-burst 14mb'),
    [upto('16b/s', ' --hashlimit-burst 4294967296b')]: saved('16b/s', ' --hashlimit-htable-expire 60000', ''),
    [upto('10000b/s', ' --hashlimit-burst 20000 --hashlimit-htable-expire 60000')]: saved(
      '10000b/s',
      '',
      ' --hashlimit-burst 19kb',
    ),
    [upto('4294967296b/s')]: saved('4581298432b/s', '', ''),
    [measured('5/s', ' --hashlimit-rate-match')]: measuredSaved('5/sec', ' --hashlimit-rate-match'),
    [measured('5/s', ' --hashlimit-rate-match --hashlimit-rate-interval 2s')]: measuredSaved(
      '5/sec',
      ' --hashlimit-rate-match --hashlimit-rate-interval 2',
    ),
    [measured('5/min', ' --hashlimit-rate-match --hashlimit-htable-expire 1000')]: measuredSaved(
      '5/sec',
      ' --hashlimit-rate-match --hashlimit-rate-interval 60',
    ),
    [`-m hashlimit --hashlimit-upto 5/s --hashlimit-name ${'n'.repeat(300)}`]: `-m hashlimit --hashlimit-upto 5/sec --hashlimit-burst 5 --hashlimit-name ${'n'.repeat(254)}`,
  },
  rejects: {
    '-m hashlimit': /You have to specify --hashlimit/,
    '-m hashlimit --hashlimit-upto 5/s': /hashlimit: option "--hashlimit-name" must be specified/,
    [upto('5/')]: /hashlimit: Bad value for "--hashlimit-upto" option: "5\/"/,
    [upto('0/s')]: /Bad value/,
    [upto('0b/s')]: /Bad value/,
    [upto('b/s')]: /Bad value/,
    [upto('1000001/s')]: /Rate too fast "1000001\/s"/,
    [upto('-5/s')]: /Rate too fast "-5\/s"/,
    [upto('32768mb/s')]: /too high/,
    [upto('1/day')]: /too long a time/,
    [upto('2000000/min', ' --hashlimit-rate-match')]: /too high to be measured/,
    [upto('5/s', ' --hashlimit-above 5/s')]:
      /option "--hashlimit-upto" cannot be used together with "--hashlimit-above"/,
    [upto('5/s', ' --hashlimit 5/s')]: /option "--hashlimit-upto" can only be used once/,
    [upto('5/s', ' --hashlimit-burst 0')]: /bad value for option "--hashlimit-burst", or out of range \(1-1000000\)\./,
    [upto('5/s', ' --hashlimit-burst 1000001')]: /out of range/,
    [upto('5/s', ' --hashlimit-burst 1mb')]: /out of range/,
    [upto('5000000b/s', ' --hashlimit-burst 1mb')]: /burst cannot be smaller than 5000304b/,
    [upto('5/s', ' --hashlimit-mode srcip,foo')]: /hashlimit: Bad value for "--hashlimit-mode" option: "srcip,foo"/,
    [upto('5/s', ' --hashlimit-srcmask x')]:
      /"--hashlimit-srcmask", neither a valid network mask nor valid CIDR \(0-32\)\./,
    [upto('5/s', ' --hashlimit-srcmask 33')]: /no prefix/,
    [upto('5/s', ' --hashlimit-htable-expire 0')]: /must live/,
    [upto('5/s', ' --hashlimit-htable-gcinterval 0')]: /must live/,
    [upto('5/s', ' --hashlimit-htable-size 4294967296')]: /out of range \(0-4294967295\)/,
    [upto('5/s', ' --hashlimit-rate-interval 0')]: /Bad value for "--hashlimit-rate-interval" option: "0"/,
    [upto('5/s', ' --hashlimit-rate-interval 4294967295')]: /Bad value/,
    '-m hashlimit --hashlimit 5/s --hashlimit-name a/b': /cannot be a table's name/,
    '-m hashlimit --hashlimit 5/s --hashlimit-name ""': /Argument must have a minimum length of 1 characters/,
  },
  matches: [[upto('5/s', ' --hashlimit-mode srcip').replace(' a', ' b'), packet.udp()]],
  misses: [['-m hashlimit --hashlimit-above 5/s --hashlimit-name c', packet.udp()]],
  hotdrops: [[upto('5/s', ' --hashlimit-mode srcport'), packet.ipv4({ protocol: 17, payload: new Uint8Array(3) })]],
})

testMatch(hashlimit, {
  family: 6,
  saves: {
    [upto('5/s', ' --hashlimit-srcmask 128 --hashlimit-dstmask ffff::')]: saved('5/sec', ' --hashlimit-dstmask 16'),
  },
  rejects: { [upto('5/s', ' --hashlimit-srcmask 129')]: /valid CIDR \(0-128\)/ },
})

describe('rates that the real tool divides by', () => {
  // It dies of them without a word.
  it.each([upto('-1b/s'), upto('10b/s', ' --hashlimit-burst 1mb')])('are refused: %s', (rule) => {
    expect(() => listed(rule)).toThrow(/no such rate|no burst is possible/)
  })
})

describe('the list of -m hashlimit', () => {
  it.each([
    [upto('5/s', ' --hashlimit-mode dstip,srcip'), ' limit: up to 5/sec burst 5 mode srcip-dstip'],
    ['-m hashlimit --hashlimit-above 1kb/s --hashlimit-burst 2kb --hashlimit-name a', ' limit: above 1kb/s burst 2kb'],
    [
      upto('5/s', ' --hashlimit-htable-size 7 --hashlimit-htable-max 8 --hashlimit-srcmask 8'),
      ' limit: up to 5/sec burst 5 htable-size 7 htable-max 8 srcmask 8',
    ],
    [upto('5/min', ' --hashlimit-rate-match'), ' limit: up to 5/min burst 5 rate-match rate-interval 60'],
    [upto('5/s', ' --hashlimit-rate-interval 2'), ' limit: up to 150/min burst 5 htable-expire 1000'],
  ])('%s', (rule, wanted) => expect(listed(rule)).toBe(wanted))
})

/** A host with these rules, asked one packet at a time; answers are `x` where a rule holds, `!` where it drops. */
class LimitHost {
  readonly environment = new TestEnvironment()
  private readonly rules: readonly Rule[]

  constructor(family: Family, ...rules: string[]) {
    const text = ['*filter', ...rules.map((rule) => `-A FORWARD -m hashlimit ${rule} --hashlimit-name a`), 'COMMIT', '']
    const ruleset = restoreRuleset(text.join('\n'), family, extensions())
    this.rules = ruleset.tables.get('filter')?.chains.get('FORWARD')?.rules ?? []
    this.environment.clock.advance(1_000_000)
    prepareRuleset(ruleset, this.environment)
  }

  see(source: string, bytes = 0): string {
    const family = source.includes(':') ? 6 : 4
    const destination = family === 4 ? '10.0.2.9' : 'fd00:0:0:2::9'
    const one = packetWith(packet.udp({ source, destination, sport: 1000, payload: new Uint8Array(bytes) }))
    return this.rules
      .map(({ test }) => {
        const outcome = evaluate(test, one, this.environment)
        return outcome === OUTCOME.yes ? 'x' : outcome === OUTCOME.no ? '.' : outcome === OUTCOME.hotdrop ? '!' : '?'
      })
      .join('')
  }

  /** What one rule says to so many packets of a host. */
  many(count: number, source = '10.0.0.1', bytes = 0): string {
    return Array.from({ length: count }, () => this.see(source, bytes)).join('')
  }

  wait(milliseconds: number): void {
    this.environment.clock.advance(milliseconds)
  }

  table(kind = 'ipt_hashlimit'): string {
    return String(this.environment.shared(kind, 'a', () => 'nothing'))
  }
}

describe('tables of -m hashlimit', () => {
  it('limit each group by itself', () => {
    const host = new LimitHost(4, '--hashlimit-upto 1/s --hashlimit-burst 2 --hashlimit-mode srcip')
    expect([host.many(3), host.many(3, '10.0.0.2')]).toEqual(['xx.', 'xx.'])
  })

  it('group addresses by prefix', () => {
    const host = new LimitHost(
      4,
      '--hashlimit-upto 1/s --hashlimit-burst 1 --hashlimit-mode srcip --hashlimit-srcmask 24',
    )
    expect([host.see('10.0.0.1'), host.see('10.0.0.2'), host.see('10.0.1.1')]).toEqual(['x', '.', 'x'])
    const six = new LimitHost(
      6,
      '--hashlimit-upto 1/s --hashlimit-burst 1 --hashlimit-mode srcip --hashlimit-srcmask 72',
    )
    expect([six.see('fd00::1'), six.see('fd00::2'), six.see('fd00::100:0:0:1')]).toEqual(['x', '.', 'x'])
  })

  it('earn a packet each period, and hold no more than the burst', () => {
    const host = new LimitHost(4, '--hashlimit-upto 10/s --hashlimit-burst 2 --hashlimit-htable-expire 3600000')
    expect(host.many(3)).toBe('xx.')
    host.wait(99)
    expect(host.see('10.0.0.1')).toBe('.')
    host.wait(1)
    expect(host.many(2)).toBe('x.')
    host.wait(1_000_000)
    expect(host.many(3)).toBe('xx.')
  })

  it('show the credits that the kernel shows', () => {
    // The kernel printed these numbers for the same packets.
    const host = new LimitHost(4, '--hashlimit-above 7/day --hashlimit-mode srcip --hashlimit-burst 2')
    host.many(2, '10.0.0.11')
    host.see('10.0.0.13')
    expect(host.table()).toBe(
      [
        '86400 10.0.0.13:0->0.0.0.0:0 1696389362625052326 3392778725250104652 1696389362625052326\n',
        '86400 10.0.0.11:0->0.0.0.0:0 0 3392778725250104652 1696389362625052326\n',
      ].join(''),
    )
    host.wait(4)
    expect(host.table()).toContain('10.0.0.11:0->0.0.0.0:0 549755813888 ')
  })

  it('wrap around as 64 bits do', () => {
    const host = new LimitHost(4, '--hashlimit-upto 1/day --hashlimit-burst 3 --hashlimit-mode srcip')
    // Three days do not fit: the bucket begins with what is left, enough for one packet.
    expect(host.many(2)).toBe('x.')
    expect(host.table()).toContain(' 5302707004690448384 17177432543890448384 11874725539200000000\n')
  })

  it('show IPv6 addresses with all digits', () => {
    const host = new LimitHost(6, '--hashlimit-upto 1/s --hashlimit-mode srcip,srcport')
    host.see('fd00::1')
    expect(host.table('ip6t_hashlimit')).toMatch(
      /^1 fd00:0000:0000:0000:0000:0000:0000:0001:1000->0000:0000:0000:0000:0000:0000:0000:0000:0 /,
    )
  })

  it('limit bytes by the 16', () => {
    // The kernel's answers and credits for the same packets.
    const host = new LimitHost(4, '--hashlimit-above 1kb/s --hashlimit-burst 3kb --hashlimit-mode srcip')
    host.see('10.0.0.12', 1000)
    host.see('10.0.0.12', 0)
    host.see('10.0.0.13', 7)
    expect(host.table()).toContain('10.0.0.12:0->0.0.0.0:0 4065248496 2 64527752\n')
    expect(host.table()).toContain('10.0.0.13:0->0.0.0.0:0 4000720744 3 64527752\n')
    const once = new LimitHost(4, '--hashlimit-upto 1kb/s --hashlimit-htable-expire 3600000')
    expect([once.see('10.0.0.1', 900), once.see('10.0.0.1', 900)]).toEqual(['x', '.'])
    once.wait(1000)
    expect(once.many(2, '10.0.0.1', 900)).toBe('x.')
  })

  it('measure rates over intervals', () => {
    const host = new LimitHost(
      4,
      '--hashlimit-upto 5/s --hashlimit-burst 3 --hashlimit-mode srcip --hashlimit-rate-match --hashlimit-htable-expire 3600000',
    )
    expect(host.many(10)).toBe('xxxxxxxx..')
    host.wait(1000)
    expect(host.many(2)).toBe('..')
    host.wait(1000)
    expect(host.many(2)).toBe('xx')
    expect(host.table()).toContain('10.0.0.1:0->0.0.0.0:0 1 2 5\n')
  })

  it('forget idle groups when the collector comes by', () => {
    const rule = '--hashlimit-upto 1/day --hashlimit-burst 1 --hashlimit-mode srcip --hashlimit-htable-expire 100'
    const host = new LimitHost(4, `${rule} --hashlimit-htable-gcinterval 2000`)
    expect(host.many(2)).toBe('x.')
    host.wait(1900)
    expect(host.see('10.0.0.1')).toBe('.')
    expect(host.table()).toMatch(/^0 10/)
    host.wait(200)
    expect(host.table()).toBe('')
    expect(host.see('10.0.0.1')).toBe('x')
  })

  it('drop new groups while they are full', () => {
    const rule = '--hashlimit-above 1/s --hashlimit-mode srcip --hashlimit-htable-size 1 --hashlimit-htable-max 1'
    const host = new LimitHost(4, `${rule} --hashlimit-htable-expire 500`)
    expect([host.see('10.0.0.1'), host.see('10.0.0.2'), host.see('10.0.0.1')]).toEqual(['.', '!', '.'])
    host.wait(2000)
    expect(host.see('10.0.0.2')).toBe('.')
  })

  it('are shared by the rules that name them, as the first set them up', () => {
    const host = new LimitHost(
      4,
      '--hashlimit-upto 1/s --hashlimit-burst 3',
      '--hashlimit-above 1/day --hashlimit-burst 1 --hashlimit-mode srcip',
    )
    expect([host.see('10.0.0.1'), host.see('10.0.0.2')]).toEqual(['x.', 'xx'])
  })

  it('do not tell a rate where none is measured', () => {
    const host = new LimitHost(4, '--hashlimit-upto 1/s', '--hashlimit-upto 1/s --hashlimit-rate-match')
    expect(host.see('10.0.0.1')).toBe('x?')
  })
})
