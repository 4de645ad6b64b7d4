import { extendedMatchTexts } from './matches-more.ts'
import { both, type MatchText } from './types.ts'

const ports = {
  sport: both('the source port {is} %r', '源端口{是} %r'),
  dport: both('the destination port {is} %r', '目的端口{是} %r'),
  'source-port': both('the source port {is} %r', '源端口{是} %r'),
  'destination-port': both('the destination port {is} %r', '目的端口{是} %r'),
}

/** Of `multiport`. */
const lists = {
  sports: both('the source port {is} %r', '源端口{是} %r 之一'),
  dports: both('the destination port {is} %r', '目的端口{是} %r 之一'),
  'source-ports': both('the source port {is} %r', '源端口{是} %r 之一'),
  'destination-ports': both('the destination port {is} %r', '目的端口{是} %r 之一'),
  ports: both('the source or the destination port {is} %r', '源端口或目的端口{是} %r 之一'),
}

const STATES = both('the state of its connection {is} %l', '连接状态{是} %l')

/** What matches and their options say, by name. */
export const MATCH_TEXTS: Readonly<Record<string, MatchText>> = {
  tcp: {
    title: both('looks at the TCP header', '检查 TCP 报头'),
    options: {
      ...ports,
      'tcp-flags': both(
        'of the TCP flags in the first list exactly those in the second are set: %',
        '第一个列表中的 TCP 标志里，恰好第二个列表中的置位：%',
      ),
      syn: both(
        'it {is} the first packet of a TCP connection (SYN without ACK, RST, FIN)',
        '{是} TCP 连接的第一个包（有 SYN，无 ACK、RST、FIN）',
      ),
      'tcp-option': both('the TCP header {has} option %', 'TCP 报头{有}选项 %'),
    },
  },
  udp: { title: both('looks at the UDP header', '检查 UDP 报头'), options: ports },
  udplite: { title: both('looks at the UDP-Lite header', '检查 UDP-Lite 报头'), options: ports },
  sctp: {
    title: both('looks at the SCTP header', '检查 SCTP 报头'),
    options: { ...ports, 'chunk-types': both('the chunks of the packet {are} so: %', '数据包中的块{是}：%') },
  },
  dccp: {
    title: both('looks at the DCCP header', '检查 DCCP 报头'),
    options: {
      ...ports,
      'dccp-types': both('the DCCP packet {is} of type %l', 'DCCP 包的类型{是} %l'),
      'dccp-option': both('the DCCP header {has} option %', 'DCCP 报头{有}选项 %'),
    },
  },
  multiport: { title: both('looks at ports in a list of up to 15', '按列表匹配端口，最多 15 个'), options: lists },
  icmp: {
    title: both('looks at the ICMP header', '检查 ICMP 报头'),
    options: { 'icmp-type': both('the ICMP message {is} %', 'ICMP 消息{是} %') },
  },
  icmp6: {
    title: both('looks at the ICMPv6 header', '检查 ICMPv6 报头'),
    options: { 'icmpv6-type': both('the ICMPv6 message {is} %', 'ICMPv6 消息{是} %') },
  },
  state: {
    title: both('asks connection tracking (the old form of conntrack)', '查询连接跟踪（conntrack 的旧写法）'),
    options: { state: STATES },
  },
  conntrack: {
    title: both('asks connection tracking', '查询连接跟踪'),
    options: {
      ctstate: STATES,
      ctproto: both('the connection {is} of protocol %', '连接的协议{是} %'),
      ctorigsrc: both('the connection {is} opened from %', '连接的发起方地址{在} % 中'),
      ctorigdst: both(
        'the connection {is} opened to %, before any translation',
        '连接原本的目的地址{在} % 中（转换之前）',
      ),
      ctreplsrc: both('answers of the connection come from %', '应答方向的源地址为 %'),
      ctrepldst: both('answers of the connection go to %', '应答方向的目的地址为 %'),
      ctorigsrcport: both('the connection {is} opened from port %r', '连接的发起方端口{是} %r'),
      ctorigdstport: both(
        'the connection {is} opened to port %r, before any translation',
        '连接原本的目的端口{是} %r（转换之前）',
      ),
      ctreplsrcport: both('answers come from port %r', '应答方向的源端口为 %r'),
      ctrepldstport: both('answers go to port %r', '应答方向的目的端口为 %r'),
      ctstatus: both('the connection {is} in status %l', '连接的状态标志{是} %l'),
      ctexpire: both('the connection would end in %r seconds without further packets', '连接若无新包将在 %r 秒后过期'),
      ctdir: both('the packet {is} of direction %', '数据包的方向{是} %'),
    },
  },
  comment: {
    title: both('a note for people; always holds', '给人看的注释；总是匹配'),
    options: { comment: both('the note: %', '注释：%') },
  },
  limit: {
    title: both('holds only so often: a bucket of tokens', '限制匹配的频率（令牌桶）'),
    options: {
      limit: both('at most % on average', '平均不超过 %'),
      'limit-burst': both('the first % match at once', '开始时可连续匹配 % 次'),
    },
  },
  hashlimit: {
    title: both('limits the rate of each group of packets', '对每一组数据包分别限速'),
    options: {
      'hashlimit-upto': both('at most % in each group', '每组不超过 %'),
      hashlimit: both('at most % in each group', '每组不超过 %'),
      'hashlimit-above': both('more than % in a group', '某一组超过 %'),
      'hashlimit-burst': both('% may come at once', '可一次性到来 %'),
      'hashlimit-mode': both('a group is what has the same %', '按 % 分组'),
      'hashlimit-name': both(
        'the table is called % in /proc/net/ipt_hashlimit',
        '表名为 %，见 /proc/net/ipt_hashlimit',
      ),
      'hashlimit-srcmask': both(
        'source addresses with the same first % bits count as one',
        '源地址前 % 位相同的算作一组',
      ),
      'hashlimit-dstmask': both(
        'destination addresses with the same first % bits count as one',
        '目的地址前 % 位相同的算作一组',
      ),
      'hashlimit-htable-size': both('the table has % buckets', '哈希表有 % 个桶'),
      'hashlimit-htable-max': both('the table has % groups at most', '最多 % 组'),
      'hashlimit-htable-expire': both('a group is forgotten after % ms without packets', '一组在 % 毫秒无包后被遗忘'),
      'hashlimit-htable-gcinterval': both('forgotten groups are removed every % ms', '每 % 毫秒清理一次'),
      'hashlimit-rate-match': both('measures the rate instead of counting tokens', '测量速率而不用令牌'),
      'hashlimit-rate-interval': both('the rate is measured over % seconds', '速率的测量区间为 % 秒'),
    },
  },
  connlimit: {
    title: both('counts the connections that a host has now', '统计主机当前的连接数'),
    options: {
      'connlimit-above': both('there {are} more than % connections', '连接数超过 %'),
      'connlimit-upto': both('there {are} at most % connections', '连接数不超过 %'),
      'connlimit-mask': both('hosts with the same first % bits count together', '地址前 % 位相同的主机一起统计'),
      'connlimit-saddr': both('by source address', '按源地址统计'),
      'connlimit-daddr': both('by destination address', '按目的地址统计'),
    },
  },
  mark: {
    title: both('looks at the mark that MARK gave to the packet', '检查数据包的标记（由 MARK 设置）'),
    options: { mark: both('the mark (with its mask) {is} %', '标记（按掩码）{是} %') },
  },
  connmark: {
    title: both('looks at the mark of the connection', '检查连接的标记'),
    options: { mark: both('the mark of the connection (with its mask) {is} %', '连接的标记（按掩码）{是} %') },
  },
  addrtype: {
    title: both('asks the routing tables what an address is', '查询路由表，判断地址的类型'),
    options: {
      'src-type': both('the source {is} an address of type %l', '源地址的类型{是} %l'),
      'dst-type': both('the destination {is} an address of type %l', '目的地址的类型{是} %l'),
      'limit-iface-in': both('only the incoming device is asked', '只考虑入接口'),
      'limit-iface-out': both('only the outgoing device is asked', '只考虑出接口'),
    },
  },
  iprange: {
    title: both('compares addresses with a range', '按地址范围匹配'),
    options: {
      'src-range': both('the source address {is} in %', '源地址{在} % 范围内'),
      'dst-range': both('the destination address {is} in %', '目的地址{在} % 范围内'),
    },
  },
  mac: {
    title: both('looks at the Ethernet header', '检查以太网帧头'),
    options: { 'mac-source': both('the Ethernet address of the sender {is} %', '发送方的 MAC 地址{是} %') },
  },
  set: {
    title: both('looks the packet up in an ipset', '在 ipset 集合中查找'),
    options: {
      'match-set': both(
        'it {is} in the set, looked up by the sides named behind it: %',
        '{在}集合中（按其后列出的源/目的查找）：%',
      ),
      set: both('it {is} in the set (the old name of --match-set): %', '{在}集合中（--match-set 的旧名称）：%'),
      'return-nomatch': both('elements with nomatch count', '匹配带 nomatch 的元素'),
      'update-counters': both('the counters of the element {are} changed', '{是}更新元素的计数器'),
      'update-subcounters': both('the counters of inner sets {are} changed', '{是}更新内层集合的计数器'),
      'packets-eq': both('the element counted exactly % packets', '元素的包计数等于 %'),
      'packets-lt': both('the element counted fewer than % packets', '元素的包计数小于 %'),
      'packets-gt': both('the element counted more than % packets', '元素的包计数大于 %'),
      'bytes-eq': both('the element counted exactly % bytes', '元素的字节计数等于 %'),
      'bytes-lt': both('the element counted fewer than % bytes', '元素的字节计数小于 %'),
      'bytes-gt': both('the element counted more than % bytes', '元素的字节计数大于 %'),
    },
  },
  recent: {
    title: both('a list of addresses seen lately', '最近出现过的地址列表'),
    options: {
      set: both('enters the address into the list; always holds', '把地址记入列表；总是匹配'),
      rcheck: both('the list {has} the address', '地址{在}列表中'),
      update: both('the list {has} the address, which is entered anew', '地址{在}列表中，并更新时间'),
      remove: both('the list {has} the address, which is taken out', '地址{在}列表中，并将其移除'),
      seconds: both('it was seen at most % seconds ago', '最近 % 秒内出现过'),
      reap: both('older entries are removed', '清除更早的记录'),
      hitcount: both('it was seen at least % times', '至少出现过 % 次'),
      rttl: both('the TTL is the same as when it was seen', 'TTL 与当时相同'),
      name: both('the list is called %', '列表名为 %'),
      mask: both('addresses are entered with mask %', '按掩码 % 记录地址'),
      rsource: both('the source address counts', '使用源地址'),
      rdest: both('the destination address counts', '使用目的地址'),
    },
  },
  string: {
    title: both('searches the bytes of the single packet', '在单个数据包的内容中查找'),
    options: {
      string: both('it {has} the text %', '{有}文本 %'),
      'hex-string': both('it {has} the bytes %', '{有}字节 %'),
      algo: both(
        'the search is done by % (bm is Boyer-Moore, kmp is Knuth-Morris-Pratt)',
        '查找算法为 %（bm：Boyer-Moore，kmp：Knuth-Morris-Pratt）',
      ),
      from: both('from byte % on', '从第 % 字节开始'),
      to: both('up to byte %', '到第 % 字节为止'),
      icase: both('upper and lower case are the same', '不区分大小写'),
    },
  },
  time: {
    title: both('looks at the clock', '检查当前时间'),
    options: {
      timestart: both('from % on each day', '每天 % 起'),
      timestop: both('until % on each day', '每天到 % 止'),
      weekdays: both('today {is} %l', '今天{是} %l'),
      monthdays: both('the day of the month {is} %l', '今天{是}每月的 %l 日'),
      datestart: both('from % on', '自 % 起'),
      datestop: both('until %', '到 % 止'),
      kerneltz: both('by the time zone of the kernel and not in UTC', '按内核时区而不是 UTC'),
      localtz: both('by the time zone of the kernel (old name)', '按内核时区（旧名称）'),
      utc: both('in UTC', '按 UTC'),
      contiguous: both('a time over midnight belongs to the day it begins on', '跨午夜的时间段算作一段'),
    },
  },
  owner: {
    title: both('looks at the process that sends the packet', '检查发送数据包的进程'),
    options: {
      'uid-owner': both('the sending process {is} of user %', '发送进程{属于}用户 %'),
      'gid-owner': both('the sending process {is} of group %', '发送进程{属于}组 %'),
      'socket-exists': both('it {is} sent by a socket', '{是}由套接字发出的'),
      'suppl-groups': both('supplementary groups count as well', '附加组也算'),
    },
  },
  length: {
    title: both('looks at the length of the packet', '检查数据包长度'),
    options: {
      length: both('the packet {is} %r bytes long (without the Ethernet header)', '数据包长度{是} %r 字节（不含帧头）'),
    },
  },
  ttl: {
    title: both('looks at the time to live', '检查 TTL'),
    options: {
      'ttl-eq': both('the TTL {is} %', 'TTL {是} %'),
      ttl: both('the TTL {is} %', 'TTL {是} %'),
      'ttl-lt': both('the TTL is below %', 'TTL 小于 %'),
      'ttl-gt': both('the TTL is above %', 'TTL 大于 %'),
    },
  },
  hl: {
    title: both('looks at the hop limit', '检查跳数限制'),
    options: {
      'hl-eq': both('the hop limit {is} %', '跳数限制{是} %'),
      hl: both('the hop limit {is} %', '跳数限制{是} %'),
      'hl-lt': both('the hop limit is below %', '跳数限制小于 %'),
      'hl-gt': both('the hop limit is above %', '跳数限制大于 %'),
    },
  },
  pkttype: {
    title: both('looks at whom the frame was sent to', '检查帧的接收者类型'),
    options: { 'pkt-type': both('the frame {is} %', '帧的类型{是} %') },
  },
  physdev: {
    title: both('looks at the ports of a bridge', '检查网桥端口'),
    options: {
      'physdev-in': both('it {is} one that came in by bridge port %', '{是}从网桥端口 % 进入的'),
      'physdev-out': both('it {is} one that leaves by bridge port %', '{是}从网桥端口 % 离开的'),
      'physdev-is-in': both('it {is} one that came in by a bridge', '{是}从网桥进入的'),
      'physdev-is-out': both('it {is} one that leaves by a bridge', '{是}从网桥离开的'),
      'physdev-is-bridged': both('it {is} one that goes from port to port without routing', '{是}桥接而不是路由的'),
    },
  },
  statistic: {
    title: both('picks packets by chance or by count', '按概率或次数选取数据包'),
    options: {
      mode: both('it picks by % (random: chance, nth: count)', '选取方式为 %（random：概率，nth：计数）'),
      probability: both('the chance {is} % of 1', '概率{是} %'),
      every: both('one packet of %', '每 % 个包选一个'),
      packet: both('the first picked is number % (from 0)', '从第 % 个开始（由 0 计）'),
    },
  },
  ...extendedMatchTexts,
}
