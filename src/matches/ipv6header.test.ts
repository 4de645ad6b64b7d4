import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { ipv6header } from './ipv6header.ts'

const ends = { source: 'fd00::5', destination: 'fd00:0:0:2::9' }
/** A UDP packet with these extension headers. */
const having = (...protocols: readonly number[]): Uint8Array =>
  packet.udp({ ...ends, extensions: protocols.map((protocol) => ({ protocol })) })
const starting = (protocol: number, ...bytes: readonly number[]): Uint8Array =>
  packet.raw({ ...ends, protocol, payload: Uint8Array.from(bytes) })
const ALL = 'hop-by-hop,ipv6-opts,ipv6-route,ipv6-frag,ah,esp,ipv6-nonxt,protocol'

testMatch(ipv6header, {
  family: 6,
  saves: {
    '-m ipv6header --header hop': '-m ipv6header --header hop-by-hop',
    '-m ipv6header --header prot,none,esp,auth,frag,route,dst,hop --soft': `-m ipv6header --header ${ALL} --soft`,
    '-m ipv6header --header 0,60,43,44,51,50,59,255': `-m ipv6header --header ${ALL}`,
    [`-m ipv6header --header ${ALL}`]: '=',
    '-m ipv6header --soft ! --header IPv6-Opts,hopopt': '-m ipv6header ! --header hop-by-hop,ipv6-opts --soft',
    '-m ipv6header --header IPSEC-AH,ip,ah': '-m ipv6header --header hop-by-hop,ah',
    '-m ipv6header --header ,frag,,frag,': '-m ipv6header --header ipv6-frag',
    '-m ipv6header ! --header hop': '-m ipv6header ! --header hop-by-hop',
    '-m ipv6header --header hop --soft': '-m ipv6header --header hop-by-hop --soft',
    '-m ipv6header --soft --header hop': '-m ipv6header --header hop-by-hop --soft',
    '-m ipv6header ! --header hop,dst,route,frag,auth,esp,none,prot --soft':
      '-m ipv6header ! --header hop-by-hop,ipv6-opts,ipv6-route,ipv6-frag,ah,esp,ipv6-nonxt,protocol --soft',
    '-m ipv6header --header hop,dst,route,frag,auth,esp,none,prot':
      '-m ipv6header --header hop-by-hop,ipv6-opts,ipv6-route,ipv6-frag,ah,esp,ipv6-nonxt,protocol',
    '-m ipv6header --header 0,60': '-m ipv6header --header hop-by-hop,ipv6-opts',
    '-m ipv6header --header "hop,,dst"': '-m ipv6header --header hop-by-hop,ipv6-opts',
    '-m ipv6header ! --header prot': '-m ipv6header ! --header protocol',
    '-m ipv6header --header 59': '-m ipv6header --header ipv6-nonxt',
  },
  rejects: {
    '-m ipv6header': /^ipv6header: option "--header" must be specified$/,
    '-m ipv6header --soft': /^ipv6header: option "--header" must be specified$/,
    '-m ipv6header --header proto': /^unknown header `proto' specified$/,
    '-m ipv6header --header Hop': /^unknown header `Hop' specified$/,
    '-m ipv6header --header tcp': /^unknown header `6' specified$/,
    '-m ipv6header --header ah,ESP': /^unknown header `ESP' specified$/,
    '-m ipv6header --header UDP': /^unknown header `17' specified$/,
    '-m ipv6header --header all': /^unknown header `all' specified$/,
    '-m ipv6header --header 043': /^unknown header `043' specified$/,
    '-m ipv6header --header ,': /^ip6t_ipv6header: cannot parse header names$/,
    '-m ipv6header ! --soft --header hop': /^ipv6header: option "--soft" cannot be inverted\.$/,
    '-m ipv6header --header hop --header dst': /^ipv6header: option "--header" can only be used once\.$/,
    '-m ipv6header --header hop --soft --soft': /^ipv6header: option "--soft" can only be used once\.$/,
    '-m ipv6header --header hop ! --soft': /^ipv6header: option "--soft" cannot be inverted\.$/,
    '-m ipv6header --header foo': /^unknown header `foo' specified$/,
    '-m ipv6header --header ""': /^ip6t_ipv6header: cannot parse header names$/,
    '-m ipv6header --header': /^option "--header" requires an argument$/,
    '-m ipv6header --header hop,foo': /^unknown header `foo' specified$/,
    '-m ipv6header --header 256': /^unknown header `256' specified$/,
    '-m ipv6header --header 135': /^unknown header `135' specified$/,
    '-m ipv6header --header mh': /^unknown header `mh' specified$/,
    '-m ipv6header --header HOP': /^unknown header `HOP' specified$/,
    '-m ipv6header --header ipv6-icmp': /^unknown header `58' specified$/,
    '-m ipv6header ! --soft': /^ipv6header: option "--soft" cannot be inverted\.$/,
  },
  matches: [
    ['-m ipv6header --header prot', having()],
    ['-m ipv6header --header dst,prot', having(60)],
    ['-m ipv6header --header hop,dst,route,prot', having(0, 60, 43, 60)],
    ['-m ipv6header ! --header dst', having(60)],
    ['-m ipv6header --header dst --soft', having(60, 43)],
    ['-m ipv6header ! --header hop,frag --soft', having(60, 43)],
    ['-m ipv6header --header esp', starting(50, 0, 0)],
    ['-m ipv6header --header none', starting(59)],
    ['-m ipv6header --header none', starting(59, 1, 2)],
    ['-m ipv6header --header ah,prot', packet.ah({ ...ends, nextHeader: 17, payload: new Uint8Array(8) })],
    ['-m ipv6header --header frag,prot', packet.udp({ ...ends, mf: true })],
    // Headers longer than the packet.
    ['-m ipv6header --header dst,prot', starting(60, 60, 9)],
    ['-m ipv6header --header dst', starting(60, 59, 9)],
    ['-m ipv6header --header dst', starting(60, 50, 9)],
    ['-m ipv6header --header frag,prot', starting(44, 60, 0, 0, 9)],
    // The data of a later fragment is read as a header.
    ['-m ipv6header --header frag,dst,prot', starting(44, 60, 0, 0, 9, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0)],
  ],
  misses: [
    ['-m ipv6header --header prot', having(60)],
    ['-m ipv6header --header dst', having(60)],
    ['-m ipv6header ! --header dst,prot', having(60)],
    ['-m ipv6header --header dst,frag --soft', having(60, 43)],
    ['-m ipv6header ! --header dst,frag --soft', having(60, 43)],
    ['-m ipv6header --header none --soft', starting(60, 59, 9)],
    ['-m ipv6header --header esp --soft', starting(60, 50, 9)],
    // Cut off.
    ['-m ipv6header ! --header frag', starting(60, 17)],
    ['-m ipv6header ! --header frag', starting(50, 1)],
    ['-m ipv6header ! --header hop --soft', starting(44, 60, 0, 0, 9, 0, 0, 0, 0)],
  ],
})
