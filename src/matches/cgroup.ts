import { allOf, computed, never, OUTCOME } from '../expression/test.ts'
import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, optionOf, quote, uint32 } from '../xtables/index.ts'

/** Source: linux/netfilter/xt_cgroup.h struct xt_cgroup_info_v2, path, without the final zero. */
const LONGEST_PATH = 511

const path = optionOf<string>({
  words: 1,
  placeholder: 'path',
  parse: ([word = '']) => cutBytes(word, LONGEST_PATH),
  format: quote,
})

/** The packet has a socket; only those of the host's own processes have. */
const hasSocket = computed(
  'cgroup',
  false,
  ({ owner }) => (owner === null ? OUTCOME.no : OUTCOME.yes),
  ({ owner }) => (owner === null ? 'no socket' : 'a socket'),
)

/**
 * `-m cgroup`: the control group of the process whose socket sent the packet, by path below the root of the version 2
 * hierarchy, or by class number (net_cls, 0..2^32-1).
 *
 * A packet without a socket here (forwarded, received, made by the kernel) has no group and never matches, not even
 * negated. A local one is in the root's hierarchy; its group and class are otherwise not known, so that what depends
 * on them is unknown. That the path exists, which the kernel demands, is assumed.
 *
 * Differs: the groups of local processes are not known beyond the root; that a path exists is not checked.
 *
 * Source: iptables-extensions(8) "cgroup"; Linux xt_cgroup.c cgroup_mt_v2(), cgroup_mt_check_v2().
 */
export const cgroup = defineMatch({
  name: 'cgroup',
  families: [4, 6],
  hooks: ['INPUT', 'OUTPUT', 'POSTROUTING'],
  options: {
    path: path({ help: 'path of the control group', invertible: true }),
    cgroup: uint32({ help: 'class number of the control group', invertible: true }),
  },
  check: ({ path: given, cgroup: classid }) => {
    if ((given === undefined) === (classid === undefined)) {
      throw new UsageError('cgroup: exactly one of --path and --cgroup is needed', { errno: 'EINVAL' })
    }
  },
  holds: ({ path: given }) => {
    if (given === undefined || !/^\/*$/.test(given.value))
      return allOf(hasSocket, { kind: 'unknown', extension: 'cgroup' })
    return given.inverted ? never : hasSocket
  },
  list: ({ path: given, cgroup: classid }) => {
    if (given) return ` cgroup ${given.inverted ? '! ' : ''}${given.value}`
    return classid ? ` cgroup ${classid.inverted ? '! ' : ''}${classid.value}` : ''
  },
})
