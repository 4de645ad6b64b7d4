import type { Attempt, Case, Hint } from './types.ts'
import { find, put, SPELLINGS, startOf, valueAt, valueFor, withOption, withValue } from './words.ts'

const TO = ['--to', '--to-destination', '--to-source', '--to-ports', '--to-port']

/** What stands behind `--to…` of the targets that translate addresses. */
export const natCases: readonly Case[] = [
  {
    says: /^unknown option "(--to(?:-ports?|-destination|-source)?)(?:=.*)?"$/s,
    hint: (attempt, [, option = '']) => otherTarget(attempt, option),
  },
  {
    says: /^Bad IP address "(.*)"$/,
    hint: ({ words }, [, value = '']) => {
      const option = find(words, TO)
      if (option < 0) return null
      const whole = valueAt(words, option) ?? value
      if (/^\d+(-\d+)?$/.test(whole)) {
        return {
          at: option + 1,
          text: {
            en: `a port without an address has a colon before it: :${whole}`,
            zh: `只写端口时前面要有冒号：:${whole}`,
          },
          fix: [withValue(words, option, `:${whole}`)],
        }
      }
      const ports = /^(.*\.\d+):(\d+):(\d+)$/.exec(whole)
      if (ports) {
        return {
          at: option + 1,
          text: { en: 'a range of ports has a dash here: 80-90', zh: '这里的端口范围用横线表示：80-90' },
          fix: [withValue(words, option, `${ports[1]}:${ports[2]}-${ports[3]}`)],
        }
      }
      return {
        at: option + 1,
        text: {
          en: 'it is written address[-address][:port[-port]], with numbers and not names',
          zh: '写法为 地址[-地址][:端口[-端口]]，只能用数字，不能用名称',
        },
      }
    },
  },
  {
    says: /^(?:Port `.*' not valid|Garbage after port value: `.*'|Invalid port:port syntax - use dash)$/,
    hint: ({ words }) => {
      const option = find(words, TO)
      const value = option < 0 ? undefined : valueAt(words, option)
      if (value === undefined) return null
      const at = option + 1
      if (/^[\d.]+\.\d+(:\d+(-\d+)?)?$/.test(value) && valueFor(words, SPELLINGS.jump) === 'REDIRECT') {
        const jump = find(words, SPELLINGS.jump)
        return {
          at,
          text: {
            en: 'REDIRECT goes to this host and takes only a port; another address is DNAT',
            zh: 'REDIRECT 只转到本机，只接受端口；转到其他地址要用 DNAT',
          },
          fix: [withValue(withOption(words, option, '--to-destination'), jump, 'DNAT')],
        }
      }
      const meant = value.replace(/^:/, '').replace(/(\d):(\d+)$/, '$1-$2')
      const isDash = meant.includes('-') && value.includes(':')
      return {
        at,
        text: isDash
          ? { en: `a range of ports has a dash here: ${meant}`, zh: `这里的端口范围用横线表示：${meant}` }
          : { en: 'here stands a port or a range, without a colon: 8080', zh: '这里写端口或范围，不带冒号：8080' },
        ...(meant === value ? {} : { fix: [withValue(words, option, meant)] }),
      }
    },
  },
  {
    says: /^(DNAT|SNAT): option "(--to-\w+)" must be specified$/,
    hint: ({ words }, [, target = '', option = '']) => {
      const at = words.indexOf(target)
      return {
        at: Math.max(at, 0),
        text:
          target === 'SNAT'
            ? {
                en: `SNAT needs ${option} ADDRESS; where the address changes, MASQUERADE takes that of the device`,
                zh: `SNAT 需要 ${option} 地址；地址不固定时用 MASQUERADE，它使用出接口的地址`,
              }
            : { en: `DNAT needs ${option} ADDRESS[:PORT]`, zh: `DNAT 需要 ${option} 地址[:端口]` },
      }
    },
  },
  {
    says: /^The "nat" table is not intended for filtering/,
    hint: ({ words, isRestored }) => {
      const jump = find(words, SPELLINGS.jump)
      const table = find(words, SPELLINGS.table)
      const chain = words.find((_, at) => ['-A', '--append', '-I', '--insert'].includes(words[at - 1] ?? ''))
      const meant = chain === 'INPUT' || chain === 'OUTPUT' ? 'filter' : 'mangle'
      const isBuiltIn = chain !== undefined && /^[A-Z]+(ING|PUT)$/.test(chain)
      return {
        at: jump < 0 ? 0 : jump + 1,
        text: {
          en: 'table nat sees only the first packet of a connection: drop in table filter (INPUT, FORWARD, OUTPUT), or early in mangle or raw',
          zh: 'nat 表只看到连接的第一个包：请在 filter 表（INPUT、FORWARD、OUTPUT）中丢弃，或更早在 mangle 或 raw 表中',
        },
        ...(table >= 0 && jump >= 0 && isBuiltIn && !isRestored
          ? { fix: [meant === 'filter' ? put(words, table, 2) : withValue(words, table, meant)] }
          : {}),
      }
    },
  },
]

/** An option of one translating target at another. */
function otherTarget({ words, at }: Attempt, option: string): Hint | null {
  const place = at ?? find(words, [option])
  const jump = find(words, SPELLINGS.jump)
  const target = jump < 0 ? undefined : valueAt(words, jump)
  if (place < 0 || jump > place || target === undefined) return null
  const value = valueAt(words, place) ?? ''
  const withoutColon = value.replace(/^:/, '')
  if (target === 'DNAT' && /^--to-ports?$/.test(option)) {
    const port = withoutColon.includes('.') ? withoutColon : `:${withoutColon}`
    return {
      at: place,
      text: {
        en: 'DNAT has --to-destination, where a port stands behind a colon',
        zh: 'DNAT 的选项是 --to-destination，端口写在冒号之后',
      },
      fix: [withValue(withOption(words, place, '--to-destination'), place, port)],
    }
  }
  if ((target === 'DNAT' && option === '--to-source') || (target === 'SNAT' && option === '--to-destination')) {
    const own = target === 'DNAT' ? '--to-destination' : '--to-source'
    return {
      at: place,
      text: { en: `${target} has ${own}`, zh: `${target} 的选项是 ${own}` },
      fix: [withOption(words, place, own)],
    }
  }
  const meant = option === '--to-destination' ? 'DNAT' : option === '--to-source' ? 'SNAT' : null
  if (meant !== null && ['REDIRECT', 'MASQUERADE'].includes(target)) {
    return {
      at: place,
      text:
        target === 'REDIRECT'
          ? {
              en: 'REDIRECT goes to this host and has only --to-ports; another address is DNAT',
              zh: 'REDIRECT 只转到本机，只有 --to-ports；转到其他地址要用 DNAT',
            }
          : {
              en: 'MASQUERADE takes the address of the device and has only --to-ports; a given address is SNAT',
              zh: 'MASQUERADE 使用出接口的地址，只有 --to-ports；指定地址要用 SNAT',
            },
      fix: [withValue(words, jump, meant)],
    }
  }
  if (target === 'SAME' || startOf(words, place) < 0) return null
  return null
}
