import { tryParseAddress } from '../../../wire/address.ts'
import type { Case, Hint } from './types.ts'
import { find, meantBy, put, SPELLINGS, startOf, valueAt, withValue } from './words.ts'

const PROTOCOLS = 'tcp udp icmp ipv6-icmp icmpv6 udplite sctp dccp esp ah gre igmp ospf all'.split(' ')

/** Addresses of `-s` and `-d`, protocols of `-p`, and options given twice. */
export const addressCases: readonly Case[] = [
  {
    says: /^host\/network `(.*)' not found$/s,
    hint: ({ words, program }, [, value = '']) => {
      const option = words.findIndex(
        (word, at) =>
          [...SPELLINGS.source, ...SPELLINGS.destination].some((name) => name === word.replace(/=.*/s, '')) &&
          (valueAt(words, at) ?? '').split(',').some((one) => one.replace(/\/.*/s, '') === value),
      )
      return option < 0 ? null : badAddress(words, option, value, program.family)
    },
  },
  {
    says: /^invalid mask `(.*)' specified$/s,
    hint: ({ words, program }, [, mask = '']) => {
      const at = words.findIndex((word) => word.includes(`/${mask}`))
      if (at < 0) return null
      const most = program.family === 4 ? 32 : 128
      const form = program.family === 4 ? '10.0.0.0/8, 10.0.0.0/255.0.0.0' : '2001:db8::/32'
      return {
        at,
        text: {
          en: `a mask is a length of 0 to ${most}, or written as an address: ${form}`,
          zh: `掩码是 0 到 ${most} 的前缀长度，或写成地址形式：${form}`,
        },
      }
    },
  },
  {
    says: /^unknown protocol "(.*)" specified$/s,
    hint: ({ words }, [, value = '']) => {
      const joined = words.findIndex((word) => word.toLowerCase() === value && /^-p./.test(word))
      if (joined >= 0) {
        const protocol = value.slice(2)
        return {
          at: joined,
          text: { en: `-p and ${protocol} are two words`, zh: `-p 与 ${protocol} 之间要有空格` },
          fix: [put(words, joined, 1, '-p', protocol)],
        }
      }
      const at = find(words, SPELLINGS.protocol)
      if (at < 0) return null
      const several = value.split(',').filter((one) => one !== '')
      if (several.length > 1) {
        return {
          at: at + 1,
          text: {
            en: 'a rule has one protocol: write a rule for each',
            zh: '一条规则只能有一个协议：请为每个协议各写一条规则',
          },
          fix: several.map((one) => withValue(words, at, one)),
        }
      }
      const near = meantBy(value, PROTOCOLS)
      return {
        at: at + 1,
        text: {
          en: `there is no protocol ${value}${near ? `; did you mean ${near}?` : ': a name of /etc/protocols or a number'}`,
          zh: `没有协议 ${value}${near ? `；是不是想写 ${near}？` : '：应为 /etc/protocols 中的名称或数字'}`,
        },
        ...(near ? { fix: [withValue(words, at, near)] } : {}),
      }
    },
  },
  {
    says: /^multiple -([a-z]) flags not allowed$/,
    hint: ({ words }, [, letter = '']) => repeated(words, letter),
  },
]

function badAddress(words: readonly string[], option: number, value: string, family: 4 | 6): Hint {
  const at = option + 1
  const isSource = SPELLINGS.source.some((name) => (words[option] as string).startsWith(name))
  const whole = valueAt(words, option) as string
  const range = /^([\d.]+|[\da-f:]+)-([\d.]+|[\da-f:]+)$/i.exec(value)
  if (range && tryParseAddress(range[1] as string)) {
    const start = startOf(words, option)
    const last = (range[2] as string).includes('.') || family === 6 ? range[2] : value.replace(/\d+-(\d+)$/, '$1')
    const inverted = start < option ? ['!'] : []
    const name = isSource ? '--src-range' : '--dst-range'
    return {
      at,
      text: {
        en: `a range of addresses is a match of its own: -m iprange ${name}`,
        zh: `地址范围要用专门的匹配：-m iprange ${name}`,
      },
      fix: [put(words, start, at - start + 1, '-m', 'iprange', ...inverted, name, `${range[1]}-${last}`)],
    }
  }
  const other = tryParseAddress(value)
  if (other !== undefined && other.family !== family) {
    const program = family === 4 ? 'ip6tables' : 'iptables'
    return {
      at,
      family: other.family,
      text: {
        en: `${value} is an IPv${other.family} address: such rules are for ${program}`,
        zh: `${value} 是 IPv${other.family} 地址：这类规则属于 ${program}`,
      },
      fix: [[...words]],
    }
  }
  const withPort = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(value)
  if (withPort && whole === value) {
    const port = isSource ? '--sport' : '--dport'
    const protocol = find(words, SPELLINGS.protocol) < 0 ? ['-p', 'tcp'] : []
    const start = find(words, SPELLINGS.protocol)
    const behind = protocol.length > 0 || start < option
    const fixed = put(
      words,
      at,
      1,
      withPort[1] as string,
      ...(behind ? [...protocol, port, withPort[2] as string] : []),
    )
    return {
      at,
      text: {
        en: `the port is an option of its own: -p tcp ${port} ${withPort[2]}`,
        zh: `端口要用单独的选项：-p tcp ${port} ${withPort[2]}`,
      },
      ...(behind ? { fix: [fixed] } : {}),
    }
  }
  const stars = /^(\d+(?:\.\d+){0,2})((?:\.\*)+)$/.exec(value)
  if (stars) {
    const given = (stars[1] as string).split('.')
    const network = `${[...given, '0', '0', '0'].slice(0, 4).join('.')}/${given.length * 8}`
    return {
      at,
      text: {
        en: `there is no * in addresses; a network is written with its mask: ${network}`,
        zh: `地址中没有 *；网段要写掩码：${network}`,
      },
      fix: [withValue(words, option, whole.replace(value, network))],
    }
  }
  return {
    at,
    text: {
      en: `"${value}" is no address, and no host of this name is found${/^[\d.]+$/.test(value) ? '; each part is 0 to 255' : ''}`,
      zh: `“${value}”不是地址，也找不到叫这个名字的主机${/^[\d.]+$/.test(value) ? '；地址的每一段为 0 到 255' : ''}`,
    },
  }
}

const NAMES: Readonly<Record<string, keyof typeof SPELLINGS>> = {
  s: 'source',
  d: 'destination',
  p: 'protocol',
  i: 'input',
  o: 'output',
  j: 'jump',
}

function repeated(words: readonly string[], letter: string): Hint | null {
  const kind = NAMES[letter]
  if (kind === undefined) return null
  const first = find(words, SPELLINGS[kind])
  const second = find(words, SPELLINGS[kind], first + 1)
  if (first < 0 || second < 0) return null
  const [one, two] = [valueAt(words, first) as string, valueAt(words, second) as string]
  const without = put(words, startOf(words, second), second + 2 - startOf(words, second))
  if (letter === 's' || letter === 'd') {
    return {
      at: second,
      text: {
        en: `-${letter} takes a list: ${one},${two} (a rule for each is made)`,
        zh: `-${letter} 可以接受列表：${one},${two}（会为每个地址各建一条规则）`,
      },
      fix: [withValue(without, first, `${one},${two}`)],
    }
  }
  const rest = letter === 'j' ? words.slice(0, first) : null
  return {
    at: second,
    text: {
      en: `a rule takes -${letter} once: write two rules`,
      zh: `一条规则中 -${letter} 只能出现一次：请写成两条规则`,
    },
    fix:
      rest === null
        ? [without, withValue(without, first, two)]
        : [
            [...rest, ...words.slice(first, second)],
            [...rest, ...words.slice(second)],
          ],
  }
}
