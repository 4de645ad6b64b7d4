import { both, type TargetText } from './types.ts'

const marks = {
  'set-xmark': both('clears the bits of the mask and flips those of the value: %', '清除掩码中的位，再与值异或：%'),
  'set-mark': both('sets the mark (the bits of the mask) to %', '把标记（掩码中的位）设为 %'),
  'and-mark': both('keeps only the bits %', '只保留 % 中的位'),
  'or-mark': both('sets the bits %', '置位 %'),
  'xor-mark': both('flips the bits %', '翻转 % 中的位'),
}

const chance = {
  random: both('the port is chosen by chance', '随机选择端口'),
  'random-fully': both('the port is chosen by chance for each connection', '为每个连接完全随机地选择端口'),
  persistent: both('a client gets the same address for all its connections', '同一客户端始终得到同一地址'),
}

/** What targets and their options say, by name. */
export const TARGET_TEXTS: Readonly<Record<string, TargetText>> = {
  ACCEPT: { title: both('lets the packet pass', '放行数据包'), after: 'next table', options: {} },
  DROP: { title: both('throws the packet away without an answer', '丢弃数据包，不作回应'), after: 'end', options: {} },
  RETURN: {
    title: both(
      'goes back to the chain that jumped here; from a built-in chain, to its policy',
      '返回跳转来的链；在内建链中则执行默认策略',
    ),
    after: 'caller',
    options: {},
  },
  QUEUE: {
    title: both('hands the packet to a program that listens at queue 0', '把数据包交给监听 0 号队列的程序'),
    after: 'end',
    options: {},
  },
  REJECT: {
    title: both('throws the packet away and tells the sender', '丢弃数据包并通知发送方'),
    after: 'end',
    options: { 'reject-with': both('by %', '回应 %') },
  },
  DNAT: {
    title: both(
      'gives the connection another destination; its packets and answers follow',
      '改变连接的目的地址；该连接的后续包和应答自动跟随',
    ),
    after: 'next table',
    options: { 'to-destination': both('the new destination is %', '新的目的地为 %'), ...chance },
  },
  SNAT: {
    title: both(
      'gives the connection another source; its packets and answers follow',
      '改变连接的源地址；该连接的后续包和应答自动跟随',
    ),
    after: 'next table',
    options: { 'to-source': both('the new source is %', '新的源地址为 %'), ...chance },
  },
  MASQUERADE: {
    title: both(
      'gives the connection the address of the device it leaves by as its source',
      '把连接的源地址改为出接口的地址',
    ),
    after: 'next table',
    options: { 'to-ports': both('with a source port of %', '源端口取自 %'), ...chance },
  },
  REDIRECT: {
    title: both('turns the connection to this host itself', '把连接转到本机'),
    after: 'next table',
    options: { 'to-ports': both('to port %', '转到端口 %'), ...chance },
  },
  NETMAP: {
    title: both('translates a whole network, address by address', '整个网段一对一转换地址'),
    after: 'next table',
    options: { to: both('into network %', '转换到网段 %') },
  },
  LOG: {
    title: both('writes a line about the packet to the log of the kernel', '把数据包的信息写入内核日志'),
    after: 'next rule',
    options: {
      'log-prefix': both('the line begins with %', '日志行以 % 开头'),
      'log-level': both('at level %', '日志级别为 %'),
      'log-tcp-sequence': both('with SEQ and ACK of TCP', '记录 TCP 序列号'),
      'log-tcp-options': both('with TCP options', '记录 TCP 选项'),
      'log-ip-options': both('with IP options', '记录 IP 选项'),
      'log-uid': both('with the user of the sending process', '记录发送进程的用户'),
      'log-macdecode': both('with the Ethernet addresses taken apart', '解析 MAC 地址'),
    },
  },
  NFLOG: {
    title: both('hands a copy of the packet to logging programs', '把数据包副本交给日志程序'),
    after: 'next rule',
    options: {
      'nflog-prefix': both('with the text %', '附带文本 %'),
      'nflog-group': both('that listen to group %', '监听组 %'),
      'nflog-range': both('nothing (use --nflog-size)', '无作用（请用 --nflog-size）'),
      'nflog-size': both('% bytes of it', '取 % 字节'),
      'nflog-threshold': both('when % have come together', '积累 % 个后发送'),
    },
  },
  ULOG: {
    title: both(
      'hands a copy of the packet to ulogd (gone since Linux 3.17)',
      '把数据包副本交给 ulogd（Linux 3.17 起已移除）',
    ),
    after: 'next rule',
    options: {
      'ulog-prefix': both('with the text %', '附带文本 %'),
      'ulog-nlgroup': both('that listens to group %', '监听组 %'),
      'ulog-cprange': both('% bytes of it', '取 % 字节'),
      'ulog-qthreshold': both('when % have come together', '积累 % 个后发送'),
    },
  },
  NFQUEUE: {
    title: both('hands the packet to a program, which decides about it', '把数据包交给用户态程序决定'),
    after: 'end',
    options: {
      'queue-num': both('that listens at queue %', '监听 % 号队列'),
      'queue-balance': both('of the queues %, by connection', '按连接分配到队列 %'),
      'queue-bypass': both('where none listens, the packet passes', '没有程序监听时放行'),
      'queue-cpu-fanout': both('by processor and not by connection', '按 CPU 而不是按连接分配'),
    },
  },
  MARK: {
    title: both(
      'changes the mark of the packet, which routing and later rules can look at',
      '修改数据包的标记，供路由和后面的规则使用',
    ),
    after: 'next rule',
    options: marks,
  },
  CONNMARK: {
    title: both('changes the mark of the connection', '修改连接的标记'),
    after: 'next rule',
    options: {
      ...marks,
      'save-mark': both('gives the connection the mark of the packet', '把数据包的标记保存到连接'),
      'restore-mark': both('gives the packet the mark of its connection', '把连接的标记恢复到数据包'),
      ctmask: both('the bits % of the connection', '连接标记的位 %'),
      nfmask: both('the bits % of the packet', '数据包标记的位 %'),
      mask: both('the bits %', '位 %'),
      'left-shift-mark': both('moved to the left by % bits', '左移 % 位'),
      'right-shift-mark': both('moved to the right by % bits', '右移 % 位'),
    },
  },
  CT: {
    title: both('says how connection tracking treats the packet', '指定连接跟踪如何处理数据包'),
    after: 'next rule',
    options: {
      notrack: both('not at all', '不跟踪'),
      helper: both('with the helper %', '使用助手 %'),
      timeout: both('with the timeouts %', '使用超时策略 %'),
      ctevents: both('telling of the events %', '产生事件 %'),
      expevents: both('telling of expectations: %', '产生预期事件 %'),
      zone: both('in zone %', '在区域 % 中'),
      'zone-orig': both('in zone % for the original direction', '原方向在区域 % 中'),
      'zone-reply': both('in zone % for the answers', '应答方向在区域 % 中'),
    },
  },
  NOTRACK: {
    title: both('keeps the packet out of connection tracking', '不对数据包进行连接跟踪'),
    after: 'next rule',
    options: {},
  },
  TRACE: {
    title: both('lets the kernel report every rule that the packet meets', '让内核报告该数据包经过的每条规则'),
    after: 'next rule',
    options: {},
  },
  TPROXY: {
    title: both(
      'gives the packet to a transparent proxy of this host without changing it',
      '把数据包原样交给本机的透明代理',
    ),
    after: 'next table',
    options: {
      'on-port': both('that listens at port %', '代理端口为 %'),
      'on-ip': both('at address %', '代理地址为 %'),
      'tproxy-mark': both('and marks it with %', '并打上标记 %'),
    },
  },
  TCPMSS: {
    title: both('changes the MSS that a TCP handshake offers', '修改 TCP 握手中的 MSS'),
    after: 'next rule',
    options: {
      'set-mss': both('to %, or less where it is less already', '改为 %（已更小则不变）'),
      'clamp-mss-to-pmtu': both('to what the path takes', '改为路径 MTU 允许的值'),
    },
  },
  TCPOPTSTRIP: {
    title: both('takes options out of the TCP header', '移除 TCP 选项'),
    after: 'next rule',
    options: { 'strip-options': both('these: %l', '移除：%l') },
  },
  TTL: {
    title: both('changes the time to live', '修改 TTL'),
    after: 'next rule',
    options: {
      'ttl-set': both('to %', '设为 %'),
      'ttl-dec': both('by % less', '减 %'),
      'ttl-inc': both('by % more', '加 %'),
    },
  },
  HL: {
    title: both('changes the hop limit', '修改跳数限制'),
    after: 'next rule',
    options: {
      'hl-set': both('to %', '设为 %'),
      'hl-dec': both('by % less', '减 %'),
      'hl-inc': both('by % more', '加 %'),
    },
  },
  TOS: {
    title: both('changes the type of service', '修改服务类型'),
    after: 'next rule',
    options: {
      'set-tos': both('to %', '设为 %'),
      'and-tos': both('keeps the bits %', '只保留位 %'),
      'or-tos': both('sets the bits %', '置位 %'),
      'xor-tos': both('flips the bits %', '翻转位 %'),
    },
  },
  DSCP: {
    title: both('changes the DSCP field', '修改 DSCP'),
    after: 'next rule',
    options: { 'set-dscp': both('to %', '设为 %'), 'set-dscp-class': both('to class %', '设为类别 %') },
  },
  ECN: {
    title: both('changes congestion notification', '修改显式拥塞通知'),
    after: 'next rule',
    options: {
      'ecn-tcp-remove': both('takes it out of the TCP header', '从 TCP 报头中移除'),
      'ecn-tcp-ece': both('sets the ECE bit to %', '把 ECE 位设为 %'),
      'ecn-tcp-cwr': both('sets the CWR bit to %', '把 CWR 位设为 %'),
      'ecn-ip-ect': both('sets the ECN field of IP to %', '把 IP 的 ECN 字段设为 %'),
    },
  },
  SET: {
    title: both('changes an ipset', '修改 ipset 集合'),
    after: 'next rule',
    options: {
      'add-set': both(
        'enters the packet in the set, by the sides named behind it: %',
        '把数据包加入集合（按其后列出的源/目的）：%',
      ),
      'del-set': both('takes the packet out of the set: %', '从集合中移除：%'),
      'map-set': both('takes mark, priority or queue from the element: %', '从元素取得标记、优先级或队列：%'),
      exist: both('an element that is there gets its time anew', '已有的元素重新计时'),
      timeout: both('for % seconds', '有效 % 秒'),
      'map-mark': both('the mark', '标记'),
      'map-prio': both('the priority', '优先级'),
      'map-queue': both('the queue', '队列'),
    },
  },
  SYNPROXY: {
    title: both(
      'answers TCP handshakes in the place of the server, against floods',
      '代替服务器完成 TCP 握手，抵御 SYN 洪泛',
    ),
    after: 'end',
    options: {
      mss: both('with the MSS %', 'MSS 为 %'),
      wscale: both('with window scale %', '窗口缩放为 %'),
      'sack-perm': both('with selective acknowledgement', '允许选择确认'),
      timestamp: both('with timestamps', '使用时间戳'),
      ecn: both('with congestion notification', '使用显式拥塞通知'),
    },
  },
  TEE: {
    title: both('sends a copy of the packet to another host', '把数据包副本发给另一台主机'),
    after: 'next rule',
    options: {
      gateway: both('to %, which is on the same link', '发给同一链路上的 %'),
      oif: both('by device %', '经接口 %'),
    },
  },
  CLASSIFY: {
    title: both('chooses the class of tc for the packet', '指定 tc 的类别'),
    after: 'next rule',
    options: { 'set-class': both('class %', '类别 %') },
  },
  CHECKSUM: {
    title: both('computes a checksum that was left to the device', '补算留给网卡的校验和'),
    after: 'next rule',
    options: { 'checksum-fill': both('and fills it in', '并填入') },
  },
  AUDIT: {
    title: both('writes a record for auditd', '写入审计记录'),
    after: 'next rule',
    options: { type: both('of type %', '类型为 %') },
  },
  HMARK: {
    title: both('sets the mark to a hash of the connection', '把标记设为连接的哈希值'),
    after: 'next rule',
    options: {
      'hmark-tuple': both('of these parts: %l', '参与计算的部分：%l'),
      'hmark-mod': both('one of % marks', '取 % 个标记之一'),
      'hmark-offset': both('from % on', '从 % 起'),
      'hmark-rnd': both('the hash starts with %', '哈希种子为 %'),
      'hmark-src-prefix': both('the bits % of the source address', '源地址的位 %'),
      'hmark-dst-prefix': both('the bits % of the destination address', '目的地址的位 %'),
      'hmark-sport-mask': both('the bits % of the source port', '源端口的位 %'),
      'hmark-dport-mask': both('the bits % of the destination port', '目的端口的位 %'),
      'hmark-spi-mask': both('the bits % of the SPI', 'SPI 的位 %'),
      'hmark-sport': both('the source port is taken as %', '源端口按 % 计'),
      'hmark-dport': both('the destination port is taken as %', '目的端口按 % 计'),
      'hmark-spi': both('the SPI is taken as %', 'SPI 按 % 计'),
      'hmark-proto-mask': both('the bits % of the protocol', '协议号的位 %'),
    },
  },
  IDLETIMER: {
    title: both('tells when no packets came for a while', '一段时间没有数据包时发出通知'),
    after: 'next rule',
    options: {
      timeout: both('after % seconds', '% 秒后'),
      label: both('as timer %', '定时器名为 %'),
      alarm: both('also while the machine sleeps', '休眠时也计时'),
    },
  },
  LED: {
    title: both('makes a light blink', '让 LED 闪烁'),
    after: 'next rule',
    options: {
      'led-trigger-id': both('of the trigger netfilter-%', '触发器名为 netfilter-%'),
      'led-delay': both('for % ms', '亮 % 毫秒'),
      'led-always-blink': both('off and on again where it is on already', '已亮时也先灭再亮'),
    },
  },
  RATEEST: {
    title: both('measures the rate of packets', '测量速率'),
    after: 'next rule',
    options: {
      'rateest-name': both('as estimator %', '估计器名为 %'),
      'rateest-interval': both('every %', '每 % 测量一次'),
      'rateest-ewmalog': both('averaged over %', '取 % 内的平均'),
    },
  },
  SECMARK: {
    title: both('gives the packet a security label', '给数据包加安全标签'),
    after: 'next rule',
    options: { selctx: both('%', '%') },
  },
  CONNSECMARK: {
    title: both('copies security labels', '复制安全标签'),
    after: 'next rule',
    options: {
      save: both('the packet’s label to its connection', '从数据包到连接'),
      restore: both('the connection’s label to its packet', '从连接到数据包'),
    },
  },
  CLUSTERIP: {
    title: both('shares an address among several hosts', '多台主机共用一个地址'),
    after: 'next rule',
    options: {
      new: both('begins to share it', '开始共用'),
      hashmode: both('the node is found by %', '按 % 选择节点'),
      clustermac: both('all have the Ethernet address %', '共用的 MAC 地址为 %'),
      'total-nodes': both('there are % nodes', '共 % 个节点'),
      'local-node': both('this is node %', '本机为节点 %'),
      'hash-init': both('the hash starts with %', '哈希种子为 %'),
    },
  },
  SNPT: {
    title: both('changes the prefix of the source, without state', '无状态地转换源地址前缀'),
    after: 'next rule',
    options: { 'src-pfx': both('from prefix %', '原前缀 %'), 'dst-pfx': both('to prefix %', '新前缀 %') },
  },
  DNPT: {
    title: both('changes the prefix of the destination, without state', '无状态地转换目的地址前缀'),
    after: 'next rule',
    options: { 'src-pfx': both('from prefix %', '原前缀 %'), 'dst-pfx': both('to prefix %', '新前缀 %') },
  },
}
