import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { CONNSECMARK } from './CONNSECMARK.ts'

testTarget(CONNSECMARK, {
  table: 'security',
  saves: { '-j CONNSECMARK --save': '=', '-j CONNSECMARK --restore': '=' },
  lists: { '-j CONNSECMARK --save': ' CONNSECMARK save', '-j CONNSECMARK --restore': ' CONNSECMARK restore' },
  rejects: {
    '-j CONNSECMARK': /^CONNSECMARK target: parameter required$/,
    '-j CONNSECMARK --restore --save': /option "--save" cannot be used together with "--restore"/,
    '-j CONNSECMARK --save --save': /can only be used once/,
  },
  acts: [['-j CONNSECMARK --save', udp4(), ({ verdict }) => expect(verdict).toBe(VERDICT.continue)]],
})

testTarget(CONNSECMARK, { table: 'raw', rejects: { '-j CONNSECMARK --save': /only valid in tables mangle, security/ } })
testTarget(CONNSECMARK, { family: 6, table: 'mangle', saves: { '-j CONNSECMARK --restore': '=' } })
