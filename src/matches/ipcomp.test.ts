import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { ipcomp } from './ipcomp.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9', protocol: 108 }
const cpi = (index: number): Uint8Array =>
  packet.raw({ ...ends, payload: Uint8Array.of(6, 0, index >> 8, index & 255) })

testMatch(ipcomp, {
  saves: {
    '-p ipcomp --ipcompspi 1:0x10': '-p ipcomp -m ipcomp --ipcompspi 1:16',
    '-p ipcomp -m ipcomp ! --ipcompspi 5:': '-p ipcomp -m ipcomp ! --ipcompspi 5:4294967295',
    '-p ipcomp -m ipcomp': '-p ipcomp -m ipcomp --ipcompspi 0',
    '-p ipcomp -m ipcomp --ipcompspi 5:3': '=',
  },
  lists: {
    '-p ipcomp -m ipcomp': ' comp spi:0',
    '-p ipcomp -m ipcomp ! --ipcompspi :': ' comp spis:!0:4294967295',
    '-p ipcomp -m ipcomp --ipcompspi :': ' comp ',
  },
  rejects: {
    '-p ipcomp --ipcompspi 4294967296': /near "4294967296", or out of range \(0-4294967295\)/,
    '-p ipcomp --ipcompspi 1:2:3': /Too many components/,
    '-p ipcomp -m ipcomp --ipcompres': /unknown option "--ipcompres"/,
    '-p tcp -m ipcomp --ipcompspi 1': /./,
  },
  matches: [
    ['-p ipcomp --ipcompspi 256', cpi(256)],
    ['-p ipcomp ! --ipcompspi 255', cpi(256)],
    ['-p ipcomp -m ipcomp', cpi(0)],
  ],
  misses: [
    ['-p ipcomp --ipcompspi 256', cpi(257)],
    ['-p ipcomp -m ipcomp', cpi(1)],
    ['-p ipcomp --ipcompspi 5:3', cpi(4)],
    ['-p ipcomp ! --ipcompspi 9', packet.raw({ ...ends, payload: 64, offset: 8 })],
  ],
  hotdrops: [['-p ipcomp ! --ipcompspi 1', packet.raw({ ...ends, payload: 3 })]],
})

testMatch(ipcomp, {
  family: 6,
  matches: [
    [
      '-p ipcomp --ipcompspi 7',
      packet.raw({ source: 'fd00::5', destination: 'fd00::9', protocol: 108, payload: Uint8Array.of(6, 0, 0, 7) }),
    ],
  ],
})
