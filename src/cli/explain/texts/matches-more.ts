import { both, type MatchText } from './types.ts'

const addresses = (name: string, zh: string): ReturnType<typeof both> => both(`the ${name} {is} in %`, `${zh}{在} % 中`)

const compared = (option: string, en: string, zh: string): MatchText['options'] => ({
  [`${option}-eq`]: both(`${en} {is} %`, `${zh}{是} %`),
  [`${option}-gt`]: both(`${en} {is} above %`, `${zh}{是}大于 %`),
  [`${option}-lt`]: both(`${en} {is} below %`, `${zh}{是}小于 %`),
})

/** The matches that are met less often. */
export const extendedMatchTexts: Readonly<Record<string, MatchText>> = {
  ah: {
    title: both('looks at the IPsec authentication header', '检查 IPsec 认证头'),
    options: {
      ahspi: both('its SPI {is} %r', 'SPI {是} %r'),
      ahlen: both('it {is} % bytes long', '长度{是} % 字节'),
      ahres: both('its reserved field is 0', '保留字段为 0'),
    },
  },
  esp: {
    title: both('looks at the IPsec ESP header', '检查 IPsec ESP 头'),
    options: { espspi: both('its SPI {is} %r', 'SPI {是} %r') },
  },
  ipcomp: {
    title: both('looks at the IPComp header', '检查 IPComp 头'),
    options: { ipcompspi: both('its CPI {is} %r', 'CPI {是} %r') },
  },
  bpf: {
    title: both('runs a BPF program on the packet', '对数据包执行 BPF 程序'),
    options: {
      bytecode: both('the program, as numbers', '以数字表示的程序'),
      'object-pinned': both('the program is pinned at %', '程序固定在 %'),
    },
  },
  cgroup: {
    title: both('looks at the control group of the process', '检查进程所在的控制组'),
    options: {
      path: both('the process {is} in control group %', '进程{在}控制组 % 中'),
      cgroup: both('the class of the group {is} %', '控制组的类号{是} %'),
    },
  },
  cluster: {
    title: both('shares connections among the nodes of a cluster', '在集群节点间分配连接'),
    options: {
      'cluster-total-nodes': both('there are % nodes', '共有 % 个节点'),
      'cluster-local-node': both('it {is} for node %', '{是}分给节点 % 的'),
      'cluster-local-nodemask': both('it {is} for the nodes of bits %', '{是}分给位 % 对应的节点'),
      'cluster-hash-seed': both('the hash starts with %', '哈希种子为 %'),
    },
  },
  connbytes: {
    title: both('looks at how much the connection carried', '检查连接已传输的数据量'),
    options: {
      connbytes: both('it carried %r so far', '已传输 %r'),
      'connbytes-dir': both('in direction %', '方向为 %'),
      'connbytes-mode': both('counted in % (avgpkt: bytes per packet)', '单位为 %（avgpkt：平均每包字节数）'),
    },
  },
  connlabel: {
    title: both('looks at the labels of the connection', '检查连接的标签'),
    options: {
      label: both('the connection {has} label %', '连接{有}标签 %'),
      set: both('and gets the label where it has it not', '没有则加上该标签'),
    },
  },
  cpu: {
    title: both('looks at the processor at work', '检查处理数据包的 CPU'),
    options: { cpu: both('processor % {is} at work on it', '{是}由 CPU % 处理') },
  },
  devgroup: {
    title: both('looks at groups of devices', '检查接口组'),
    options: {
      'src-group': both('it came in by a device of group %', '从 % 组的接口进入'),
      'dst-group': both('it leaves by a device of group %', '从 % 组的接口离开'),
    },
  },
  dscp: {
    title: both('looks at the DSCP field', '检查 DSCP 字段'),
    options: {
      dscp: both('DSCP {is} %', 'DSCP {是} %'),
      'dscp-class': both('the DiffServ class {is} %', 'DiffServ 类别{是} %'),
    },
  },
  tos: {
    title: both('looks at the type of service', '检查服务类型'),
    options: { tos: both('TOS {is} %', 'TOS {是} %') },
  },
  ecn: {
    title: both('looks at the bits of congestion notification', '检查显式拥塞通知位'),
    options: {
      'ecn-tcp-ece': both('the ECE bit of TCP {is} set', 'TCP 的 ECE 位{是} 1'),
      'ecn-tcp-cwr': both('the CWR bit of TCP {is} set', 'TCP 的 CWR 位{是} 1'),
      'ecn-ip-ect': both('the ECN field of IP {is} %', 'IP 的 ECN 字段{是} %'),
    },
  },
  eui64: { title: both('the source address was made of the Ethernet address', '源地址由 MAC 地址生成'), options: {} },
  dst: {
    title: both('looks at the destination options header', '检查目的选项头'),
    options: {
      'dst-len': both('it {is} % bytes long', '长度{是} % 字节'),
      'dst-opts': both('it has the options %', '选项为 %'),
    },
  },
  hbh: {
    title: both('looks at the hop-by-hop header', '检查逐跳选项头'),
    options: {
      'hbh-len': both('it {is} % bytes long', '长度{是} % 字节'),
      'hbh-opts': both('it has the options %', '选项为 %'),
    },
  },
  frag: {
    title: both('looks at the IPv6 fragment header', '检查 IPv6 分片头'),
    options: {
      fragid: both('its identification {is} %r', '分片标识{是} %r'),
      fraglen: both('it {is} % bytes long', '长度{是} % 字节'),
      fragres: both('its reserved fields are 0', '保留字段为 0'),
      fragfirst: both('it is the first fragment', '是首个分片'),
      fragmore: both('more fragments follow', '后面还有分片'),
      fraglast: both('it is the last fragment', '是最后一个分片'),
    },
  },
  rt: {
    title: both('looks at the IPv6 routing header', '检查 IPv6 路由头'),
    options: {
      'rt-type': both('its type {is} %', '类型{是} %'),
      'rt-segsleft': both('%r segments {are} left', '剩余段数{是} %r'),
      'rt-len': both('it {is} % bytes long', '长度{是} % 字节'),
      'rt-0-res': both('its reserved field is 0', '保留字段为 0'),
      'rt-0-addrs': both('it goes through %', '经过 %'),
      'rt-0-not-strict': both('others may lie between', '中间可有其他地址'),
    },
  },
  helper: {
    title: both('looks for connections that a helper expected', '由连接跟踪助手预期的连接'),
    options: { helper: both('the connection {is} one that helper % expected', '{是}由助手 % 预期的连接') },
  },
  ipv6header: {
    title: both('looks at which extension headers there are', '检查有哪些 IPv6 扩展头'),
    options: {
      header: both('the headers {are} %', '扩展头{是} %'),
      soft: both('others may be there as well', '可以还有其他扩展头'),
    },
  },
  ipvs: {
    title: both('asks IPVS about the connection', '查询 IPVS 连接'),
    options: {
      ipvs: both('it {is} of a connection of IPVS', '{属于} IPVS 连接'),
      vproto: both('the virtual service {is} of protocol %', '虚拟服务的协议{是} %'),
      vaddr: addresses('address of the virtual service', '虚拟服务的地址'),
      vport: both('the port of the virtual service {is} %', '虚拟服务的端口{是} %'),
      vdir: both('the direction is %', '方向为 %'),
      vmethod: both('the way of forwarding {is} %', '转发方式{是} %'),
      vportctl: both('the controlling port {is} %', '控制连接的端口{是} %'),
    },
  },
  mh: {
    title: both('looks at the mobility header', '检查移动性报头'),
    options: { 'mh-type': both('its type {is} %r', '类型{是} %r') },
  },
  nfacct: {
    title: both('counts in an object of nfacct; always holds', '在 nfacct 对象中计数；总是匹配'),
    options: { 'nfacct-name': both('the object is %', '对象为 %') },
  },
  osf: {
    title: both('guesses the operating system of the sender', '根据指纹猜测发送方的操作系统'),
    options: {
      genre: both('it {is} %', '{是} %'),
      ttl: both('how the TTL is compared: %', 'TTL 的比较方式：%'),
      log: both('what is logged: %', '记录方式：%'),
    },
  },
  policy: {
    title: both('looks at the IPsec policy of the packet', '检查数据包的 IPsec 策略'),
    options: {
      dir: both('of packets that go %', '方向为 %'),
      pol: both('the packet is under % (ipsec: protected, none: not)', '策略为 %（ipsec：受保护，none：没有）'),
      strict: both('every element must fit', '每个元素都必须匹配'),
      reqid: both('the id of the policy {is} %', '策略的 reqid {是} %'),
      spi: both('the SPI {is} %', 'SPI {是} %'),
      proto: both('the protocol {is} %', '协议{是} %'),
      mode: both('the mode {is} %', '模式{是} %'),
      'tunnel-src': addresses('start of the tunnel', '隧道起点'),
      'tunnel-dst': addresses('end of the tunnel', '隧道终点'),
      next: both('the next element', '下一个元素'),
    },
  },
  quota: {
    title: both('holds until so many bytes have passed', '流量用完之前匹配'),
    options: { quota: both('the first % bytes', '前 % 字节') },
  },
  rateest: {
    title: both('compares rates that RATEEST measured', '比较 RATEEST 测得的速率'),
    options: {
      rateest: both('of estimator %', '估计器 %'),
      rateest1: both('the first estimator is %', '第一个估计器为 %'),
      rateest2: both('the second estimator is %', '第二个估计器为 %'),
      'rateest-lt': both('the first is below the second', '前者小于后者'),
      'rateest-gt': both('the first is above the second', '前者大于后者'),
      'rateest-eq': both('both are the same', '两者相等'),
      'rateest-delta': both('what is left of the given rates', '与给定速率的差'),
      'rateest-bps': both('% in bits per second', '% 比特每秒'),
      'rateest-bps1': both('of the first % in bits per second', '第一个：% 比特每秒'),
      'rateest-bps2': both('of the second % in bits per second', '第二个：% 比特每秒'),
      'rateest-pps': both('% packets per second', '每秒 % 个包'),
      'rateest-pps1': both('of the first % packets per second', '第一个：每秒 % 个包'),
      'rateest-pps2': both('of the second % packets per second', '第二个：每秒 % 个包'),
    },
  },
  realm: {
    title: both('looks at the realm of the route', '检查路由的 realm'),
    options: { realm: both('the realm {is} %', 'realm {是} %') },
  },
  rpfilter: {
    title: both(
      'the answer would leave by the device the packet came by',
      '应答会从数据包进来的接口发出（反向路径检查）',
    ),
    options: {
      loose: both('any device will do', '任何接口都可以'),
      validmark: both('the mark of the packet counts for the route', '查路由时使用数据包的标记'),
      'accept-local': both('own addresses are accepted as sources', '接受以本机地址为源'),
      invert: both('the other way round: holds where the check fails', '反过来：检查失败时匹配'),
    },
  },
  socket: {
    title: both('a socket of this host waits for the packet', '本机有套接字在等待该数据包'),
    options: {
      transparent: both('the socket is transparent', '套接字是透明的'),
      nowildcard: both('sockets without an address of their own count too', '绑定到任意地址的套接字也算'),
      'restore-skmark': both('the packet gets the mark of the socket', '数据包取得套接字的标记'),
    },
  },
  srh: {
    title: both('looks at the IPv6 segment routing header', '检查 IPv6 分段路由头'),
    options: {
      'srh-next-hdr': both('the next header {is} %', '下一报头{是} %'),
      ...compared('srh-hdr-len', 'its length', '长度'),
      ...compared('srh-segs-left', 'the number of segments left', '剩余段数'),
      ...compared('srh-last-entry', 'the index of the last entry', '最后一项的序号'),
      'srh-tag': both('the tag {is} %', '标签{是} %'),
      'srh-psid': addresses('previous segment', '上一段'),
      'srh-nsid': addresses('next segment', '下一段'),
      'srh-lsid': addresses('last segment', '最后一段'),
    },
  },
  tcpmss: {
    title: both('looks at the MSS option of TCP', '检查 TCP 的 MSS 选项'),
    options: { mss: both('the MSS {is} %r', 'MSS {是} %r') },
  },
  u32: {
    title: both('computes with bytes of the packet', '对数据包中的字节进行运算'),
    options: { u32: both('so: %', '表达式：%') },
  },
}
