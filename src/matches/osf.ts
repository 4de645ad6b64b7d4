import type { Environment } from '../expression/environment.ts'
import { computed, OUTCOME } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { cutBytes } from '../util/bytes.ts'
import { formatAddress } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, numberBetween, optionOf } from '../xtables/index.ts'

const [HEADER, SYN] = [20, 0x02]
const LONGEST_NAME = 31

/** A name of which the kernel's structure keeps the first 31 bytes. */
const name = optionOf<string>({
  words: 1,
  placeholder: 'string',
  parse: ([word = '']) => cutBytes(word, LONGEST_NAME),
  format: (word) => word,
})

/** A SYN with all its options, which alone is looked at. Source: Linux nf_osf_hdr_ctx_init(). */
function isLookedAt({ view, network, end }: Packet): boolean {
  const tcp = network + (view.getUint8(network) & 15) * 4
  return tcp + HEADER <= end && (view.getUint8(tcp + 13) & SYN) !== 0 && tcp + (view.getUint8(tcp + 12) >> 4) * 4 <= end
}

function logUnknown(packet: Packet, environment: Environment): void {
  const { view, transport } = packet
  const [from, to] = [packet.source, packet.destination].map((address) => formatAddress(4, address))
  environment.log(packet, {
    kind: 'LOG',
    prefix: `Remote OS is not known: ${from}:${view.getUint16(transport)} -> ${to}:${view.getUint16(transport + 2)}\n`,
    level: 5,
    group: 0,
    tcpSequence: false,
    tcpOptions: false,
    ipOptions: false,
    uid: false,
    macDecode: false,
  })
}

/**
 * `-m osf`: the operating system that the packet's SYN looks like. Fingerprints are loaded into the kernel by
 * nfnl_osf; a host has none, as a kernel that has just started, so nothing ever matches, negated or not. With
 * `--log`, every SYN is logged as not known.
 *
 * Differs: a host has no fingerprints, and none can be loaded.
 *
 * Source: iptables-extensions(8) "osf"; Linux xt_osf.c xt_osf_match_packet(), nfnetlink_osf.c nf_osf_match().
 */
export const osf = defineMatch({
  name: 'osf',
  families: [4],
  protocols: [PROTOCOL.tcp],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD'],
  options: {
    genre: name({ help: 'the system by its name in the fingerprints', invertible: true, required: true }),
    ttl: numberBetween(0, 2)({ help: '0: compare the TTL, 1: it may be less, 2: any' }),
    log: numberBetween(0, 2)({ help: '0: log all, 1: the first known, 2: all known' }),
  },
  // Never quoted, so that a name with a space does not survive being restored.
  save: ({ genre, ttl, log }) =>
    [
      `${genre?.inverted ? ' !' : ''} --genre ${genre?.value}`,
      ttl ? ` --ttl ${ttl.value}` : '',
      log ? ` --log ${log.value}` : '',
    ].join(''),
  list: ({ genre }) => ` OS fingerprint match ${genre?.inverted ? '! ' : ''}${genre?.value}`,
  holds: ({ log }) =>
    computed('osf', log !== undefined, (packet, environment) => {
      if (log !== undefined && isLookedAt(packet)) logUnknown(packet, environment)
      return OUTCOME.no
    }),
})
