import { expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { connectionWith, packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME, type Outcome } from '../expression/test.ts'
import { parseSockets } from '../host/sockets-file.ts'
import { packet } from '../packet/build.ts'
import { CT_INFO, CT_STATUS } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import { socket } from './socket.ts'
import { provideSockets } from './socket-table.ts'

testMatch(socket, {
  saves: {
    '-m socket': '=',
    '-m socket --restore-skmark --nowildcard --transparent': '-m socket --transparent --nowildcard --restore-skmark',
  },
  rejects: {
    '-m socket ! --transparent': /cannot be inverted/,
    '-m socket --nowildcard --nowildcard': /can only be used once/,
  },
})

testMatch(socket, { chain: 'OUTPUT', rejects: { '-m socket': /OUTPUT|Invalid argument/ } })

const { yes, no, unknown } = OUTCOME

function ask(sockets: string | null, rule: string, one: Packet | Uint8Array): Outcome {
  const environment = new TestEnvironment()
  if (sockets !== null) provideSockets(environment, parseSockets(sockets, 'sockets.txt'))
  const asked = one instanceof Uint8Array ? packetWith(one) : one
  return evaluate(ruleTest(rule, 'mangle', 'PREROUTING'), asked, environment)
}

const tcp = (sport: number, dport: number) => packet.tcp({ source: '10.0.0.5', destination: '10.0.0.1', sport, dport })
const udp = (sport: number, dport: number) => packet.udp({ source: '10.0.0.5', destination: '10.0.0.1', sport, dport })
const tcp6 = packet.tcp({ source: 'fd00::5', destination: 'fd00::1', sport: 1, dport: 22 })

it('-m socket cannot be evaluated where the sockets are not known', () => {
  expect(ask(null, '-m socket', udp(1, 2))).toBe(unknown)
  expect(ask('', '-m socket', udp(1, 2))).toBe(no)
})

it.each<[line: string, packet: Uint8Array, plain: Outcome, nowildcard: Outcome]>([
  ['tcp LISTEN 0 128 10.0.0.1:22 0.0.0.0:*', tcp(1, 22), yes, yes],
  ['tcp LISTEN 0 128 10.0.0.1:22 0.0.0.0:*', tcp(1, 23), no, no],
  ['tcp LISTEN 0 128 10.0.0.1:22 0.0.0.0:*', udp(1, 22), no, no],
  ['tcp LISTEN 0 128 10.0.0.2:22 0.0.0.0:*', tcp(1, 22), no, no],
  ['tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*', tcp(1, 22), no, yes],
  ['tcp LISTEN 0 128 *:22 *:*', tcp(1, 22), no, yes],
  ['tcp LISTEN 0 128 *:22 *:*', tcp6, no, yes],
  ['tcp LISTEN 0 128 [::]:22 [::]:*', tcp(1, 22), no, no],
  ['tcp LISTEN 0 128 [fd00::1]:22 [::]:*', tcp6, yes, yes],
  ['tcp LISTEN 0 128 10.0.0.1%eth0:22 0.0.0.0:*', tcp(1, 22), no, no],
  ['tcp ESTAB 0 0 10.0.0.1:22 10.0.0.5:1', tcp(1, 22), yes, yes],
  ['tcp ESTAB 0 0 10.0.0.1:22 10.0.0.5:1', tcp(2, 22), no, no],
  ['tcp ESTAB 0 0 [::ffff:10.0.0.1]:22 [::ffff:10.0.0.5]:1', tcp(1, 22), yes, yes],
  ['udp UNCONN 0 0 0.0.0.0:53 0.0.0.0:*\nudp UNCONN 0 0 10.0.0.1:53 0.0.0.0:*', udp(1, 53), yes, yes],
])('-m socket: %s', (line, one, plain, nowildcard) => {
  const text = `Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\n${line}\n`
  expect(ask(text, '-m socket', one)).toBe(plain)
  expect(ask(text, '-m socket --nowildcard', one)).toBe(nowildcard)
})

it('-m socket looks for the sender of what an ICMP error is about', () => {
  const about = packet.udp({ source: '10.0.0.1', destination: '10.0.0.9', sport: 53, dport: 4 })
  const fields = { source: '10.0.0.5', destination: '10.0.0.1', type: 3, code: 3, payload: about }
  expect(ask('udp ESTAB 0 0 10.0.0.1:53 10.0.0.9:4\n', '-m socket', packet.icmp(fields))).toBe(yes)
  expect(ask('udp ESTAB 0 0 10.0.0.1:53 10.0.0.9:4\n', '-m socket', packet.icmp({ ...fields, type: 8 }))).toBe(no)
})

it('-m socket looks answers up by the address before source NAT', () => {
  const ct = connectionWith({ status: CT_STATUS.sourceNatDone })
  const answer = packetWith(tcp(80, 77), { ct, ctInfo: CT_INFO.establishedReply })
  expect(ask('tcp ESTAB 0 0 10.0.0.5:1000 10.0.0.5:80\n', '-m socket', answer)).toBe(yes)
  const first = packetWith(tcp(80, 77), { ct, ctInfo: CT_INFO.new })
  expect(ask('tcp ESTAB 0 0 10.0.0.5:1000 10.0.0.5:80\n', '-m socket', first)).toBe(no)
})

it('-m socket does not know which sockets are transparent, nor marks from the short list', () => {
  const line = 'tcp LISTEN 0 128 10.0.0.1:22 0.0.0.0:*'
  expect(ask(`${line}\n`, '-m socket --transparent', tcp(1, 22))).toBe(unknown)
  expect(ask(`${line}\n`, '-m socket --transparent', tcp(1, 23))).toBe(no)
  expect(ask(`${line}\n`, '-m socket --restore-skmark', tcp(1, 22))).toBe(unknown)
  const marked = packetWith(tcp(1, 22), { mark: 7 })
  expect(ask(`${line} ino:1 fwmark:0x5 sk:1 <->\n`, '-m socket --restore-skmark', marked)).toBe(yes)
  expect(marked.mark).toBe(5)
  expect(ask(`${line} ino:1 sk:1 <->\n`, '-m socket --restore-skmark', marked)).toBe(yes)
  expect(marked.mark).toBe(0)
})

it.each([
  ['icmp UNCONN 0 0 *:1 *:*', /expected tcp or udp/],
  ['tcp LISTEN 0 0 10.0.0.1:ssh 0.0.0.0:*', /is no address with a port in numbers/],
  ['tcp LISTEN 0 0 10.0.0.300:22 0.0.0.0:*', /is no address/],
  ['tcp LISTEN 0 0', /is no address/],
])('sockets.txt is refused with its line: %s', (line, wanted) => {
  expect(() => parseSockets(`\n${line}\n`, 'sockets.txt')).toThrow(wanted)
  expect(() => parseSockets(`\n${line}\n`, 'sockets.txt')).toThrow(
    expect.objectContaining({ place: { file: 'sockets.txt', line: 2, column: 1 } }),
  )
})
