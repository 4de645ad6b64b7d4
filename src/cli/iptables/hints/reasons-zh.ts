/** Why the kernel refuses rules, in Chinese; the reasons themselves are thrown in English by the extensions. */
const REASONS: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/^connlabel: there are labels 0 to (\d+)$/, (last) => `connlabel：标签的范围是 0 到 ${last}`],
  [/^addrtype: there is no type (\S+) in IPv6$/, (type) => `addrtype：IPv6 没有 ${type} 类型`],
  [/^string: there is no algorithm "(.*)"$/, (name) => `string：没有算法 ${name}`],
  [/^u32: a shift by (\S+) bits$/, (bits) => `u32：移位 ${bits} 位过多`],
  [/^rateest: no comparison$/, () => 'rateest：缺少比较方式'],
  [/^rateest: no kind of rate$/, () => 'rateest：缺少速率种类'],
  [/^rateest: no estimator$/, () => 'rateest：没有这个估计器'],
  [/^-m bpf: the kernel would refuse the program$/, () => 'bpf：程序无效'],
  [/^cgroup: exactly one of --path and --cgroup is needed$/, () => 'cgroup：--path 与 --cgroup 必须且只能给出一个'],
  [/^owner: a range of owners begins above its end$/, () => 'owner：范围的起点大于终点'],
  [/^SECMARK: the security context is empty$/, () => 'SECMARK：安全上下文为空'],
  [/^SET: --map-set is only valid in table mangle$/, () => 'SET：--map-set 只能用在 mangle 表'],
  [/^CLUSTERIP: the rule needs --new$/, () => 'CLUSTERIP：规则需要 --new'],
  [/^CLUSTERIP: the rule needs -i with a device$/, () => 'CLUSTERIP：规则需要用 -i 指明接口'],
  [/^CLUSTERIP: there is no device (.*)$/, (device) => `CLUSTERIP：没有接口 ${device}`],
  [/^CLUSTERIP: nodes count from 1$/, () => 'CLUSTERIP：节点从 1 开始编号'],
  [/^HMARK: --hmark-spi cannot stand with ports$/, () => 'HMARK：--hmark-spi 不能与端口选项同时使用'],
  [/^TEE: --gateway must be an address of its own$/, () => 'TEE：--gateway 必须是一个具体的地址'],
  [/^CONNMARK: the kernel shifts by at most 31 bits$/, () => 'CONNMARK：最多移位 31 位'],
  [/^(\w+): (--\S+) is longer than (\d+) bits$/, (name, option, bits) => `${name}：${option} 的前缀超过 ${bits} 位`],
  [/^(\w+): (--\S+) has bits behind its prefix$/, (name, option) => `${name}：${option} 在前缀之后还有非零位`],
  [/^CT: --helper needs `-p' with a protocol, not inverted$/, () => 'CT：--helper 需要用 -p 指明协议，且不能取反'],
  [/^CT: there is no helper "(.*)" for this protocol$/, (name) => `CT：该协议没有助手 ${name}`],
  [/^NFQUEUE: the kernel balances over at most (\d+) queues$/, (count) => `NFQUEUE：最多分配到 ${count} 个队列`],
  [/^IDLETIMER: --timeout must be between 1 and (\d+)$/, (most) => `IDLETIMER：--timeout 应在 1 到 ${most} 之间`],
  [/^IDLETIMER: "(.*)" cannot be the name of a timer$/, (name) => `IDLETIMER：${name} 不能用作定时器名`],
  [/^(\w+): "(.*)" cannot be a (?:table|list)'s name$/, (name, text) => `${name}：${text} 不能用作名称`],
  [/^hashlimit: entries must live for a while$/, () => 'hashlimit：条目的保留时间不能为 0'],
  [/^hashlimit: a mask is no prefix$/, () => 'hashlimit：掩码长度超出范围'],
  [/^hashlimit: the rate is too high to be measured$/, () => 'hashlimit：速率过高，无法测量'],
  [/^hashlimit: the rate is too high$/, () => 'hashlimit：速率过高'],
  [/^hashlimit: rate and burst together are too long a time$/, () => 'hashlimit：速率与突发量合计的时间过长'],
  [
    /^recent: --(\S+) cannot be limited by --seconds, --hitcount or --reap$/,
    (option) => `recent：--${option} 不能与 --seconds、--hitcount、--reap 一起使用`,
  ],
  [/^recent: --hitcount (\d+) is above 65535$/, (count) => `recent：--hitcount ${count} 大于 65535`],
  [/^string: an empty string cannot be searched$/, () => 'string：不能查找空字符串'],
  [/^string: --from is behind --to$/, () => 'string：--from 大于 --to'],
  [/^string: these are no steps of a state machine$/, () => 'string：状态机的步骤无效'],
  [/^Numerical result out of range\.$/, () => '数值超出范围'],
]

/** A reason in Chinese; one that is not known stays as it is. */
export function refusalInChinese(reason: string): string {
  for (const [pattern, write] of REASONS) {
    const parts = pattern.exec(reason)?.slice(1)
    if (parts) return write(...parts)
  }
  return reason
}
