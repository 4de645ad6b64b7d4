import { both, type OptionText } from './types.ts'

/** What iptables' own options say, by letter. */
export const GENERAL_TEXTS: Readonly<Record<string, OptionText>> = {
  p: both('the protocol {is} %', '协议{是} %'),
  s: both('the source address {is} in %l', '源地址{在} %l 中'),
  d: both('the destination address {is} in %l', '目的地址{在} %l 中'),
  i: both('it {is} one that came in by %', '{是}从 % 进入的'),
  o: both('it {is} one that leaves by %', '{是}从 % 离开的'),
  f: both('it {is} a fragment behind the first', '{是}首个分片之后的分片'),
  t: both('the rule is for table %', '规则属于 % 表'),
  c: both('the counters start at % (packets, bytes)', '计数器的初值为 %（包数、字节数）'),
  g: both('go on in chain %; at its end the packet does not come back here', '转到 % 链，到链尾后不再返回这里'),
  n: both('numbers instead of names', '显示数字而不是名称'),
  v: both('more detail, with counters', '显示详细信息和计数器'),
  x: both('counters in full, without K, M, G', '完整显示计数，不用 K、M、G'),
  '0': both('with the number of each rule', '显示规则编号'),
  w: both('waits for the lock of other calls (% seconds)', '等待其他调用释放锁（% 秒）'),
  W: both('nothing (an old option)', '无作用（旧选项）'),
  M: both('the command that loads kernel modules', '加载内核模块的命令'),
  '4': both('for IPv4', '用于 IPv4'),
  '6': both('for IPv6', '用于 IPv6'),
}

/** The same where the value is an address with every bit of its mask: a single host. */
export const SINGLE_HOST: Readonly<Record<'s' | 'd', OptionText>> = {
  s: both('the source address {is} %l', '源地址{是} %l'),
  d: both('the destination address {is} %l', '目的地址{是} %l'),
}

/** What each command does; `%` is the chain. */
export const COMMAND_TEXTS: Readonly<Record<string, OptionText>> = {
  A: both('appends the rule to chain %, behind those it has', '把规则追加到 % 链的末尾'),
  I: both(
    'inserts the rule into chain %, before those it has or at the number given',
    '把规则插入 % 链的开头，或给出的编号处',
  ),
  D: both('deletes a rule from chain %', '从 % 链删除一条规则'),
  R: both('puts the rule in place of another of chain %', '替换 % 链中的一条规则'),
  C: both('asks whether chain % has this rule; the exit status answers', '检查 % 链中是否有这条规则，由退出状态回答'),
  L: both('lists the rules of %', '列出 % 的规则'),
  S: both('prints the rules of % as commands', '以命令形式打印 % 的规则'),
  F: both('deletes all rules of %', '删除 % 的所有规则'),
  Z: both('sets the counters of % to 0', '把 % 的计数器清零'),
  N: both('makes a new chain %', '新建 % 链'),
  X: both('deletes the empty user chain %, which no rule leads to', '删除自建链 %（须为空且没有规则跳到它）'),
  E: both('gives chain % another name', '给 % 链改名'),
  P: both('sets what happens to packets at the end of chain %', '设置到达 % 链末尾的数据包的默认策略'),
}

/** The same for commands without a chain. */
export const ALL_CHAINS: Readonly<Record<string, OptionText>> = {
  L: both('lists the rules of all chains', '列出所有链的规则'),
  S: both('prints the rules of all chains as commands', '以命令形式打印所有链的规则'),
  F: both('deletes all rules of all chains', '删除所有链的所有规则'),
  Z: both('sets the counters of all chains to 0', '把所有链的计数器清零'),
  X: both('deletes all empty user chains that no rule leads to', '删除所有为空且没有规则跳到的自建链'),
}
