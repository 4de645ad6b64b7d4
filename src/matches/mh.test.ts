import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { mh } from './mh.ts'

const ends = { source: 'fd00::5', destination: 'fd00:0:0:2::9', protocol: 135 }
const message = (type: number, next = 59): Uint8Array =>
  packet.raw({ ...ends, payload: Uint8Array.of(next, 0, type, 0, 0, 0, 0, 0) })

testMatch(mh, {
  saves: {
    '-p mh --mh-type bu:BA': '-p mobility-header -m mh --mh-type 5:6',
    '-p ipv6-mh -m mh ! --mh-type home-t': '-p mobility-header -m mh ! --mh-type 1',
    '-p mh -m mh --mh-type home-test': '-p mobility-header -m mh --mh-type 3',
    '-p mh -m mh --mh-type b:co': '-p mobility-header -m mh --mh-type 0:2',
    '-p mh -m mh --mh-type 3:': '-p mobility-header -m mh --mh-type 3:255',
    '-p mh -m mh --mh-type ""': '-p mobility-header -m mh --mh-type 0',
    '-p mobility-header -m mh': '=',
  },
  lists: {
    '-p mh ! --mh-type 7:8': ' mh !7:8',
    '-p mh -m mh': ' mh',
    '-p mh ! --mh-type :': ' mh !0:255',
  },
  rejects: {
    '-p mh --mh-type 256': /Invalid MH type `256'/,
    '-p mh --mh-type 1:2:3': /Invalid MH type `2:3'/,
    '-p mh --mh-type brrx': /Invalid MH type `brrx'/,
    '-p mh --mh-type 5:3': /Invalid MH type range \(min > max\)/,
    '-p tcp -m mh': /./,
  },
  matches: [
    ['-p mh --mh-type bu', message(5)],
    ['-p mh ! --mh-type 6:', message(5)],
    ['-p mh -m mh', message(200)],
  ],
  misses: [
    ['-p mh --mh-type bu', message(6)],
    ['-p mh ! --mh-type 0:5', message(5)],
    ['-p mh ! --mh-type :', message(5)],
    ['-p mh -m mh', packet.raw({ ...ends, payload: 16, offset: 8 })],
  ],
  hotdrops: [
    ['-p mh --mh-type 5', message(5, 6)],
    ['-p mh --mh-type 5', packet.raw({ ...ends, payload: Uint8Array.of(59, 0, 5, 0, 0) })],
  ],
})
