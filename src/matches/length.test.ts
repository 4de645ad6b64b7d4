import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { length } from './length.ts'

const of = (bytes: number): Uint8Array =>
  packet.udp({ source: '10.0.0.5', destination: '10.0.2.9', payload: bytes - 28 })
const of6 = (bytes: number): Uint8Array =>
  packet.udp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', payload: bytes - 48 })

testMatch(length, {
  saves: {
    '-m length --length 100:200': '=',
    '-m length ! --length 0x64': '-m length ! --length 100',
    '-m length --length :': '-m length --length 0:65535',
    '-m length --length 200:100': '=',
    '-m length --length 7:7': '-m length --length 7',
    '-m length --length 0': '=',
    '-m length --length 65535': '=',
    '-m length ! --length 100:200': '=',
    '-m length ! --length 100': '=',
    '-m length --length 100:': '-m length --length 100:65535',
    '-m length --length :100': '-m length --length 0:100',
    '-m length --length 0x10:020': '-m length --length 16',
    '-m length --length ""': '-m length --length 0',
    '-m length --length " 5"': '-m length --length 5',
    '-m length --length +5': '-m length --length 5',
  },
  rejects: {
    '-m length': /must be specified/,
    '-m length --length 65536': /out of range/,
    '-m length --length 1:2:3': /Too many|Bad value/,
    '-m length --length x': /length/,
    '-m length --length 1:65536':
      /^length: bad value for option "--length" near "65536", or out of range \(0-65535\)\.$/,
    '-m length --length 1:x': /^length: bad value for option "--length" near "x", or out of range \(0-65535\)\.$/,
    '-m length --length -1': /^length: bad value for option "--length" near "-1", or out of range \(0-65535\)\.$/,
    '-m length --length 1 --length 2': /^length: option "--length" can only be used once\.$/,
    '-m length --length 5x': /^length: Argument to "--length" has unexpected characters near "x"\.$/,
    '-m length --length 0x': /^length: Argument to "--length" has unexpected characters near "x"\.$/,
    '-m length --length 08': /^length: Argument to "--length" has unexpected characters near "8"\.$/,
    '-m length --length 5:x:y': /^length: bad value for option "--length" near "x:y", or out of range \(0-65535\)\.$/,
    '-m length --length x:y:z': /^length: bad value for option "--length" near "x:y:z", or out of range \(0-65535\)\.$/,
    '-m length --length 70000:1:2':
      /^length: bad value for option "--length" near "70000:1:2", or out of range \(0-65535\)\.$/,
    '-m length --length ::': /^length: Too many components for option "--length" \(max: 2\)$/,
  },
  matches: [
    ['-m length --length 100', of(100)],
    ['-m length --length 100:200', of(200)],
    ['-m length ! --length 200:100', of(150)],
    ['-m length --length 100:', of(1500)],
  ],
  misses: [
    ['-m length --length 100', of(101)],
    ['-m length ! --length :99', of(99)],
    ['-m length --length 200:100', of(150)],
  ],
})

testMatch(length, {
  family: 6,
  saves: {
    '-m length --length 5': '=',
    '-m length --length 0': '=',
    '-m length --length 65535': '=',
    '-m length ! --length 100:200': '=',
    '-m length ! --length 100': '=',
  },
  rejects: {
    '-m length': /^length: option "--length" must be specified$/,
    '-m length --length 65536': /^length: bad value for option "--length" near "65536", or out of range \(0-65535\)\.$/,
    '-m length --length 1:65536':
      /^length: bad value for option "--length" near "65536", or out of range \(0-65535\)\.$/,
    '-m length --length x': /^length: bad value for option "--length" near "x", or out of range \(0-65535\)\.$/,
  },
  matches: [
    ['-m length --length 100', of6(100)],
    ['-m length --length 48:48', of6(48)],
    ['-m length --length 10:48', of6(48)],
    ['-m length ! --length 10:39', of6(48)],
  ],
  misses: [
    ['-m length --length 60', of6(100)],
    ['-m length --length 0:39', of6(48)],
    ['-m length --length 49:', of6(48)],
  ],
})
