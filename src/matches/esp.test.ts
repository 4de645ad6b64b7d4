import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { esp } from './esp.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9' }
const spi = (number: number): Uint8Array => packet.esp({ ...ends, spi: number, payload: 16 })

testMatch(esp, {
  saves: {
    '-p esp --espspi 1:0x10': '-p esp -m esp --espspi 1:16',
    '-p esp -m esp ! --espspi 5': '=',
    '-p esp -m esp --espspi 0:4294967295': '-p esp -m esp',
    '-p esp --espspi 5:': '-p esp -m esp --espspi 5:4294967295',
    '-p esp --espspi 9:1': '-p esp -m esp --espspi 9:1',
    '-p esp -m esp': '=',
    '-p esp -m esp --espspi 1': '=',
    '-p esp -m esp ! --espspi 1': '=',
    '-p esp -m esp --espspi 1:0x20': '-p esp -m esp --espspi 1:32',
    '-p esp -m esp ! --espspi 1:2': '=',
    '-p esp -m esp --espspi 2:1': '=',
    '-p esp -m esp --espspi :': '-p esp -m esp',
    '-p esp -m esp --espspi 5:': '-p esp -m esp --espspi 5:4294967295',
    '-p esp -m esp --espspi ""': '-p esp -m esp --espspi 0',
    '-p esp --espspi 4': '-p esp -m esp --espspi 4',
  },
  rejects: {
    '-p esp --espspi x': /esp/,
    '-m esp --espspi 7': /esp needs/,
    '-m esp --espspi 1': /^esp needs `-p esp'$/,
    '-p esp -m esp --espspi 4294967296':
      /^esp: bad value for option "--espspi" near "4294967296", or out of range \(0-4294967295\)\.$/,
    '-p esp -m esp --espspi x': /^esp: bad value for option "--espspi" near "x", or out of range \(0-4294967295\)\.$/,
    '-p esp -m esp --espspi 1:2:3': /^esp: Too many components for option "--espspi" \(max: 2\)$/,
    '-p esp -m esp --espspi 1 --espspi 2': /^esp: option "--espspi" can only be used once\.$/,
    '-p udp -m esp --espspi 4': /^esp needs `-p esp'$/,
  },
  matches: [
    ['-p esp --espspi 256', spi(256)],
    ['-p esp --espspi 4294967295', spi(0xffffffff)],
    ['-p esp ! --espspi 9:1', spi(5)],
  ],
  misses: [
    ['-p esp --espspi 256', spi(257)],
    ['-p esp ! --espspi 1:300', spi(256)],
    ['-p esp -m esp', packet.raw({ ...ends, protocol: 50, payload: 64, offset: 8 })],
  ],
  hotdrops: [['-p esp ! --espspi 1', packet.raw({ ...ends, protocol: 50, payload: 7 })]],
})

testMatch(esp, {
  family: 6,
  saves: {
    '-p esp -m esp --espspi 1:5': '=',
    '-p esp --espspi 1': '-p esp -m esp --espspi 1',
    '-p esp -m esp': '=',
    '-p esp -m esp --espspi 1': '=',
    '-p esp -m esp ! --espspi 1': '=',
    '-p esp -m esp --espspi 1:0x20': '-p esp -m esp --espspi 1:32',
  },
  rejects: {
    '-m esp --espspi 1': /^esp needs `-p esp'$/,
    '-p esp -m esp --espspi 4294967296':
      /^esp: bad value for option "--espspi" near "4294967296", or out of range \(0-4294967295\)\.$/,
    '-p esp -m esp --espspi x': /^esp: bad value for option "--espspi" near "x", or out of range \(0-4294967295\)\.$/,
    '-p esp -m esp --espspi 1:2:3': /^esp: Too many components for option "--espspi" \(max: 2\)$/,
  },
  matches: [
    ['-p esp --espspi 7', packet.esp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', spi: 7, payload: 16 })],
  ],
  hotdrops: [
    ['-p esp --espspi 7', packet.raw({ source: 'fd00::5', destination: 'fd00:0:0:2::9', protocol: 50, payload: 7 })],
  ],
})

// What iptables-save does not say is only listed while the rule was not read back.
testMatch(esp, {
  loadable: false,
  saves: {
    '-p esp -m esp ! --espspi :': '-p esp -m esp',
  },
  lists: {
    '-p esp -m esp ! --espspi :': ' esp spis:!0:4294967295',
  },
})
