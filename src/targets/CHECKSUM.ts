import { defineTarget, flag } from '../xtables/index.ts'

/**
 * `-j CHECKSUM --checksum-fill`: complete a checksum that was left to the hardware. The packets here always have
 * theirs, so that nothing is left to do.
 *
 * Source: iptables-extensions(8) "CHECKSUM"; Linux xt_CHECKSUM.c checksum_tg().
 */
export const CHECKSUM = defineTarget({
  name: 'CHECKSUM',
  families: [4, 6],
  tables: ['mangle'],
  options: { 'checksum-fill': flag({ help: 'compute a checksum that was left to the device', required: true }) },
  list: () => ' CHECKSUM fill',
  act: () => [],
})
