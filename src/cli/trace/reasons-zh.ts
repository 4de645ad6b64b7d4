/** Reasons that the stack and connection tracking give, which they write in English. */
const REASONS: Readonly<Record<string, string>> = {
  // The stack.
  'addressed to another host on its link': '二层目的地址是另一台主机',
  'header cut short': '报头不完整',
  'bad header length': '报头长度错误',
  'bad header checksum': '报头校验和错误',
  'wrong version': 'IP 版本错误',
  'shorter than its length field says': '比长度字段所说的短',
  'length field shorter than the header': '长度字段小于报头长度',
  'unicast address in a link-layer multicast': '二层组播帧中的单播地址',
  'bad IP option': 'IP 选项错误',
  'source routing is not accepted': '不接受源路由',
  'source route in a link-layer multicast': '二层组播帧中的源路由',
  'strict source route left': '偏离了严格源路由',
  'source route to many': '源路由指向多个主机',
  'bad source route': '源路由错误',
  'source route to nowhere': '源路由没有去处',
  'IPv6 is off on the device': '该网卡上 IPv6 已关闭',
  'loopback address from outside': '来自外部的回环地址',
  'interface-local group': '仅限本接口的组播组',
  'group of scope 0': '范围为 0 的组播组',
  'hop-by-hop header cut short': '逐跳选项头不完整',
  'hop-by-hop option cut short': '逐跳选项不完整',
  'too much padding in the hop-by-hop header': '逐跳选项头中填充过多',
  'padding that is not zero': '填充字节不为零',
  'too many hop-by-hop options': '逐跳选项过多',
  'unknown hop-by-hop option': '未知的逐跳选项',
  'bad jumbo option': '巨型载荷选项错误',
  'jumbo length too small': '巨型载荷长度过小',
  'jumbo option beside a length': '巨型载荷选项与长度字段同时出现',
  'martian source': '火星源地址（不可能的源地址）',
  'martian destination': '火星目的地址（不可能的目的地址）',
  'own address as source': '源地址是本机自己的地址',
  'reverse path filter': '反向路径过滤（rp_filter）',
  'multicast group not joined': '本机没有加入该组播组',
  'no way for received packets': '收到的数据包没有可走的路由',
  'no route': '没有路由',
  'host unreachable': '主机不可达',
  prohibited: '路由禁止',
  'time to live exceeded': 'TTL 已用尽',
  'hop limit exceeded': '跳数限制已用尽',
  'strict source route failed': '严格源路由失败',
  'fragmentation needed': '需要分片，但不允许分片',
  'packet too big': '数据包超过 MTU',
  'IPv4 forwarding is off': 'IPv4 转发未开启',
  'IPv6 forwarding is off': 'IPv6 转发未开启',
  'addressed to many on its link': '二层目的地址是广播或组播',
  'source address that cannot be forwarded': '不可转发的源地址',
  'link-local source': '链路本地源地址',
  'no way out': '没有出路',
  'time to live 0 stays on the host': 'TTL 为 0 的数据包留在本机',
  'hop limit 0 stays on the host': '跳数限制为 0 的数据包留在本机',
  'cannot be fragmented': '无法分片',
  'too many fragments wait': '等待重组的分片过多',
  'duplicate fragment': '重复的分片',
  'overlapping fragments': '分片重叠',
  'fragments contradict each other': '分片互相矛盾',
  'the fragments make no valid packet': '分片拼不成有效的数据包',
  'cut short in the fragment header': '分片头不完整',
  // Connection tracking.
  'the headers cannot be read': '无法读取报头',
  'the transport header is cut short or cannot be tracked': '传输层报头不完整或无法跟踪',
  'the ICMP error is about no connection that is known': '该 ICMP 差错不属于任何已知连接',
  'the ICMP error goes to another address than the packet it is about came from':
    '该 ICMP 差错的目的地址与出错数据包的源地址不同',
  'a message of this type opens no connection': '这种类型的消息不能建立连接',
  'the ICMP header is cut short': 'ICMP 报头不完整',
  'the ICMP checksum is wrong': 'ICMP 校验和错误',
  'the packet inside of the ICMP error cannot be read': '无法读取 ICMP 差错中的数据包',
  'the TCP checksum is wrong': 'TCP 校验和错误',
  'the UDP checksum is wrong': 'UDP 校验和错误',
  'the UDP-Lite checksum is wrong by what the kernel expects': '按内核的算法，UDP-Lite 校验和错误',
  'UDP-Lite needs a checksum': 'UDP-Lite 必须有校验和',
  'the connection was not seen to begin (tcp_loose is off)': '没有看到连接的开始（tcp_loose 已关闭）',
  'the connection has no TCP state': '该连接没有 TCP 状态',
  'the connection has no SCTP state': '该连接没有 SCTP 状态',
  'the chunk belongs to no association': '该块不属于任何 SCTP 关联',
  'the chunk cannot open an association': '该块不能建立 SCTP 关联',
  'the verification tag is wrong': '验证标签错误',
  'a chunk that must stand first or alone does not': '必须在最前或单独出现的块位置不对',
  'a chunk has no length': '有的块没有长度',
  'the INIT chunk is cut short': 'INIT 块不完整',
  'ICMP inside of IPv6': 'IPv6 中的 ICMP',
  'ICMPv6 inside of IPv4': 'IPv4 中的 ICMPv6',
  // What a packet has where a rule wanted something else.
  'no connection': '没有连接',
  'no socket': '没有套接字',
  'not in the list': '不在列表中',
  none: '无',
}

const PATTERNS: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/^ICMP(v6)? type (\d+) is unknown$/, (v6, type) => `ICMP${v6 ?? ''} 类型 ${type} 未知`],
  [
    /^ICMP(v6)? type (\d+) answers nothing that was asked$/,
    (v6, type) => `ICMP${v6 ?? ''} 类型 ${type} 没有对应的请求`,
  ],
  [
    /^(.+) from the (client|server) does not fit the state (\w+)$/,
    (segment, side, state) =>
      `${side === 'client' ? '客户端' : '服务器'}发来的 ${segment === 'a segment without flags' ? '无标志段' : segment} 不符合状态 ${state}`,
  ],
  [
    /^the reset's sequence (\d+) is below (\d+), which was acknowledged$/,
    (seq, ack) => `RST 的序列号 ${seq} 小于已确认的 ${ack}`,
  ],
  [
    /^sequence (\d+) is outside the window (\d+)–(\d+)$/,
    (seq, from, to) => `序列号 ${seq} 不在窗口 ${from}–${to} 之内`,
  ],
  [/^sequence (\d+) is beyond the window, which ends at (\d+)$/, (seq, to) => `序列号 ${seq} 超出窗口末端 ${to}`],
  [
    /^sequence (\d+) repeats data that was acknowledged \(below (\d+)\)$/,
    (seq, low) => `序列号 ${seq} 重复已确认的数据（低于 ${low}）`,
  ],
  [
    /^acknowledgment (\d+) is for data that was not seen \(up to (\d+)\)$/,
    (ack, end) => `确认号 ${ack} 确认了未见过的数据（只见到 ${end}）`,
  ],
  [/^acknowledgment (\d+) is long overdue \(below (\d+)\)$/, (ack, low) => `确认号 ${ack} 过于陈旧（低于 ${low}）`],
  [/^(\d+) bytes more than the receiver's window allows$/, (count) => `超出接收窗口 ${count} 字节`],
  [/^user (\d+), group (\d+)$/, (uid, gid) => `用户 ${uid}，组 ${gid}`],
  [/^seen (\d+) times$/, (count) => `出现过 ${count} 次`],
  [/^(\d+) bytes searched$/, (count) => `搜索了 ${count} 字节`],
  [/^(\d+) bytes left$/, (count) => `剩余 ${count} 字节`],
  [/^(\d+) of (\d+) credits$/, (have, need) => `令牌 ${have}，需要 ${need}`],
  [/^a later fragment \(offset (\d+)\)$/, (offset) => `后续分片（偏移 ${offset}）`],
  [/^cut short \((\d+) of (\d+) bytes\)$/, (have, need) => `不完整（${have}/${need} 字节）`],
]

/** A reason in Chinese; one that is not known stays as it is. */
export function reasonInChinese(reason: string): string {
  const whole = REASONS[reason]
  if (whole !== undefined) return whole
  for (const [pattern, write] of PATTERNS) {
    const parts = pattern.exec(reason)?.slice(1)
    if (parts) return write(...parts)
  }
  return reason
}
