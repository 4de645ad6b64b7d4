import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { physdev } from './physdev.ts'

const routed = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })

testMatch(physdev, {
  chain: 'FORWARD',
  saves: {
    '-m physdev --physdev-in eth+ ! --physdev-is-in': '-m physdev ! --physdev-is-in --physdev-in eth+',
    '-m physdev ! --physdev-is-bridged --physdev-out eth1 --physdev-is-out':
      '-m physdev --physdev-is-out --physdev-out eth1 ! --physdev-is-bridged',
  },
  rejects: { '-m physdev': /no physdev option specified/ },
  matches: [
    ['-m physdev ! --physdev-is-bridged', routed],
    ['-m physdev ! --physdev-in eth0 ! --physdev-is-out', routed],
  ],
  misses: [
    ['-m physdev --physdev-is-bridged', routed],
    ['-m physdev --physdev-in t0', routed],
    ['-m physdev ! --physdev-in eth0 --physdev-is-in', routed],
  ],
})

testMatch(physdev, {
  chain: 'OUTPUT',
  saves: { '-m physdev --physdev-out x --physdev-is-bridged': '=', '-m physdev --physdev-in x': '=' },
  rejects: {
    '-m physdev ! --physdev-out eth1': /not valid in OUTPUT/,
    '-m physdev --physdev-is-out ! --physdev-is-bridged': /not valid in OUTPUT/,
  },
})
