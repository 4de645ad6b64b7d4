import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { ah, ah6 } from './ah.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9' }
const spi = (number: number): Uint8Array => packet.ah({ ...ends, spi: number })

testMatch(ah, {
  saves: {
    '-p ah --ahspi 1:0x10': '-p ah -m ah --ahspi 1:16',
    '-p ah -m ah ! --ahspi 5:': '-p ah -m ah ! --ahspi 5:4294967295',
    '-p ah -m ah': '=',
    '-p ah -m ah --ahspi 1': '=',
    '-p ah -m ah ! --ahspi 1': '=',
    '-p ah -m ah --ahspi 0x10:020': '-p ah -m ah --ahspi 16',
    '-p ah -m ah ! --ahspi 5:9': '=',
    '-p ah -m ah --ahspi 9:5': '=',
    '-p ah -m ah --ahspi :': '-p ah -m ah',
    '-p ah -m ah --ahspi 5:': '-p ah -m ah --ahspi 5:4294967295',
    '-p ah -m ah --ahspi :5': '-p ah -m ah --ahspi 0:5',
    '-p ah -m ah --ahspi 0:4294967295': '-p ah -m ah',
    '-p ah -m ah --ahspi ""': '-p ah -m ah --ahspi 0',
    '-p ah --ahspi 4': '-p ah -m ah --ahspi 4',
  },
  rejects: {
    '-p ah --ahspi x': /ah/,
    '-m ah --ahspi 7': /ah needs/,
    '-m ah --ahspi 1': /^ah needs `-p ah'$/,
    '-p ah -m ah --ahspi 4294967296':
      /^ah: bad value for option "--ahspi" near "4294967296", or out of range \(0-4294967295\)\.$/,
    '-p ah -m ah --ahspi 1:4294967296':
      /^ah: bad value for option "--ahspi" near "4294967296", or out of range \(0-4294967295\)\.$/,
    '-p ah -m ah --ahspi -1': /^ah: bad value for option "--ahspi" near "-1", or out of range \(0-4294967295\)\.$/,
    '-p ah -m ah --ahspi x': /^ah: bad value for option "--ahspi" near "x", or out of range \(0-4294967295\)\.$/,
    '-p ah -m ah --ahspi 1:x': /^ah: bad value for option "--ahspi" near "x", or out of range \(0-4294967295\)\.$/,
    '-p ah -m ah --ahspi 1:2:3': /^ah: Too many components for option "--ahspi" \(max: 2\)$/,
    '-p ah -m ah --ahspi': /^option "--ahspi" requires an argument$/,
    '-p ah -m ah --ahspi 1 --ahspi 2': /^ah: option "--ahspi" can only be used once\.$/,
    '-p ah -m ah --ahlen 4': /^unknown option "--ahlen"$/,
    '! -p ah -m ah --ahspi 1': /^ah needs `-p ah'$/,
    '-p tcp -m ah --ahspi 1': /^ah needs `-p ah'$/,
  },
  matches: [
    ['-p ah --ahspi 256', spi(256)],
    ['-p ah ! --ahspi 255', spi(256)],
  ],
  misses: [
    ['-p ah --ahspi 256', spi(257)],
    ['-p ah -m ah', packet.raw({ ...ends, protocol: 51, payload: 64, offset: 8 })],
  ],
  hotdrops: [['-p ah ! --ahspi 1', packet.raw({ ...ends, protocol: 51, payload: 11 })]],
})

const ends6 = { source: 'fd00::5', destination: 'fd00:0:0:2::9' }
const spi6 = (number: number, more: object = {}): Uint8Array =>
  packet.ah({ ...ends6, spi: number, nextHeader: 17, payload: Uint8Array.of(0, 1, 0, 2, 0, 8, 0, 0), ...more })

testMatch(ah6, {
  family: 6,
  saves: {
    '-m ah --ahres --ahlen 0x18 --ahspi 5': '-m ah --ahspi 5 --ahlen 24 --ahres',
    '-m ah ! --ahspi 1:5 ! --ahlen 12': '=',
    '-m ah --ahspi : --ahlen 0': '-m ah',
    '-m ah': '=',
    '-m ah --ahspi 1': '=',
    '-m ah ! --ahspi 1:5': '=',
    '-m ah --ahspi :': '-m ah',
    '-m ah --ahspi 5:1': '=',
    '-m ah --ahlen 0': '-m ah',
    '-m ah ! --ahlen 0': '=',
    '-m ah --ahlen 12': '=',
    '-m ah ! --ahlen 12': '=',
    '-m ah --ahlen 4294967295': '=',
    '-m ah --ahres': '=',
    '-m ah --ahspi 1 --ahlen 12 --ahres': '=',
    '-m ah ! --ahspi 1:4294967295 ! --ahlen 12 --ahres': '=',
    '-p ah -m ah --ahspi 1': '=',
    '-p ah --ahspi 1': '-p ah -m ah --ahspi 1',
    '-p 51 --ahspi 1': '-p ah -m ah --ahspi 1',
    '-p 51 --ahlen 1 --ahres': '-p ah -m ah --ahlen 1 --ahres',
    '! -p ah --ahspi 1': '! -p ah -m ah --ahspi 1',
    '-p ah --ahspi 4': '-p ah -m ah --ahspi 4',
  },
  rejects: {
    '-m ah --ahspi x': /^ah: bad value for option "--ahspi" near "x", or out of range \(0-4294967295\)\.$/,
    '-m ah --ahspi 1:2:3': /^ah: Too many components for option "--ahspi" \(max: 2\)$/,
    '-m ah --ahspi 4294967296':
      /^ah: bad value for option "--ahspi" near "4294967296", or out of range \(0-4294967295\)\.$/,
    '-m ah --ahspi 1 --ahspi 2': /^ah: option "--ahspi" can only be used once\.$/,
    '-m ah --ahlen 4294967296': /^ah: bad value for option "--ahlen", or out of range \(0-4294967295\)\.$/,
    '-m ah --ahlen 1:2': /^ah: bad value for option "--ahlen", or out of range \(0-4294967295\)\.$/,
    '-m ah --ahlen x': /^ah: bad value for option "--ahlen", or out of range \(0-4294967295\)\.$/,
    '-m ah --ahlen 1 --ahlen 2': /^ah: option "--ahlen" can only be used once\.$/,
    '-m ah ! --ahres': /^ah: option "--ahres" cannot be inverted\.$/,
    '-m ah --ahres --ahres': /^ah: option "--ahres" can only be used once\.$/,
  },
  matches: [
    ['-m ah', spi6(5)],
    ['-m ah --ahspi 5', spi6(5)],
    ['-m ah ! --ahspi 6:9', spi6(5)],
    ['-m ah --ahlen 24', spi6(5, { icv: new Uint8Array(12) })],
    ['-m ah ! --ahlen 12', spi6(5, { icv: new Uint8Array(12) })],
    ['-m ah --ahres', spi6(5)],
    ['-p udp -m ah', spi6(5)],
  ],
  misses: [
    ['-m ah', packet.udp(ends6)],
    ['-m ah ! --ahspi 5', packet.udp(ends6)],
    ['-m ah --ahspi 6', spi6(5)],
    ['-m ah --ahlen 12', spi6(5, { icv: new Uint8Array(12) })],
    ['-m ah --ahres', spi6(5, { reservedBits: 1 })],
    ['-m ah', packet.raw({ ...ends6, protocol: 51, payload: 64, offset: 8, mf: true })],
  ],
  hotdrops: [
    ['-m ah', packet.raw({ ...ends6, protocol: 51, payload: 8 })],
    ['-m ah ! --ahspi 1', packet.raw({ ...ends6, protocol: 51, payload: 1 })],
  ],
})

// What iptables-save does not say is only listed while the rule was not read back.
testMatch(ah, {
  loadable: false,
  saves: { '-p ah ! --ahspi :': '-p ah -m ah' },
  lists: { '-p ah ! --ahspi :': ' ah spis:!0:4294967295' },
})
testMatch(ah6, {
  loadable: false,
  saves: { '-m ah ! --ahspi :': '-m ah' },
  lists: { '-m ah ! --ahspi :': ' ah spis:!0:4294967295' },
})
