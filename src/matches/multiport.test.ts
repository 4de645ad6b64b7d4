import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { multiport } from './multiport.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9' }
const tcp = (sport: number, dport: number): Uint8Array => packet.tcp({ ...ends, sport, dport })

testMatch(multiport, {
  saves: {
    '-p tcp -m multiport --dports 22,80:90,443': '=',
    '-p tcp -m multiport --dports ssh,http,017:0x20': '-p tcp -m multiport --dports 22,80,15:32',
    '-p tcp -m multiport ! --source-ports 1,2': '-p tcp -m multiport ! --sports 1,2',
    '-p tcp -m multiport --dport 22': '-p tcp -m multiport --dports 22',
    '-p udplite -m multiport --ports 1,65535': '=',
    '-p tcp -m multiport --dports 1:2,3:4,5:6,7:8,9:10,11:12,13:14,15': '=',
  },
  rejects: {
    '-p tcp -m multiport': /multiport/,
    '-m multiport --dports 22': /multiport needs `-p tcp'/,
    '-p icmp -m multiport --dports 22': /multiport only works with/,
    '! -p tcp -m multiport --dports 22': /multiport only works with/,
    '-p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16': /too many ports/,
    '-p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15:16': /too many ports/,
    '-p tcp -m multiport --dports 80:80': /invalid portrange/,
    '-p tcp -m multiport --dports 90:80': /invalid portrange/,
    '-p tcp -m multiport --dports 22,': /invalid port\/service `' specified/,
    '-p tcp -m multiport --dports 1 --sports 2': /cannot be used together/,
  },
  matches: [
    ['-p tcp -m multiport --dports 22,80', tcp(1, 80)],
    ['-p tcp -m multiport --dports 22,80:90', tcp(1, 85)],
    ['-p tcp -m multiport --ports 22', tcp(22, 80)],
    ['-p tcp -m multiport --ports 22', tcp(80, 22)],
    ['-p tcp -m multiport ! --dports 22', tcp(22, 80)],
    ['-p tcp -m multiport --sports 0:65535', tcp(0, 0)],
    ['-p tcp -m multiport --dports 80', packet.raw({ ...ends, protocol: 'tcp', payload: Uint8Array.of(0, 1, 0, 80) })],
  ],
  misses: [
    ['-p tcp -m multiport --dports 22,80', tcp(80, 23)],
    ['-p tcp -m multiport ! --ports 22', tcp(22, 80)],
    ['-p tcp -m multiport ! --ports 22', tcp(80, 22)],
    ['-p tcp -m multiport ! --dports 22', packet.raw({ ...ends, protocol: 'tcp', payload: 64, offset: 16 })],
  ],
  hotdrops: [['-p tcp -m multiport ! --dports 22', packet.raw({ ...ends, protocol: 'tcp', payload: 3 })]],
})
