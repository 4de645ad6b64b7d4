import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { comment } from './comment.ts'

const any = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })

testMatch(comment, {
  saves: {
    '-m comment --comment plain-1_2': '=',
    '-m comment --comment "two words" -j ACCEPT': '=',
    '-m comment --comment "say \\"hi\\" it\'s \\\\"': '-m comment --comment "say \\"hi\\" it\\\'s \\\\"',
    '-m comment --comment ""': '=',
    '-m comment --comment "naïve 防火墙"': '=',
    [`-m comment --comment ${'x'.repeat(300)}`]: `-m comment --comment ${'x'.repeat(255)}`,
    '-m comment --comm=short -m comment --comment "-j DROP"':
      '-m comment --comment short -m comment --comment "-j DROP"',
  },
  rejects: {
    '-m comment': /option "--comment" must be specified/,
    '-m comment --comment a b': /Bad argument `b'/,
    '-m comment ! --comment a': /cannot be inverted/,
    '-m comment --comment "a""b"': /Bad argument `b'/,
  },
  matches: [['-m comment --comment x', any]],
})
