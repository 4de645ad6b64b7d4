import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { LogEntry } from '../expression/action.ts'
import { packet as build } from '../packet/build.ts'
import type { Device } from '../packet/device.ts'
import { Packet } from '../packet/packet.ts'
import { fromHex } from '../util/bytes.ts'
import { logLine } from './log-line.ts'

const tun: Device = { name: 't0', index: 2, link: 'none', mtu: 1500, up: true, mac: null, addresses: [] }
const ether: Device = { ...tun, name: 'v0', link: 'ether', mac: new Uint8Array([2, 0, 0, 0, 0, 10]) }
const loopback: Device = { ...tun, name: 'lo', link: 'loopback' }

function entry(all: boolean, prefix = ''): LogEntry {
  const flags = { tcpSequence: all, tcpOptions: all, ipOptions: all, uid: all, macDecode: all }
  return { kind: 'LOG', prefix, level: 4, group: 0, ...flags }
}

function load(bytes: Uint8Array, inDevice: Device | null): Packet {
  const packet = new Packet().load(bytes)
  packet.parse()
  packet.inDevice = inDevice
  return packet
}

const recorded: ['all' | 'none', string, string][] = JSON.parse(
  readFileSync(new URL('../../fixtures/log/lines.json', import.meta.url), 'utf8'),
)

describe('a line of LOG', () => {
  it('is what the kernel wrote, for every recorded packet', () => {
    for (const [flags, hex, line] of recorded) {
      const bytes = fromHex(hex)
      const packet = load(bytes, tun)
      const total = packet.family === 4 ? packet.view.getUint16(2) : packet.view.getUint16(4) + 40
      packet.end = Math.min(total, bytes.length)
      packet.mark = flags === 'all' ? 0 : 0xff
      expect(logLine(packet, entry(flags === 'all')), hex).toBe(line)
    }
    expect(recorded.length).toBeGreaterThan(400)
  })

  it('begins with the prefix and has who sent the packet, and its mark, at its end', () => {
    const packet = load(build.udp({ source: '10.0.2.1', destination: '10.0.2.9', sport: 57786, dport: 53 }), null)
    packet.outDevice = { ...tun, name: 't2' }
    packet.owner = { uid: 1000, gid: 1001, supplementaryGroups: [] }
    packet.mark = 0x80000099
    expect(logLine(packet, entry(true, '[out] '))).toBe(
      '[out] IN= OUT=t2 SRC=10.0.2.1 DST=10.0.2.9 LEN=28 TOS=0x00 PREC=0x00 TTL=64 ID=0 PROTO=UDP SPT=57786 DPT=53 LEN=8 UID=1000 GID=1001 MARK=0x80000099 ',
    )
  })

  const frame = new Uint8Array([2, 0, 0, 0, 0, 10, 2, 0, 0, 0, 0, 11, 8, 0])
  it.each([
    ['the Ethernet header', false, 'MAC=02:00:00:00:00:0a:02:00:00:00:00:0b:08:00 SRC='],
    ['its parts with --log-macdecode', true, 'MACSRC=02:00:00:00:00:0b MACDST=02:00:00:00:00:0a MACPROTO=0800 SRC='],
  ])('shows %s', (_, decode, text) => {
    const packet = load(build.udp({}), ether)
    packet.frame = frame
    expect(logLine(packet, entry(decode))).toContain(`IN=v0 OUT= ${text}`)
  })

  it.each([
    [build.udp({}), '08:00'],
    [build.udp({ source: '::1', destination: '::1' }), '86:dd'],
  ])('shows the empty header that the loopback device makes', (bytes, type) => {
    const text = `IN=lo OUT= MAC=00:00:00:00:00:00:00:00:00:00:00:00:${type} SRC=`
    expect(logLine(load(bytes, loopback), entry(true))).toContain(text)
  })
})
