import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import { TCPMSS } from './TCPMSS.ts'

/** A SYN with the options `2 4 mss`. */
const syn = (mss: number): Uint8Array =>
  packet.tcp({ flags: 'S', options: new Uint8Array([2, 4, mss >> 8, mss & 255]) })
const mssOf = (bytes: Uint8Array): number => (bytes[42]! << 8) | bytes[43]!

testTarget(TCPMSS, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu': '=',
    '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 0x5b4':
      '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1460',
    '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 5 --clamp-mss-to-pmtu':
      '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
    '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu --set-mss 5':
      '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 5',
  },
  rejects: {
    '-p tcp --syn -j TCPMSS': /^TCPMSS target: At least one parameter is required$/,
    '-p tcp --syn -j TCPMSS --set-mss 65516': /^TCPMSS: bad value .* out of range \(0-65515\)\.$/,
    '-p tcp -j TCPMSS --set-mss 500': /--syn/,
    '-p tcp ! --syn -j TCPMSS --set-mss 500': /--syn/,
    '-p udp -j TCPMSS --set-mss 500': /--syn/,
  },
  acts: [
    [
      '-p tcp --syn -j TCPMSS --set-mss 1300',
      syn(1460),
      ({ packet, verdict }) => {
        expect(mssOf(packet.copyBytes())).toBe(1300)
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
    ['-p tcp --syn -j TCPMSS --set-mss 1300', syn(1200), ({ packet }) => expect(mssOf(packet.copyBytes())).toBe(1200)],
    [
      '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu',
      syn(9000),
      ({ packet }) => expect(mssOf(packet.copyBytes())).toBe(1460),
    ],
    [
      '-p tcp --syn -j TCPMSS --set-mss 1300',
      syn(1460).subarray(0, 40),
      ({ verdict }) => expect(verdict).toBe(VERDICT.drop),
    ],
  ],
})

testTarget(TCPMSS, {
  table: 'mangle',
  chain: 'PREROUTING',
  saves: { '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 536': '=' },
  rejects: {
    '-p tcp --syn -j TCPMSS --clamp': /^-j TCPMSS is not valid in PREROUTING$/,
    '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu': /not valid in PREROUTING/,
  },
})

testTarget(TCPMSS, {
  table: 'mangle',
  chain: 'FORWARD',
  family: 6,
  saves: { '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 65495': '=' },
  rejects: { '-p tcp --syn -j TCPMSS --set-mss 65496': /out of range \(0-65495\)/ },
})

testTarget(TCPMSS, {
  table: 'filter',
  chain: 'FORWARD',
  saves: {
    '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss +5':
      '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 5',
    '-p tcp --syn -j TCPMSS --set-mss 1400': '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 1400',
    '-p tcp --syn -j TCPMSS --set-mss 0': '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 0',
    '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu':
      '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --clamp-mss-to-pmtu',
    '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu --set-mss 5':
      '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 5',
    '-p tcp --tcp-flags SYN,ACK SYN,ACK -j TCPMSS --clamp-mss-to-pmtu':
      '-p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -j TCPMSS --clamp-mss-to-pmtu',
  },
  rejects: {
    '-p tcp -m tcp ! --syn -j TCPMSS --set-mss 5': /^TCPMSS: only works on TCP SYN packets: `-p tcp --syn' is missing$/,
    '-p tcp -m tcp --dport 80 -j TCPMSS --set-mss 5':
      /^TCPMSS: only works on TCP SYN packets: `-p tcp --syn' is missing$/,
    '-j TCPMSS --set-mss 1': /^TCPMSS: only works on TCP SYN packets: `-p tcp --syn' is missing$/,
    '-p tcp -j TCPMSS --set-mss 1': /^TCPMSS: only works on TCP SYN packets: `-p tcp --syn' is missing$/,
    '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu --clamp-mss-to-pmtu':
      /^TCPMSS: option "--clamp-mss-to-pmtu" can only be used once\.$/,
    '-p tcp --syn -j TCPMSS --set-mss 5 --set-mss 5': /^TCPMSS: option "--set-mss" can only be used once\.$/,
    '-p tcp --syn -j TCPMSS --set-mss 65535':
      /^TCPMSS: bad value for option "--set-mss", or out of range \(0-65515\)\.$/,
    '-p tcp --syn -j TCPMSS --set-mss -1': /^TCPMSS: bad value for option "--set-mss", or out of range \(0-65515\)\.$/,
    '-p tcp --syn -j TCPMSS ! --set-mss 1': /^TCPMSS: option "--set-mss" cannot be inverted\.$/,
    '-p tcp --syn -j TCPMSS ! --clamp-mss-to-pmtu': /^TCPMSS: option "--clamp-mss-to-pmtu" cannot be inverted\.$/,
    '-p tcp --syn -j TCPMSS': /^TCPMSS target: At least one parameter is required$/,
    '-p tcp --tcp-flags SYN NONE -j TCPMSS --clamp-mss-to-pmtu':
      /^TCPMSS: only works on TCP SYN packets: `-p tcp --syn' is missing$/,
    '! -p tcp -j TCPMSS --clamp-mss-to-pmtu': /^TCPMSS: only works on TCP SYN packets: `-p tcp --syn' is missing$/,
  },
})

testTarget(TCPMSS, {
  table: 'filter',
  chain: 'INPUT',
  saves: {
    '-p tcp --syn -j TCPMSS --set-mss 5': '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 5',
  },

  rejects: {
    '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu': /^-j TCPMSS is not valid in INPUT$/,
  },
})

testTarget(TCPMSS, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  saves: {
    '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu':
      '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --clamp-mss-to-pmtu',
    '-p tcp --syn -j TCPMSS --set-mss 65495': '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 65495',
  },
  rejects: {
    '-p tcp -j TCPMSS --set-mss 5': /^TCPMSS: only works on TCP SYN packets: `-p tcp --syn' is missing$/,
    '-p tcp --syn -j TCPMSS': /^TCPMSS target: At least one parameter is required$/,
    '-p tcp --syn -j TCPMSS --set-mss 65496':
      /^TCPMSS: bad value for option "--set-mss", or out of range \(0-65495\)\.$/,
  },
})

testTarget(TCPMSS, {
  table: 'mangle',
  chain: 'POSTROUTING',
  family: 6,
  saves: {
    '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu':
      '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --clamp-mss-to-pmtu',
  },
})

testTarget(TCPMSS, {
  table: 'filter',
  chain: 'OUTPUT',
  saves: {
    '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu':
      '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --clamp-mss-to-pmtu',
  },
})

testTarget(TCPMSS, {
  table: 'mangle',
  chain: 'POSTROUTING',
  saves: {
    '-p tcp --syn -j TCPMSS --set-mss 5 --clamp':
      '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --clamp-mss-to-pmtu',
  },
})

testTarget(TCPMSS, {
  table: 'raw',
  chain: 'OUTPUT',
  saves: {
    '-p tcp --syn -j TCPMSS --set-mss 5': '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 5',
  },
})

testTarget(TCPMSS, {
  table: 'nat',
  chain: 'OUTPUT',
  saves: {
    '-p tcp --syn -j TCPMSS --set-mss 5': '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 5',
  },
})

testTarget(TCPMSS, {
  table: 'filter',
  chain: 'INPUT',
  family: 6,
  rejects: {
    '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu': /^-j TCPMSS is not valid in INPUT$/,
  },
})
