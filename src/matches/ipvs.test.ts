import { testMatch } from '../../test/harness/extension-tester.ts'
import { udp4 } from '../../test/harness/packets.ts'
import { ipvs } from './ipvs.ts'

testMatch(ipvs, {
  saves: {
    '-m ipvs --ipvs': '=',
    '-m ipvs ! --ipvs': '=',
    '-m ipvs --vproto tcp': '-m ipvs --vproto 6',
    '-m ipvs ! --vproto 0x11': '-m ipvs ! --vproto 17',
    '-m ipvs --vaddr 10.0.0.1': '=',
    '-m ipvs ! --vaddr 10.1.2.3/8': '=',
    '-m ipvs --vaddr 10.1.2.3/255.0.0.255': '-m ipvs --vaddr 10.1.2.3',
    '-m ipvs --vaddr 10.0.0.1/33': '-m ipvs --vaddr 10.0.0.1',
    '-m ipvs --vport http': '-m ipvs --vport 80',
    '-m ipvs --vport 65536': '-m ipvs --vport 0',
    '-m ipvs --vport ""': '-m ipvs --vport 0',
    '-m ipvs --vdir reply': '-m ipvs --vdir REPLY',
    '-m ipvs ! --vmethod masq': '-m ipvs ! --vmethod MASQ',
    '-m ipvs ! --vportctl ftp': '-m ipvs ! --vportctl 21',
    '-m ipvs --ipvs ! --vport 80': '-m ipvs ! --vport 80',
    '-m ipvs --vportctl 5 --vmethod MASQ --vdir REPLY --vport 53 ! --vaddr 1.2.3.4 --vproto udp':
      '-m ipvs --vproto 17 ! --vaddr 1.2.3.4 --vport 53 --vdir REPLY --vmethod MASQ --vportctl 5',
  },
  lists: {
    '-m ipvs --ipvs': ' ipvs',
    '-m ipvs ! --ipvs': ' ! ipvs',
    '-m ipvs ! --vaddr 10.1.2.3/8': ' ! vaddr 10.1.2.3/8',
    '-m ipvs --vaddr 0.0.0.0/8': ' vaddr 0.0.0.0/8',
    '-m ipvs --vproto udp ! --vaddr 1.2.3.4 --vport 53 --vdir REPLY --vmethod MASQ --vportctl 5':
      ' vproto 17 ! vaddr 1.2.3.4 vport 53 vdir REPLY vmethod MASQ vportctl 5',
  },
  rejects: {
    '-m ipvs': /^IPVS: At least one option is required$/,
    '-m ipvs ! --ipvs --vport 80': /^! --ipvs cannot be together with other options$/,
    '-m ipvs --vport 80 ! --ipvs': /^! --ipvs cannot be together with other options$/,
    '-m ipvs --vproto foo': /^unknown protocol "foo" specified$/,
    '-m ipvs --vaddr foo': /^getaddrinfo: /,
    '-m ipvs --vaddr 1.2.3.4/x': /^ipvs: bad value for option "--vaddr", neither a valid network mask/,
    '-m ipvs --vport 0x50': /^Port "0x50" does not resolve to anything\.$/,
    '-m ipvs --vdir orig': /^ipvs: Bad value for "--vdir" option: "orig"$/,
    '-m ipvs ! --vdir REPLY': /^ipvs: option "--vdir" cannot be inverted\.$/,
    '-m ipvs --vmethod TUN': /^ipvs: Bad value for "--vmethod" option: "TUN"$/,
    '-m ipvs --vport 80 --vport 81': /can only be used once/,
  },
  matches: [['-m ipvs ! --ipvs', udp4()]],
  misses: [
    ['-m ipvs --ipvs', udp4()],
    ['-m ipvs --vport 2', udp4()],
    ['-m ipvs ! --vport 2', udp4()],
    ['-m ipvs ! --vaddr 1.2.3.4 --vdir ORIGINAL', udp4()],
  ],
  // Asked of a kernel that has the module; not every one does.
  kernel: false,
})
