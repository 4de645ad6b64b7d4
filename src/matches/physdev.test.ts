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
    '-m physdev --physdev-in eth0': '=',
    '-m physdev ! --physdev-in eth+': '=',
    '-m physdev --physdev-is-in': '=',
    '-m physdev --physdev-is-out': '=',
    '-m physdev --physdev-is-bridged': '=',
    '-m physdev ! --physdev-is-bridged': '=',
    '-m physdev --physdev-out eth1': '=',
    '-m physdev --physdev-in eth0 --physdev-out eth1 --physdev-is-in --physdev-is-out --physdev-is-bridged':
      '-m physdev --physdev-is-in --physdev-in eth0 --physdev-is-out --physdev-out eth1 --physdev-is-bridged',
    '-m physdev ! --physdev-in eth0 ! --physdev-out eth1 ! --physdev-is-in ! --physdev-is-out ! --physdev-is-bridged':
      '-m physdev ! --physdev-is-in ! --physdev-in eth0 ! --physdev-is-out ! --physdev-out eth1 ! --physdev-is-bridged',
    '-m physdev --physdev-in 123456789012345': '=',
    '-m physdev --physdev-in +': '=',
    '-m physdev --physdev-out +': '=',
    '-m physdev ! --physdev-in +': '=',
    '-m physdev --physdev-in a/b': '=',
    '-m physdev --physdev-in a:1': '=',
  },
  rejects: {
    '-m physdev': /no physdev option specified/,
    '-m physdev --physdev-in': /^option "--physdev-in" requires an argument$/,
    '-m physdev --physdev-in 1234567890123456':
      /^interface name `1234567890123456' must be shorter than IFNAMSIZ \(15\)$/,
    '-m physdev --physdev-in eth0 --physdev-in eth1': /^physdev: option "--physdev-in" can only be used once\.$/,
    '-m physdev --physdev-out eth0 --physdev-out eth1': /^physdev: option "--physdev-out" can only be used once\.$/,
    '-m physdev --physdev-is-in --physdev-is-in': /^physdev: option "--physdev-is-in" can only be used once\.$/,
    '-m physdev --physdev-is-bridged --physdev-is-bridged':
      /^physdev: option "--physdev-is-bridged" can only be used once\.$/,
    '-m physdev --physdev-is-out --physdev-is-out': /^physdev: option "--physdev-is-out" can only be used once\.$/,
    '-m physdev --physdev-in ! eth0': /^Bad argument `eth0'$/,
    '-m physdev --physdev-bla': /^unknown option "--physdev-bla"$/,
    '-m physdev --physdev-is': /^unknown option "--physdev-is"$/,
  },
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

testMatch(physdev, {
  chain: 'OUTPUT',
  saves: {
    '-m physdev --physdev-out x --physdev-is-bridged': '=',
    '-m physdev --physdev-in x': '=',
  },
  rejects: {
    '-m physdev ! --physdev-out eth1': /^-m physdev is not valid in OUTPUT$/,
    '-m physdev --physdev-is-out ! --physdev-is-bridged': /^-m physdev is not valid in OUTPUT$/,
    '-m physdev --physdev-is-out': /^-m physdev is not valid in OUTPUT$/,
  },
})

testMatch(physdev, {
  chain: 'INPUT',
  saves: {
    '-m physdev --physdev-out eth1': '=',
    '-m physdev --physdev-is-out': '=',
    '-m physdev --physdev-is-bridged --physdev-out eth1': '-m physdev --physdev-out eth1 --physdev-is-bridged',
  },
})

testMatch(physdev, {
  table: 'mangle',
  chain: 'POSTROUTING',
  saves: {
    '-m physdev --physdev-out eth1': '=',
  },
})

testMatch(physdev, {
  family: 6,
  saves: {
    '-m physdev --physdev-in eth0 ! --physdev-out eth1 --physdev-is-in --physdev-is-out --physdev-is-bridged':
      '-m physdev --physdev-is-in --physdev-in eth0 --physdev-is-out ! --physdev-out eth1 --physdev-is-bridged',
  },
  rejects: {
    '-m physdev': /^PHYSDEV: no physdev option specified$/,
  },
})

// What the saved text loses, or cannot be read back: the real tool lists it from the kernel.
testMatch(physdev, {
  loadable: false,
  chain: 'FORWARD',
  lists: {
    '-m physdev --physdev-in ""': ' PHYSDEV match --physdev-in ',
  },
})
