import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { tcpmss } from './tcpmss.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9' }
const raw = (payload: Uint8Array | number, more: object = {}): Uint8Array =>
  packet.raw({ ...ends, protocol: 'tcp', payload, ...more })
/** A TCP header of 20 bytes with this data offset, and these bytes behind it. */
const withOptions = (words: number, ...options: number[]): Uint8Array =>
  raw(Uint8Array.of(0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, words << 4, 2, 0, 0, 0, 0, 0, 0, ...options))
const mss1460 = withOptions(6, 2, 4, 0x05, 0xb4)

testMatch(tcpmss, {
  saves: {
    '-p tcp -m tcpmss --mss 500:1000': '=',
    '-p tcp -m tcpmss ! --mss 0x10': '-p tcp -m tcpmss ! --mss 16',
    '-p tcp -m tcpmss --mss :': '-p tcp -m tcpmss --mss 0:65535',
    '-p tcp -m tcpmss ! --mss 500:1000': '=',
    '-p tcp -m tcpmss --mss 500': '=',
    '-p tcp -m tcpmss --mss 5:': '-p tcp -m tcpmss --mss 5:65535',
    '-p tcp -m tcpmss --mss :5': '-p tcp -m tcpmss --mss 0:5',
    '-p tcp -m tcpmss --mss 5:5': '-p tcp -m tcpmss --mss 5',
    '-p tcp -m tcpmss --mss 65535': '=',
    '-p tcp -m tcpmss --mss ""': '-p tcp -m tcpmss --mss 0',
    '-m tcpmss --mss 5 -p tcp': '-p tcp -m tcpmss --mss 5',
    '-p tcp -m tcpmss --mss " 5"': '-p tcp -m tcpmss --mss 5',
  },
  rejects: {
    '-p tcp -m tcpmss --mss 9:5 --mss 1': /^tcpmss: invalid range given$/,
    '-p tcp -m tcpmss': /must be specified/,
    '-p tcp -m tcpmss --mss 5:1': /invalid range/,
    '-p tcp -m tcpmss --mss 70000': /out of range/,
    '-m tcpmss --mss 5': /tcpmss needs/,
    '-p tcp -m tcpmss --mss': /^option "--mss" requires an argument$/,
    '-p tcp -m tcpmss --mss 65536':
      /^tcpmss: bad value for option "--mss" near "65536", or out of range \(0-65535\)\.$/,
    '-p tcp -m tcpmss --mss 1:65536':
      /^tcpmss: bad value for option "--mss" near "65536", or out of range \(0-65535\)\.$/,
    '-p tcp -m tcpmss --mss -1': /^tcpmss: bad value for option "--mss" near "-1", or out of range \(0-65535\)\.$/,
    '-p tcp -m tcpmss --mss x': /^tcpmss: bad value for option "--mss" near "x", or out of range \(0-65535\)\.$/,
    '-p tcp -m tcpmss --mss 1:2:3': /^tcpmss: Too many components for option "--mss" \(max: 2\)$/,
    '-p tcp -m tcpmss --mss 1:x': /^tcpmss: bad value for option "--mss" near "x", or out of range \(0-65535\)\.$/,
    '-p tcp -m tcpmss --mss 1-2': /^tcpmss: Argument to "--mss" has unexpected characters near "-2"\.$/,
    '-p tcp -m tcpmss --mss 1 --mss 2': /^tcpmss: option "--mss" can only be used once\.$/,
    '-p tcp -m tcpmss --mss ! 1': /^tcpmss: bad value for option "--mss" near "!", or out of range \(0-65535\)\.$/,
    '-p udp -m tcpmss --mss 5': /^tcpmss needs `-p tcp'$/,
    '! -p tcp -m tcpmss --mss 5': /^tcpmss needs `-p tcp'$/,
    '-m tcpmss': /^tcpmss: option "--mss" must be specified$/,
    '-p tcp -m tcpmss --mss 0x': /^tcpmss: Argument to "--mss" has unexpected characters near "x"\.$/,
    '-p tcp -m tcpmss --mss 5:x': /^tcpmss: bad value for option "--mss" near "x", or out of range \(0-65535\)\.$/,
    '-p tcp -m tcpmss --mss x:5': /^tcpmss: bad value for option "--mss" near "x:5", or out of range \(0-65535\)\.$/,
    '-p tcp -m tcpmss --mss :::': /^tcpmss: Too many components for option "--mss" \(max: 2\)$/,
    '-p tcp -m tcpmss --mss ::': /^tcpmss: Too many components for option "--mss" \(max: 2\)$/,
    '-p tcp -m tcpmss --mss 5:70000:1':
      /^tcpmss: bad value for option "--mss" near "70000:1", or out of range \(0-65535\)\.$/,
    '-p tcp -m tcpmss --mss "5 "': /^tcpmss: Argument to "--mss" has unexpected characters near " "\.$/,
  },
  matches: [
    ['-p tcp -m tcpmss --mss 1460', mss1460],
    ['-p tcp -m tcpmss ! --mss 1461:', mss1460],
    ['-p tcp -m tcpmss ! --mss 0:65535', withOptions(5)],
    ['-p tcp -m tcpmss --mss 1', withOptions(7, 1, 2, 4, 0, 1, 0, 0, 0)],
    ['-p tcp -m tcpmss ! --mss 0:65535', withOptions(6, 1, 2, 4, 0)],
    ['-p tcp -m tcpmss ! --mss 0:65535', withOptions(6, 2, 3, 0, 0)],
    ['-p tcp -m tcpmss --mss 1460', withOptions(7, 99, 0, 1, 1, 2, 4, 0x05, 0xb4).slice()],
  ],
  misses: [
    ['-p tcp -m tcpmss --mss 0:65535', withOptions(5)],
    ['-p tcp -m tcpmss --mss 500', mss1460],
    ['-p tcp -m tcpmss --mss 0:65535', withOptions(6, 1, 2, 4, 0)],
  ],
  hotdrops: [
    ['-p tcp -m tcpmss ! --mss 1', raw(19)],
    ['-p tcp -m tcpmss ! --mss 1', withOptions(4)],
    ['-p tcp -m tcpmss --mss 1', withOptions(6, 1, 1, 1)],
    ['-p tcp -m tcpmss --mss 1', raw(64, { offset: 8 })],
  ],
})

const laterFragment6 = (source: string): Uint8Array =>
  packet.raw({ source, destination: 'fd00:0:0:2::9', protocol: 6, payload: new Uint8Array(24), offset: 16, mf: true })

testMatch(tcpmss, {
  family: 6,
  // Of a later fragment, the packet itself is read as a TCP header: byte 12, in the source address, tells its length.
  matches: [['-p tcp -m tcpmss ! --mss 1', laterFragment6('fd00:0:5000::5')]],
  hotdrops: [['-p tcp -m tcpmss ! --mss 1', laterFragment6('fd00::5')]],
})

testMatch(tcpmss, {
  family: 6,
  saves: {
    '-p tcp -m tcpmss ! --mss 500:1000': '=',
  },
  rejects: {
    '-p tcp -m tcpmss --mss 5:1': /^tcpmss: invalid range given$/,
    '-m tcpmss --mss 5': /^tcpmss needs `-p tcp'$/,
  },
})
