import type { Environment } from '../expression/environment.ts'
import { OUTCOME, type Test } from '../expression/test.ts'
import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, optionOf } from '../xtables/index.ts'

/** Source: linux/netfilter/nfnetlink_acct.h NFACCT_NAME_MAX, without the final zero. */
const LONGEST_NAME = 31

const objectName = optionOf<string>({
  words: 1,
  placeholder: 'name',
  parse: ([word = '']) => {
    if (word === '') throw new UsageError('Argument must have a minimum length of 1 characters\n')
    return cutBytes(word, LONGEST_NAME)
  },
  // The tool has two spaces there.
  format: (name) => ` ${name}`,
})

/** What an accounting object has counted, as `nfacct list` shows it. */
class AccountingObject {
  readonly name: string
  packets = 0
  bytes = 0

  constructor(name: string) {
    this.name = name
  }

  toString(): string {
    const wide = (count: number): string => String(count).padStart(20, '0')
    return `{ pkts = ${wide(this.packets)}, bytes = ${wide(this.bytes)} } = ${this.name};\n`
  }
}

function objectOf(name: string, environment: Environment): AccountingObject {
  return environment.shared('nfacct', name, () => new AccountingObject(name))
}

/** Counting is all it does: an object without quota holds for every packet. Source: Linux nfacct_mt(). */
function counts(name: string): Test {
  return {
    kind: 'computed',
    name: 'nfacct',
    stateful: true,
    evaluate: (packet, environment) => {
      const object = objectOf(name, environment)
      object.packets++
      object.bytes += packet.length
      return OUTCOME.yes
    },
    observe: (_packet, environment) => {
      const { packets, bytes } = objectOf(name, environment)
      return `${packets} packets, ${bytes} bytes`
    },
    prepare: (environment) => void objectOf(name, environment),
  }
}

/**
 * `-m nfacct`: counts packets and bytes in a named object that rules of both families share. It always holds.
 *
 * Assumed: the object was made before the rule, as the kernel demands, and without a quota (with one it would hold
 * only above it). The tool saves two spaces before the name.
 *
 * Differs: the object is taken to exist, without a quota.
 *
 * Source: iptables-extensions(8) "nfacct"; Linux xt_nfacct.c nfacct_mt(), nfnl_acct_update().
 */
export const nfacct = defineMatch({
  name: 'nfacct',
  families: [4, 6],
  options: {
    'nfacct-name': objectName({ help: 'accounting object to count in', required: true, holds: counts }),
  },
  list: ({ 'nfacct-name': given }) => (given ? ` nfacct-name  ${given.value}` : ''),
})
