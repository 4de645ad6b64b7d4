import { describe, expect, it } from 'vitest'
import * as wire from './index.ts'

const { ethernet, vlan, arp, ipv4, ipv6, tcp, udp, udplite, icmp, icmpv6, sctp, dccp, gre, esp, ah } = wire
const tables = { ethernet, vlan, arp, ipv4, ipv6, tcp, udp, udplite, icmp, icmpv6, sctp, dccp, gre, esp, ah }

describe('a reader', () => {
  it('reads zero where there are no bytes, and never something that is no number', () => {
    for (const [name, table] of Object.entries(tables)) {
      for (const [field, reader] of Object.entries(table)) {
        for (let length = 0; length < 41; length++) {
          const value = reader(new Uint8Array(length).fill(0xff), length > 0 ? 1 : 0, 0)
          expect(typeof value === 'boolean' || (Number.isInteger(value) && value >= 0), `${name}.${field}`).toBe(true)
          if (length === 0 && field !== 'headerLength') expect(Number(value), `${name}.${field}`).toBe(0)
        }
      }
    }
  })
})
