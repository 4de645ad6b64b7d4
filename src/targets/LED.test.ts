import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { LED } from './LED.ts'

testTarget(LED, {
  loadable: false,
  saves: {
    '-j LED --led-trigger-id foo': '-j LED --led-trigger-id "foo"',
    '-j LED --led-trigger-id ""': '=',
    '-j LED --led-trigger-id "a\\"b"': '=',
    '-j LED --led-trigger-id foo --led-delay 0': '-j LED --led-trigger-id "foo"',
    '-j LED --led-always-blink --led-delay 0x10 --led-trigger-id foo':
      '-j LED --led-trigger-id "foo" --led-delay 16 --led-always-blink',
  },
  lists: {
    '-j LED --led-trigger-id foo': ' led-trigger-id:"foo" led-delay:0ms',
    '-j LED --led-trigger-id foo --led-delay 5': ' led-trigger-id:"foo" led-delay:5ms',
    '-j LED --led-trigger-id foo --led-delay INFinite': ' led-trigger-id:"foo" led-delay:inf',
    '-j LED --led-trigger-id foo --led-delay 4294967294 --led-always-blink':
      ' led-trigger-id:"foo" led-delay:-2ms led-always-blink',
  },
  rejects: {
    '-j LED': /^LED: option "--led-trigger-id" must be specified/,
    '-j LED --led-trigger-id aaaaaaaaaaaaaaaaa': /^Argument must have a maximum length of 16 characters/,
    '-j LED --led-trigger-id a --led-delay -1': /^Delay value must be within range 0..4294967295$/,
    '-j LED --led-trigger-id a --led-delay i': /^Delay value/,
    '-j LED --led-trigger-id a --led-delay 5x': /^Delay value/,
    '-j LED --led-trigger-id a ! --led-always-blink': /cannot be inverted/,
  },
  acts: [['-j LED --led-trigger-id a', udp4(), ({ verdict }) => expect(verdict).toBe(VERDICT.continue)]],
})
