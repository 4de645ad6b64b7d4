import { expect, it } from 'vitest'
import { testMatch } from '../../test/harness/extension-tester.ts'
import { listed } from '../../test/harness/listed.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import type { Device } from '../packet/device.ts'
import { readDevices } from '../route/read-devices.ts'
import { devgroup } from './devgroup.ts'

const inGroup = (group?: number): Device => ({ name: 't0', ...(group === undefined ? {} : { group }) }) as Device
const between = (source?: number, destination?: number): ReturnType<typeof packetWith> =>
  packetWith(packet.udp(), { inDevice: inGroup(source), outDevice: inGroup(destination) })

testMatch(devgroup, {
  chain: 'FORWARD',
  saves: {
    '-m devgroup --src-group 0': '-m devgroup --src-group default',
    '-m devgroup --src-group default': '=',
    '-m devgroup ! --dst-group 5 --src-group 010': '-m devgroup --src-group 0x8 ! --dst-group 0x5',
    '-m devgroup --src-group 0x1ff/0xff': '=',
    '-m devgroup --src-group 1/0xffffffff': '-m devgroup --src-group 0x1',
    '-m devgroup --dst-group 1/0': '-m devgroup --dst-group 0x1/0x0',
    '-m devgroup --dst-group 4294967295': '-m devgroup --dst-group 0xffffffff',
  },
  rejects: {
    '-m devgroup': /devgroup match: You must specify either '--src-group' or '--dst-group'/,
    '-m devgroup --src-group foo': /devgroup: could not map name foo to an integer value for option "--src-group"\./,
    '-m devgroup --src-group default/1': /could not map name default\/1/,
    '-m devgroup --src-group 4294967296': /could not map name 4294967296/,
    '-m devgroup --dst-group 1/x': /devgroup: bad integer value for option "--dst-group", or out of range\./,
    '-m devgroup --dst-group 1/': /bad integer value/,
    '-m devgroup --dst-group 1 --dst-group 2': /can only be used once/,
  },
  matches: [
    ['-m devgroup --src-group default', between()],
    ['-m devgroup --src-group 5', between(5)],
    ['-m devgroup --src-group 0x15/0xf', between(0x25)],
    ['-m devgroup --src-group 1 ! --dst-group 1', between(1, 2)],
  ],
  misses: [
    ['-m devgroup --src-group default', between(5)],
    ['-m devgroup ! --src-group 5', between(5)],
    ['-m devgroup --src-group 1 --dst-group 1', between(1, 2)],
    ['-m devgroup --src-group 1 --dst-group 2', between(2, 2)],
  ],
})

testMatch(devgroup, {
  table: 'mangle',
  chain: 'PREROUTING',
  matches: [['-m devgroup --src-group 0', packet.udp()]],
  misses: [
    ['-m devgroup --src-group 1', packet.udp()],
    ['-m devgroup ! --src-group 0', packet.udp()],
  ],
  rejects: { '-m devgroup --dst-group 0': /PREROUTING|devgroup/ },
})

testMatch(devgroup, {
  table: 'mangle',
  chain: 'POSTROUTING',
  saves: { '-m devgroup --dst-group 0': '-m devgroup --dst-group default' },
  rejects: { '-m devgroup --src-group 0': /POSTROUTING|devgroup/ },
})

it('devgroup is listed, by number only where numbers are wanted', () => {
  expect(listed('-m devgroup --src-group 0 ! --dst-group 5')).toBe(' src-group 0x0 ! dst-group 0x5')
  expect(listed('-m devgroup ! --src-group 0', { numeric: false })).toBe(' ! src-group default')
})

it('groups are read from link.json', () => {
  const link = JSON.stringify([{ ifname: 'a', group: 'default' }, { ifname: 'b', group: '7' }, { ifname: 'c' }])
  const groups = readDevices('[{"ifname":"b"}]', link).map(({ name, group }) => [name, group])
  expect(Object.fromEntries(groups)).toMatchObject({ a: 0, b: 7, c: 0 })
})
