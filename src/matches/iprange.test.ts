import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { iprange } from './iprange.ts'

const from = (source: string): Uint8Array => packet.udp({ source, destination: '10.0.2.9' })
const from6 = (source: string): Uint8Array => packet.udp({ source, destination: 'fd00:0:0:2::9' })

testMatch(iprange, {
  saves: {
    '-m iprange --src-range 10.0.0.1-10.0.0.9 ! --dst-range 10.0.2.1-10.0.2.8': '=',
    '-m iprange --src-range 10.1-0x0a.2': '-m iprange --src-range 10.1.0.0-10.2.0.0',
    '-m iprange --dst-range 10.0.0.7': '-m iprange --dst-range 10.0.0.7-10.0.0.7',
    '-m iprange --src-range 10.0.0.9-10.0.0.1': '=',
    '-m iprange --src-range 10.0.0.1-10.0.0.9': '=',
    '-m iprange ! --src-range 10.0.0.1-10.0.0.9': '=',
    '-m iprange --dst-range 10.0.0.1-10.0.0.9': '=',
    '-m iprange ! --dst-range 10.0.0.1-10.0.0.9 --src-range 1.2.3.4':
      '-m iprange --src-range 1.2.3.4-1.2.3.4 ! --dst-range 10.0.0.1-10.0.0.9',
    '-m iprange --dst-range 10.0.0.9-10.0.0.1': '=',
    '-m iprange --src-range 1.2.3.4-1.2.3.3 --dst-range 1.2.3.4-1.2.3.3': '=',
    '-m iprange ! --src-range 1.2.3.4-1.2.3.3': '=',
    '-m iprange --src-range 0x7f.1': '-m iprange --src-range 127.1.0.0-127.1.0.0',
    '-m iprange --src-range 010.0.0.1': '-m iprange --src-range 8.0.0.1-8.0.0.1',
    '-m iprange --src-range 1.2.3': '-m iprange --src-range 1.2.3.0-1.2.3.0',
    '-m iprange --src-range 127.0.0.1': '-m iprange --src-range 127.0.0.1-127.0.0.1',
    '-m iprange --src-range 200.0.0.1-100.0.0.1': '=',
    '-m iprange --src-range 100.0.0.1-200.0.0.1': '=',
    '-m iprange --src-range " 1.2.3.4"': '-m iprange --src-range 1.2.3.4-1.2.3.4',
  },
  rejects: {
    '-m iprange': /You must specify `--src-range' or `--dst-range'/,
    '-m iprange --src-range 10.0.0.0/8': /Bad value for "--src-range" option: "10.0.0.0\/8"/,
    '-m iprange --src-range 1.2.3.4-': /Bad value for "--src-range" option: ""/,
    '-m iprange --src-range ::1-::2': /Bad value/,
    '-m iprange --src-range 10.0.0.256': /Bad value/,
    '-m iprange --src-range 10.0.0.9-': /^iprange: Bad value for "--src-range" option: ""$/,
    '-m iprange --src-range -10.0.0.9': /^iprange: Bad value for "--src-range" option: ""$/,
    '-m iprange --src-range ""': /^iprange: Bad value for "--src-range" option: ""$/,
    '-m iprange --src-range -': /^iprange: Bad value for "--src-range" option: ""$/,
    '-m iprange --src-range x': /^iprange: Bad value for "--src-range" option: "x"$/,
    '-m iprange --src-range 10.0.0.1-x': /^iprange: Bad value for "--src-range" option: "x"$/,
    '-m iprange --src-range 1.2.3.4-1.2.3.5-1.2.3.6':
      /^iprange: Bad value for "--src-range" option: "1\.2\.3\.5-1\.2\.3\.6"$/,
    '-m iprange --src-range ::1': /^iprange: Bad value for "--src-range" option: "::1"$/,
    '-m iprange --src-range 1.2.3.4 --src-range 1.2.3.4': /^iprange: option "--src-range" can only be used once\.$/,
    '-m iprange --src-range 1.2.3.4 --dst-range': /^option "--dst-range" requires an argument$/,
  },
  matches: [
    ['-m iprange --src-range 10.0.0.1-10.0.0.9', from('10.0.0.9')],
    ['-m iprange ! --src-range 10.0.0.1-10.0.0.9', from('10.0.0.10')],
    ['-m iprange ! --src-range 10.0.0.9-10.0.0.1', from('10.0.0.5')],
    ['-m iprange --src-range 10.0.0.5 --dst-range 10.0.2.1-10.0.2.9', from('10.0.0.5')],
  ],
  misses: [
    ['-m iprange --src-range 10.0.0.1-10.0.0.9', from('10.0.0.10')],
    ['-m iprange --src-range 10.0.0.9-10.0.0.1', from('10.0.0.5')],
    ['-m iprange --src-range 10.0.0.5 ! --dst-range 10.0.2.1-10.0.2.9', from('10.0.0.5')],
  ],
})

testMatch(iprange, {
  family: 6,
  saves: {
    '-m iprange --src-range FD00:0::1': '-m iprange --src-range fd00::1-fd00::1',
    '-m iprange --src-range fd00::1-fd00::5': '=',
    '-m iprange ! --src-range fd00::1-fd00::5 ! --dst-range fd00::9':
      '-m iprange ! --src-range fd00::1-fd00::5 ! --dst-range fd00::9-fd00::9',
    '-m iprange --src-range fd00::5-fd00::1': '=',
    '-m iprange --dst-range fd00::5-fd00::1': '=',
    '-m iprange --dst-range ::1.2.3.4-::ffff:1.2.3.4': '=',
    '-m iprange --src-range fd00::5': '-m iprange --src-range fd00::5-fd00::5',
    '-m iprange --src-range ffff::-8000::': '=',
    '-m iprange --src-range 8000::-7000::': '=',
    '-m iprange --src-range ::1-::': '=',
    '-m iprange --src-range fd00::1-fd00::9': '=',
    '-m iprange ! --src-range fd00::1-fd00::9': '=',
    '-m iprange --dst-range fd00::1-fd00::9': '=',
    '-m iprange --src-range fd00::9-fd00::1': '=',
  },
  rejects: {
    '-m iprange --src-range 1.2.3.4': /Bad value/,
    '-m iprange --dst-range fd00::5-': /^iprange: Bad value for "--dst-range" option: ""$/,
    '-m iprange --dst-range 1.2.3.4': /^iprange: Bad value for "--dst-range" option: "1\.2\.3\.4"$/,
    '-m iprange': /^iprange match: You must specify `--src-range' or `--dst-range'$/,
    '-m iprange ! --dst-range fd00::1-fd00::9 --src-range 1.2.3.4':
      /^iprange: Bad value for "--src-range" option: "1\.2\.3\.4"$/,
    '-m iprange --src-range fd00::9-': /^iprange: Bad value for "--src-range" option: ""$/,
    '-m iprange --src-range -fd00::9': /^iprange: Bad value for "--src-range" option: ""$/,
    '-m iprange --src-range ""': /^iprange: Bad value for "--src-range" option: ""$/,
  },
  matches: [
    ['-m iprange --src-range fd00::5-fd00::1:0', from6('fd00::ffff')],
    ['-m iprange ! --src-range fd00::-fd00::fffe', from6('fd00::ffff')],
  ],
  misses: [['-m iprange --src-range fd00::5-fd00::1:0', from6('fd00::1:1')]],
})
