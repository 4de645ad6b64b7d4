import type { Hook } from '../../../expression/environment.ts'
import type { TableName } from '../../../netfilter/glossary.ts'
import { both } from './types.ts'

/** Which packets a built-in chain sees, and when. */
export const HOOK_TEXTS: Readonly<Record<Hook, ReturnType<typeof both>>> = {
  PREROUTING: both(
    'packets that just arrived by a device, before it is decided whether they are for this host',
    '刚从接口进入、尚未判断是否发给本机的数据包',
  ),
  INPUT: both(
    'packets for this host, after routing and before a process gets them',
    '发给本机的数据包，在路由判决之后、交给进程之前',
  ),
  FORWARD: both(
    'packets that go through this host from one device to another',
    '经本机从一个接口转发到另一个接口的数据包',
  ),
  OUTPUT: both('packets that processes of this host send', '本机进程发出的数据包'),
  POSTROUTING: both(
    'packets about to leave by a device, forwarded or sent by this host',
    '即将从接口离开的数据包，包括转发的和本机发出的',
  ),
}

/** What each table is for. */
export const TABLE_TEXTS: Readonly<Record<TableName, ReturnType<typeof both>>> = {
  raw: both('comes first, before connection tracking', '最先经过，在连接跟踪之前'),
  mangle: both('changes packets: marks, TTL, TOS, MSS', '修改数据包：标记、TTL、TOS、MSS'),
  nat: both(
    'translates addresses; only the first packet of a connection comes here, the others follow its translation',
    '地址转换；只有连接的第一个包经过这里，其余的包沿用其转换',
  ),
  filter: both('lets packets pass or not', '决定放行还是拦截'),
  security: both('labels for SELinux and the like, behind filter', '供 SELinux 等使用的标签，在 filter 之后'),
}
