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
    '-m comment --comment a': '=',
    '-m comment --comment "a b"': '=',
    '-m comment --comment "a \\"q\\" b"': '=',
    '-m comment --comment "it\'s"': '-m comment --comment "it\\\'s"',
    '-m comment --comment "back\\\\slash"': '=',
    '-m comment --comment a -m comment --comment b': '=',
    '-m comment --comment "a\tb"': '=',
    '-m comment --comment "a/*b*/"': '=',
  },
  rejects: {
    '-m comment': /option "--comment" must be specified/,
    '-m comment --comment a b': /Bad argument `b'/,
    '-m comment ! --comment a': /cannot be inverted/,
    '-m comment --comment "a""b"': /Bad argument `b'/,
    '-m comment --comment': /^option "--comment" requires an argument$/,
    '-m comment ! --comment "a b"': /^comment: option "--comment" cannot be inverted\.$/,
    '-m comment --comment a --comment b': /^comment: option "--comment" can only be used once\.$/,
  },
  matches: [['-m comment --comment x', any]],
})

testMatch(comment, {
  family: 6,
  saves: {
    '-m comment --comment "a b"': '=',
    '-m comment --comment ""': '=',
    '-m comment --comment a': '=',
    '-m comment --comment "a \\"q\\" b"': '=',
    '-m comment --comment "it\'s"': '-m comment --comment "it\\\'s"',
  },
  rejects: {
    '-m comment': /^comment: option "--comment" must be specified$/,
    '-m comment --comment': /^option "--comment" requires an argument$/,
    '-m comment ! --comment "a b"': /^comment: option "--comment" cannot be inverted\.$/,
    '-m comment --comment a --comment b': /^comment: option "--comment" can only be used once\.$/,
  },
})
