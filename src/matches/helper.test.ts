import { testMatch } from '../../test/harness/extension-tester.ts'
import { connectionWith, packetWith, tracked, udp4 } from '../../test/harness/packets.ts'
import { helper } from './helper.ts'

const expectedBy = (name: string | null) => tracked(udp4(), { master: connectionWith({ helper: name }) })

testMatch(helper, {
  saves: {
    '-m helper --helper ftp': '=',
    '-m helper ! --helper ftp-2121': '=',
    '-m helper --helper ""': '=',
    '-m helper --helper "a b"': '=',
    [`-m helper --helper ${'1234567890'.repeat(4)}`]: `-m helper --helper ${'1234567890'.repeat(3).slice(0, 29)}`,
  },
  rejects: {
    '-m helper': /^helper: option "--helper" must be specified/,
    '-m helper --helper': /requires an argument/,
    '-m helper --helper ftp --helper sip': /can only be used once/,
  },
  matches: [
    ['-m helper --helper ftp', expectedBy('ftp')],
    ['-m helper --helper ftp-2121', expectedBy('ftp')],
    ['-m helper --helper ""', expectedBy('sip')],
    ['-m helper ! --helper ftp', expectedBy('sip')],
    ['-m helper ! --helper ftp', packetWith(udp4())],
    ['-m helper ! --helper ""', tracked(udp4(), { helper: 'ftp' })],
    ['-m helper ! --helper ""', udp4()],
  ],
  misses: [
    ['-m helper --helper ftp', expectedBy('sip')],
    ['-m helper --helper ft', expectedBy('ftp')],
    ['-m helper --helper ftp', expectedBy(null)],
    ['-m helper --helper ftp', tracked(udp4(), { helper: 'ftp' })],
    ['-m helper --helper ""', packetWith(udp4())],
    ['-m helper --helper ""', udp4()],
    ['-m helper ! --helper ""', expectedBy('ftp')],
  ],
})
