import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { ah } from './ah.ts'

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
