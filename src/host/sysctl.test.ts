import { describe, expect, it } from 'vitest'
import { deviceSettings, ipv4Forwarding, ipv6Forwarding, parseSysctls } from './sysctl.ts'

const settings = (text: string, device = 't0') => deviceSettings(parseSysctls(text), device)

describe('sysctl.conf', () => {
  it('has comments, blanks, names with dots or slashes, and later lines win', () => {
    const read = parseSysctls('# c\n; c\n\n net.a = 1 \n-net/b=2\nnet.a= 3\n')
    expect([read.number('net.a', 0), read.number('net.b', 0), read.number('net.c', 7)]).toEqual([3, 2, 7])
  })

  it('knows a device with a dot in its name by either way of writing', () => {
    for (const text of ['net.ipv4.conf.eth0/5.rp_filter = 1', 'net/ipv4/conf/eth0.5/rp_filter = 1']) {
      expect(settings(text, 'eth0.5').rpFilter).toBe(1)
      expect(settings(text, 'eth0').rpFilter).toBe(0)
    }
  })

  it('says where a line is no setting', () => {
    expect(() => parseSysctls('net.a = 1\nnonsense')).toThrow('expected NAME = VALUE')
  })
})

describe('what a device does', () => {
  it('combines conf.all with the device as the kernel does', () => {
    expect(settings('net.ipv4.conf.all.rp_filter=1\nnet.ipv4.conf.t0.rp_filter=2').rpFilter).toBe(2)
    expect(settings('net.ipv4.conf.all.accept_local=1').acceptLocal).toBe(true)
    expect(settings('net.ipv4.conf.t0.accept_local=1').acceptLocal).toBe(true)
    expect(settings('net.ipv4.conf.all.accept_source_route=1').acceptSourceRoute).toBe(true)
    expect(
      settings('net.ipv4.conf.all.accept_source_route=1\nnet.ipv4.conf.t0.accept_source_route=0').acceptSourceRoute,
    ).toBe(false)
    expect(settings('net.ipv4.conf.t0.accept_source_route=1').acceptSourceRoute).toBe(false)
  })

  it('starts from conf.default, except for lo', () => {
    expect(settings('net.ipv4.conf.default.rp_filter=1').rpFilter).toBe(1)
    expect(settings('net.ipv4.conf.default.rp_filter=1', 'lo').rpFilter).toBe(0)
  })

  it('sends redirects and shares its medium unless told otherwise', () => {
    expect(settings('')).toMatchObject({
      sendRedirects: true,
      sharedMedia: true,
      acceptLocal: false,
      routeLocalnet: false,
    })
    const off = 'net.ipv4.conf.all.send_redirects=0\nnet.ipv4.conf.default.send_redirects=0'
    expect(settings(off).sendRedirects).toBe(false)
  })
})

describe('forwarding', () => {
  it('is taken to be on where nothing is said', () => {
    expect([ipv4Forwarding(parseSysctls('')), ipv6Forwarding(parseSysctls(''))]).toEqual([true, true])
  })

  it('is what the file says, for the host and for a device', () => {
    expect(ipv4Forwarding(parseSysctls('net.ipv4.ip_forward=0'))).toBe(false)
    expect(ipv4Forwarding(parseSysctls('net.ipv4.conf.all.forwarding=0'))).toBe(false)
    expect(settings('net.ipv4.ip_forward=1\nnet.ipv4.conf.t0.forwarding=0').forwarding).toBe(false)
    expect(settings('net.ipv6.conf.all.forwarding=0').forwarding6).toBe(false)
  })
})
