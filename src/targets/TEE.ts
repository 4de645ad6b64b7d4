import { VERDICT } from '../expression/action.ts'
import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { ZERO_WORDS } from '../util/words.ts'
import { formatAddress } from '../wire/address.ts'
import { defineTarget, host, optionOf } from '../xtables/index.ts'

const LONGEST_NAME = 15

const deviceName = optionOf<string>({
  words: 1,
  placeholder: 'name',
  parse: ([word = '']) => cutBytes(word, LONGEST_NAME),
  format: (name) => name,
})

/**
 * `-j TEE`: send a copy of the packet to a neighbour, whatever the packet's own destination; the packet goes on.
 *
 * The copy is not tracked, starts at OUTPUT, does not meet TEE again, and in PREROUTING and INPUT has one hop less.
 *
 * Source: iptables-extensions(8) "TEE"; Linux xt_TEE.c tee_tg4(), tee_tg6(), tee_tg_check().
 */
export const TEE = defineTarget({
  name: 'TEE',
  families: [4, 6],
  options: {
    gateway: host({ help: 'neighbour that gets the copy', required: true }),
    oif: deviceName({ help: 'device to look for the neighbour on', isDefault: (name) => name === '' }),
  },
  check: ({ gateway }) => {
    if (gateway?.value.every((word) => word === 0)) {
      throw new UsageError('TEE: --gateway must be an address of its own', { errno: 'EINVAL' })
    }
  },
  list: ({ gateway, oif }, { family }, { numeric, nameOf }) => {
    const address = gateway?.value ?? ZERO_WORDS
    const name = numeric ? undefined : nameOf?.(address, family, true)
    const device = oif === undefined || oif.value === '' ? '' : ` oif=${oif.value}`
    return ` TEE gw:${name ?? formatAddress(family, address)}${device}`
  },
  act: ({ gateway, oif }) => {
    const to = gateway?.value ?? ZERO_WORDS
    const device = oif?.value ?? ''
    return [
      {
        kind: 'computed',
        name: 'TEE',
        act: (packet, environment) => {
          environment.duplicate(packet, to, device)
          return VERDICT.continue
        },
      },
    ]
  },
})
