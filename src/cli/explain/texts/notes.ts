import type { Text } from '../../iptables/hints/types.ts'
import { both } from './types.ts'

/** What words mean that options take as values. */
const VALUES: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  ctstate: {
    NEW: both('opens a connection', '新建连接'),
    ESTABLISHED: both('belongs to one that was answered', '属于已有应答的连接'),
    RELATED: both('opens one that another expected, or is an error about it', '由已有连接引出的新连接，或其 ICMP 差错'),
    INVALID: both('belongs to no connection and opens none', '不属于任何连接，也不能新建连接'),
    UNTRACKED: both('was kept out of connection tracking', '不做连接跟踪'),
    SNAT: both('its source was translated', '源地址经过转换'),
    DNAT: both('its destination was translated', '目的地址经过转换'),
  },
  'reject-with': {
    'tcp-reset': both('the sender gets a TCP reset', '发送方收到 TCP RST'),
    'icmp-port-unreachable': both('the default', '默认值'),
    'icmp-admin-prohibited': both('a firewall forbids it', '被防火墙禁止'),
    'icmp-host-prohibited': both('the host is forbidden', '禁止访问该主机'),
    'icmp-net-prohibited': both('the network is forbidden', '禁止访问该网络'),
  },
  'dst-type': {
    LOCAL: both('an address of this host', '本机地址'),
    UNICAST: both('an address of one host', '单播地址'),
    BROADCAST: both('a broadcast address', '广播地址'),
    MULTICAST: both('a multicast group', '组播地址'),
    BLACKHOLE: both('a route that drops', '黑洞路由'),
    UNREACHABLE: both('a route that refuses', '不可达路由'),
    PROHIBIT: both('a route that forbids', '禁止路由'),
  },
  ctstatus: {
    EXPECTED: both('another connection expected it', '由其他连接预期'),
    SEEN_REPLY: both('it was answered', '已有应答'),
    ASSURED: both('it is not thrown out early', '不会被提前清除'),
    CONFIRMED: both('its first packet got through', '首个包已通过'),
  },
}

const ALIASES: Readonly<Record<string, string>> = { state: 'ctstate', 'src-type': 'dst-type' }

/** What the words of an option's value mean; null where they need no words. */
export function noteOn(option: string, value: string): Text | null {
  const known = VALUES[ALIASES[option] ?? option]
  const notes = value.split(',').flatMap((word) => {
    const text = known?.[word]
    return text === undefined ? [] : [both(`${word}: ${text.en}`, `${word}：${text.zh}`)]
  })
  if (notes.length === 0) return null
  return both(notes.map(({ en }) => en).join('; '), notes.map(({ zh }) => zh).join('；'))
}
