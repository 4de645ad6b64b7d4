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
  },
  rejects: { '-p ah --ahspi x': /ah/, '-m ah --ahspi 7': /ah needs/ },
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
  },
  rejects: { '-m ah ! --ahres': /cannot be inverted/, '-m ah --ahlen x': /ahlen/ },
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
