import { parseNumber } from '../../../xtables/index.ts'
import type { Attempt, Case, Hint } from './types.ts'
import { find, loadedMatches, meantBy, put, SPELLINGS, startOf, valueAt, valueFor, withValue } from './words.ts'

/** Options of single ports, each with its form for lists. */
const LISTED: Readonly<Record<string, string>> = {
  '--dport': '--dports',
  '--sport': '--sports',
  '--destination-port': '--dports',
  '--source-port': '--sports',
}

/** Well-known services that people name in rules. */
const SERVICES =
  'ssh http https domain smtp smtps imap imaps pop3 pop3s ftp telnet ntp snmp syslog ldap ldaps mysql postgresql bootps bootpc tftp nfs sip rsync'.split(
    ' ',
  )

/** Ports that are spoken to over UDP. */
const UDP_PORTS = ['53', '67', '68', '69', '123', '137', '138', '161', '500', '514', '1194', '4500', '5353', '51820']

/** Lists and ranges of ports, ports without a protocol, names of services. */
export const portCases: readonly Case[] = [
  { says: /^invalid port\/service `(.*)' specified$/s, hint: (attempt, [, value = '']) => badPort(attempt, value) },
  {
    says: /^unknown option "(--(?:dport|sport|destination-port|source-port))(?:=.*)?"$/s,
    hint: (attempt, [, option = '']) => portWithoutProtocol(attempt, option),
  },
  {
    says: /^Only one `--(source|destination)-port' allowed$/,
    hint: ({ words }, [, end = '']) => {
      const name = end === 'source' ? 'sport' : 'dport'
      const names = Object.keys(LISTED).filter((one) => LISTED[one] === `--${name}s`)
      const first = find(words, names)
      const second = find(words, names, first + 1)
      if (first < 0 || second < 0) return null
      const both = `${valueAt(words, first)},${valueAt(words, second)}`
      return {
        at: second,
        text: {
          en: `a rule takes --${name} once; several ports are a list of -m multiport`,
          zh: `一条规则中 --${name} 只能出现一次；多个端口请用 -m multiport 的列表`,
        },
        fix: [put(put(words, second, 2), first, 2, '-m', 'multiport', `--${name}s`, both)],
      }
    },
  },
  {
    says: /^multiport needs|^multiport only works with|^Need TCP, UDP, SCTP or DCCP with port specification$/,
    hint: ({ words, at }) => {
      const given = find(words, SPELLINGS.protocol)
      const text = {
        en: 'ports exist only in some protocols: say which with -p tcp, -p udp, …',
        zh: '只有部分协议才有端口：请用 -p tcp、-p udp 等指明协议',
      }
      const loaded = find(words, SPELLINGS.match)
      if (given > loaded && loaded >= 0 && words[loaded + 1] === 'multiport') {
        const moved = words.slice(startOf(words, given), given + 2)
        const order = { en: '-p stands before -m multiport', zh: '-p 要写在 -m multiport 之前' }
        return {
          at: given,
          text: order,
          fix: [put(put(words, given + 2 - moved.length, moved.length), loaded, 0, ...moved)],
        }
      }
      if (given >= 0) return { at: given, text }
      const place = find(words, [...SPELLINGS.match, ...SPELLINGS.jump])
      const where = place < 0 ? words.length : place
      return { at: at ?? where, text, fix: [put(words, where, 0, '-p', 'tcp')] }
    },
  },
]

function badPort({ words }: Attempt, value: string): Hint | null {
  const option = words.findIndex(
    (word, at) => Object.hasOwn(LISTED, word.replace(/=.*/s, '')) && valueAt(words, at) === value,
  )
  const holder = words.findIndex((word) => word === value || word.endsWith(`=${value}`))
  if (option < 0) return badServiceName(words, holder, value)
  const name = (words[option] as string).replace(/=.*/s, '')
  const attached = (words[option] as string).includes('=')
  const at = attached ? option : option + 1
  if (value.includes(',')) {
    const list = value.replaceAll('-', ':').replace(/,$/, '')
    const start = startOf(words, option)
    const load = loadedMatches(words.slice(0, start)).includes('multiport') ? [] : ['-m', 'multiport']
    const inverted = start < option ? ['!'] : []
    return {
      at,
      text: {
        en: `${name} takes one port or one range (80:90); a list of ports is -m multiport ${LISTED[name]}`,
        zh: `${name} 只接受一个端口或一个范围（80:90）；端口列表要用 -m multiport ${LISTED[name]}`,
      },
      fix: [put(words, start, at + 1 - start, ...load, ...inverted, LISTED[name] as string, list)],
    }
  }
  if (/^\d+-\d+$/.test(value)) {
    const range = value.replace('-', ':')
    return {
      at,
      text: { en: `a range of ports has a colon: ${range}`, zh: `端口范围用冒号表示：${range}` },
      fix: [withValue(words, option, range)],
    }
  }
  return badServiceName(words, at, value)
}

function badServiceName(words: readonly string[], at: number, value: string): Hint | null {
  if (at < 0) return null
  const bad = value.split(/[,:]/).find((part) => part !== '' && (parseNumber(part) ?? 70000) > 65535) ?? value
  const number = parseNumber(bad)
  if (number !== null) return { at, text: { en: 'ports are 0 to 65535', zh: '端口的范围是 0 到 65535' } }
  const near = meantBy(bad, SERVICES)
  const whole = (words[at] as string).replace(bad, near ?? bad)
  return {
    at,
    text: {
      en: `${bad} is no port: a number, or a name of /etc/services${near ? `; did you mean ${near}?` : ''}`,
      zh: `${bad} 不是端口：应为数字或 /etc/services 中的名称${near ? `；是不是想写 ${near}？` : ''}`,
    },
    ...(near ? { fix: [put(words, at, 1, whole)] } : {}),
  }
}

function portWithoutProtocol({ words, at }: Attempt, option: string): Hint | null {
  const place = at ?? find(words, [option])
  if (place < 0) return null
  const start = startOf(words, place)
  const given = find(words, SPELLINGS.protocol)
  if (given > place) {
    const from = startOf(words, given)
    const moved = words.slice(from, given + 2)
    return {
      at: place,
      text: {
        en: `-p stands before ${option}: it says whose ports are meant`,
        zh: `-p 要写在 ${option} 之前：先有协议才有端口`,
      },
      fix: [put(put(words, from, moved.length), start, 0, ...moved)],
    }
  }
  if (given >= 0) {
    const protocol = valueFor(words, SPELLINGS.protocol) ?? ''
    const isAny = ['all', 'ip', 'any', '0'].includes(protocol)
    return {
      at: isAny ? given + 1 : place,
      text: {
        en: `protocol ${protocol} has no ports: ${option} needs -p tcp, udp, udplite, sctp or dccp`,
        zh: `协议 ${protocol} 没有端口：${option} 需要 -p tcp、udp、udplite、sctp 或 dccp`,
      },
      ...(isAny ? { fix: [withValue(words, given, 'tcp')] } : {}),
    }
  }
  const protocol = UDP_PORTS.includes(valueAt(words, place) ?? '') ? 'udp' : 'tcp'
  return {
    at: place,
    text: {
      en: `${option} needs a protocol before it: -p tcp or -p udp`,
      zh: `${option} 之前要有协议：-p tcp 或 -p udp`,
    },
    fix: [put(words, start, 0, '-p', protocol)],
  }
}
