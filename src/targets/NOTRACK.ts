import { defineTarget } from '../xtables/index.ts'

/**
 * `-j NOTRACK`: do not track the packet's connection; the old name of `CT --notrack`.
 *
 * Source: iptables-extensions(8) "NOTRACK"; Linux xt_CT.c notrack_tg().
 */
export const NOTRACK = defineTarget({
  name: 'NOTRACK',
  kernelName: 'CT',
  families: [4, 6],
  tables: ['raw'],
  options: {},
  list: () => ' NOTRACK',
  act: () => [{ kind: 'notrack' }],
})
