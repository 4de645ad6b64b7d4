import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { ULOG } from './ULOG.ts'

testTarget(ULOG, {
  loadable: false,
  saves: {
    '-j ULOG': '=',
    '-j ULOG --ulog-nlgroup 1 --ulog-cprange 0 --ulog-qthreshold 1': '-j ULOG',
    '-j ULOG --ulog-qthreshold 10 --ulog-nlgroup 32 --ulog-prefix "a b" --ulog-cprange 010':
      '-j ULOG --ulog-prefix "a b" --ulog-nlgroup 32 --ulog-cprange 8 --ulog-qthreshold 10',
    '-j ULOG --ulog-cprange 4294967297': '-j ULOG --ulog-cprange 1',
    '-j ULOG --ulog-prefix aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': '-j ULOG --ulog-prefix aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  },
  lists: {
    '-j ULOG': ' ULOG copy_range 0 nlgroup 1 queue_threshold 1',
    '-j ULOG --ulog-nlgroup 32 --ulog-prefix "a b" --ulog-cprange 100 --ulog-qthreshold 10':
      ' ULOG copy_range 100 nlgroup 32 prefix "a b" queue_threshold 10',
  },
  rejects: {
    '-j ULOG --ulog-nlgroup 0': /bad value for option "--ulog-nlgroup", or out of range \(1-32\)/,
    '-j ULOG --ulog-nlgroup 33': /out of range \(1-32\)/,
    '-j ULOG --ulog-qthreshold 51': /out of range \(1-50\)/,
    '-j ULOG --ulog-cprange 18446744073709551616': /out of range \(0-18446744073709551615\)/,
    '-j ULOG --ulog-prefix ""': /^Argument must have a minimum length of 1 characters/,
  },
  acts: [['-j ULOG', udp4(), ({ verdict }) => expect(verdict).toBe(VERDICT.continue)]],
})
