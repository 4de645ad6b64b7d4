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
    '-p tcp -m multiport --destination-ports 22': '-p tcp -m multiport --dports 22',
    '-p tcp -m multiport --ports 22': '=',
    '-p tcp -m multiport ! --ports 22:23,5': '=',
    '-p tcp -m multiport ! --dports 22:23,5': '=',
    '-p tcp -m multiport --sports ssh:http,60000': '-p tcp -m multiport --sports 22:80,60000',
    '-p udp -m multiport --sports domain,ntp': '-p udp -m multiport --sports 53,123',
    '-p udplite -m multiport --dports 80,53': '=',
    '-p sctp -m multiport --dports 80,2905': '=',
    '-p dccp -m multiport --dports 80,53': '=',
    '-p tcp -m multiport --dports 1 -m multiport --sports 2': '=',
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
    '-p sctp -m multiport --dports http': /^invalid port\/service `http' specified$/,
    '-p udplite -m multiport --dports http': /^invalid port\/service `http' specified$/,
    '-p dccp -m multiport --dports http': /^invalid port\/service `http' specified$/,
    '-m multiport': /^multiport expection an option$/,
    '-p icmp -m multiport': /^multiport expection an option$/,
    '-p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,x': /^too many ports specified$/,
    '-p tcp -m multiport --dports ,22': /^invalid port\/service `' specified$/,
    '-p tcp -m multiport --dports ""': /^invalid port\/service `' specified$/,
    '-p tcp -m multiport --dports 22:': /^invalid port\/service `' specified$/,
    '-p tcp -m multiport --dports :22': /^invalid port\/service `' specified$/,
    '-p tcp -m multiport --dports 1:2:3': /^invalid port\/service `2:3' specified$/,
    '-p tcp -m multiport --dports 65536': /^invalid port\/service `65536' specified$/,
    '-p tcp -m multiport --dports -1': /^invalid port\/service `-1' specified$/,
    '-p tcp -m multiport --dports nosuch': /^invalid port\/service `nosuch' specified$/,
    '-p tcp -m multiport --sports 1 --dports 2':
      /^multiport: option "--source-ports" cannot be used together with "--destination-ports"\.$/,
    '-p tcp -m multiport --dports 1 --dports 2': /^multiport: option "--destination-ports" can only be used once\.$/,
    '-p tcp -m multiport --ports 1 --dports 2':
      /^multiport: option "--destination-ports" cannot be used together with "--ports"\.$/,
    '-p tcp -m multiport --dports 1 --ports 2':
      /^multiport: option "--destination-ports" cannot be used together with "--ports"\.$/,
    '-p tcp -m multiport --sports 1 --ports 2':
      /^multiport: option "--source-ports" cannot be used together with "--ports"\.$/,
    '-p tcp -m multiport --ports 1 --ports 2': /^multiport: option "--ports" can only be used once\.$/,
    '-p tcp -m multiport --dports': /^option "--dports" requires an argument$/,
    '-p tcp -m multiport --dports ! 22': /^invalid port\/service `!' specified$/,
    '-p tcp -m multiport --foo 1': /^unknown option "--foo"$/,
    '-m multiport --dports 22 -p tcp': /^multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'$/,
    '-m multiport --dports ssh -p tcp': /^multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'$/,
    '-p 0 -m multiport --dports 22': /^multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'$/,
    '-p tcp -m multiport ! --sports 1,2 ! --dports 3':
      /^multiport: option "--source-ports" cannot be used together with "--destination-ports"\.$/,
    '-p tcp -m multiport --destination-ports 1 --dports 2':
      /^multiport: option "--destination-ports" can only be used once\.$/,
    '-p tcp -m multiport --dports 1 --destination-ports 2':
      /^multiport: option "--destination-ports" can only be used once\.$/,
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

testMatch(multiport, {
  family: 6,
  saves: {
    '-p tcp -m multiport ! --dports 22,80:90': '=',
    '-p udp -m multiport --ports domain': '-p udp -m multiport --ports 53',
  },
  rejects: {
    '-p icmpv6 -m multiport --ports 5': /^multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP$/,
    '-p tcp -m multiport': /^multiport expection an option$/,
    '-m multiport --sports 1': /^multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'$/,
    '-p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16': /^too many ports specified$/,
  },
})
