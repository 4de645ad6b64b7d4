import { field } from '../expression/field.ts'
import { between, header } from '../expression/test.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, numberRange } from '../xtables/index.ts'
import { rangeText, spaced } from './range-text.ts'

/**
 * `-m esp`: the Security Parameter Index of an ESP packet, 0..2^32-1; loaded by `-p esp` itself.
 *
 * Later fragments do not match; less than 8 bytes of header drop the packet.
 *
 * Source: iptables-extensions(8) "esp"; RFC 4303 section 2; Linux xt_esp.c esp_mt().
 */
export const esp = defineMatch({
  name: 'esp',
  families: [4, 6],
  protocols: [PROTOCOL.esp],
  implicitFor: [PROTOCOL.esp],
  options: {
    espspi: numberRange(32)({
      help: 'SPI, or range of SPIs, 32 bits',
      invertible: true,
      isDefault: ({ from, to }) => from === 0 && to === 0xffffffff,
      holds: ({ from, to }) => between(field.esp.spi, from, to),
    }),
  },
  list: ({ espspi }) => ` esp${spaced(rangeText('spi', espspi))}`,
  guard: (test) => header(8, test),
})
