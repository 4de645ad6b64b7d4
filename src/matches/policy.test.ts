import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { policy } from './policy.ts'

const bytes = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })

testMatch(policy, {
  chain: 'FORWARD',
  saves: {
    '-m policy --dir in': '-m policy --dir in --pol ipsec',
    '-m policy --pol none --reqid 1 --dir out': '-m policy --dir out --pol none',
    '-m policy --dir in --pol ipsec ! --spi 255 --proto 51 ! --reqid 0x10':
      '-m policy --dir in --pol ipsec ! --reqid 16 ! --spi 0xff --proto ah',
    '-m policy --dir in --pol ipsec --tunnel-src 10.1.2.3/8 ! --tunnel-dst 10.0.0.0/255.0.255.0 --mode tunnel':
      '-m policy --dir in --pol ipsec --mode tunnel ! --tunnel-dst 10.0.0.0 --tunnel-src 10.1.2.3/8',
    '-m policy --dir in --pol ipsec --reqid 1 --next --spi 2 --next --reqid 3 --next --proto esp --strict':
      '-m policy --dir in --pol ipsec --strict --reqid 1 --next --spi 0x2 --next --reqid 3 --next --proto esp',
  },
  lists: {
    '-m policy --dir in --pol none --reqid 1': ' policy match dir in pol none',
    '-m policy --dir in --strict --mode tunnel ! --tunnel-src 1.2.3.4':
      ' policy match dir in pol ipsec strict mode tunnel ! tunnel-src 1.2.3.4',
    '-m policy --dir in --strict --mode tunnel ! --tunnel-src 1.2.3.4 --next --proto esp --spi 7':
      ' policy match dir in pol ipsec strict [0] mode tunnel ! tunnel-src 1.2.3.4 [1] spi 0x7 proto 50',
  },
  rejects: {
    '-m policy --strict': /^policy match: neither --dir in nor --dir out specified/,
    '-m policy --dir In': /^policy_match: invalid dir "In"/,
    '-m policy --dir in --pol NONE': /^policy match: invalid policy "NONE"/,
    '-m policy --dir in --pol none --strict': /policy none but --strict given/,
    '-m policy --dir in --pol none --next': /policy none but policy given/,
    '-m policy --dir in --next --reqid 1': /option "--next" also requires "--strict"/,
    '-m policy --dir in --strict --reqid 1 --next': /empty policy element 1\. --strict is in effect/,
    '-m policy --dir in --strict --next --next --next --next': /maximum policy depth reached/,
    '-m policy --dir in --next --reqid 1 ! --reqid 2': /double --reqid option/,
    '-m policy --dir in --mode tunnel --tunnel-src 1.1.1.1 --tunnel-src 1.1.1.2': /double --tunnel-src option/,
    '-m policy --dir in ! --mode tunnel --tunnel-dst 1.1.1.1': /is only valid in tunnel mode/,
    '-m policy --dir in --mode beet': /invalid mode "beet"/,
    '-m policy --dir in --proto tcp': /protocol must be ah\/esp\/ipcomp/,
    '-m policy --dir in --proto foo': /unknown protocol "foo" specified/,
    '-m policy --dir in ! --next': /option "--next" cannot be inverted/,
    '-m policy --dir in --dir in': /option "--dir" can only be used once/,
    '-m policy --dir in --spi 4294967296': /\(0-4294967295\)/,
  },
  matches: [['-m policy --dir in --pol none', bytes]],
  misses: [
    ['-m policy --dir in', bytes],
    ['-m policy --dir in --pol ipsec ! --reqid 7', bytes],
  ],
})

testMatch(policy, {
  family: 6,
  saves: {
    '-m policy --dir in --mode tunnel --tunnel-src fd00::1/16':
      '-m policy --dir in --pol ipsec --mode tunnel --tunnel-src fd00::1/16',
  },
})

testMatch(policy, { chain: 'OUTPUT', rejects: { '-m policy --dir in --pol none': /not valid in OUTPUT/ } })
testMatch(policy, { chain: 'INPUT', rejects: { '-m policy --dir out --pol none': /not valid in INPUT/ } })
