import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { SECMARK } from './SECMARK.ts'

testTarget(SECMARK, {
  table: 'security',
  // Kernels without a security module refuse it.
  loadable: false,
  saves: {
    '-j SECMARK --selctx system_u:object_r:firewalld_exec_t:s0': '=',
    [`-j SECMARK --selctx ${'a'.repeat(300)}`]: `-j SECMARK --selctx ${'a'.repeat(255)}`,
  },
  lists: { '-j SECMARK --selctx a:b': ' SECMARK selctx a:b' },
  rejects: {
    '-j SECMARK': /^SECMARK: option "--selctx" must be specified/,
    '-j SECMARK --selctx ""': /empty/,
    '-j SECMARK ! --selctx a': /cannot be inverted/,
  },
  acts: [['-j SECMARK --selctx a', udp4(), ({ verdict }) => expect(verdict).toBe(VERDICT.continue)]],
})

testTarget(SECMARK, { table: 'filter', rejects: { '-j SECMARK --selctx a': /only valid in tables mangle, security/ } })
