import { describe, expect, it } from 'vitest'
import { createBatch } from './batch.ts'

const ADDR = JSON.stringify([
  { ifindex: 2, ifname: 't0', link_type: 'none', flags: ['UP'], addr_info: [{ local: '10.0.0.1', prefixlen: 24 }] },
])
const NO_ROUTE = { in: 't0', packet: 'udp 10.0.0.5:1 > 8.8.8.8:53' }
const EXPIRED = { in: 't0', packet: 'udp 10.0.0.5:1 > 10.0.0.9:53 ttl 1' }

/** How many of `count` packets at second `at` are answered. */
function answers(batch: ReturnType<typeof createBatch>, packet: object, count: number, at = 0): number {
  let answered = 0
  for (let i = 0; i < count; i++) if (batch.run({ ...packet, at }).outputs.length > 0) answered++
  return answered
}

describe('answers of the host', () => {
  it('about missing routes: five at once to one sender, then one a second', () => {
    const batch = createBatch({ addr: ADDR })
    expect(answers(batch, NO_ROUTE, 8)).toBe(5)
    expect(answers(batch, { ...NO_ROUTE, packet: 'udp 10.0.0.6:1 > 8.8.8.8:53' }, 8)).toBe(5)
    expect(answers(batch, NO_ROUTE, 3, 2.5)).toBe(2)
  })

  it('about everything else are not limited where sysctl.conf does not say', () => {
    expect(answers(createBatch({ addr: ADDR }), EXPIRED, 30)).toBe(30)
  })

  it('are limited as icmp_ratelimit says: six at once, then one each interval', () => {
    const batch = createBatch({ addr: ADDR, sysctl: 'net.ipv4.icmp_ratelimit = 1000\n' })
    expect(answers(batch, EXPIRED, 30)).toBe(6)
    expect(answers(batch, EXPIRED, 5, 1)).toBe(1)
  })

  it('are limited only for the types of icmp_ratemask', () => {
    const sysctl = 'net.ipv4.icmp_ratelimit = 1000\nnet.ipv4.icmp_ratemask = 0\n'
    expect(answers(createBatch({ addr: ADDR, sysctl }), EXPIRED, 30)).toBe(30)
  })
})
