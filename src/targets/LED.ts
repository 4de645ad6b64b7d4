import { UsageError } from '../util/errors.ts'
import { defineTarget, flag, optionOf, parseNumber } from '../xtables/index.ts'

const LONGEST_ID = 16
const FOREVER = 0xffffffff

const triggerId = optionOf<string>({
  words: 1,
  placeholder: 'name',
  parse: ([word = '']) => {
    if (new TextEncoder().encode(word).length > LONGEST_ID) {
      throw new UsageError(`Argument must have a maximum length of ${LONGEST_ID} characters\n`)
    }
    return word
  },
  format: quoted,
})

/** Milliseconds, or for ever. Source: libxt_LED.c LED_parse(). */
const delay = optionOf<number>({
  words: 1,
  placeholder: 'ms',
  parse: ([word = '']) => {
    if (/^inf/i.test(word)) return FOREVER
    const value = parseNumber(word)
    if (value === null || value > FOREVER) throw new UsageError(`Delay value must be within range 0..${FOREVER}`)
    return value
  },
  // The tool prints it as a signed number.
  format: (ms) => String(ms | 0),
})

/** In quotes always, with `"` and `\` escaped. Source: libxt_LED.c LED_print(), LED_save(). */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`
}

/**
 * `-j LED`: blink a light when a packet comes, and leave it on for `--led-delay` milliseconds (0 where not given; `inf`
 * and 4294967295 are for ever). Nothing of it can be seen in a packet, which goes on.
 *
 * Kernels without CONFIG_LEDS_TRIGGERS refuse the rule; here it is taken, as by those that have it.
 *
 * Differs: the device is not looked for.
 *
 * Source: iptables-extensions(8) "LED"; Linux xt_LED.c led_tg().
 */
export const LED = defineTarget({
  name: 'LED',
  families: [4, 6],
  options: {
    'led-trigger-id': triggerId({ help: 'what follows netfilter- in the name of the LED’s trigger', required: true }),
    'led-delay': delay({ help: 'milliseconds to stay on, or inf', isDefault: (ms) => ms === 0 }),
    'led-always-blink': flag({ help: 'go off and on again where it is on already' }),
  },
  list: ({ 'led-trigger-id': id, 'led-delay': given, 'led-always-blink': blinks }) => {
    const ms = given?.value ?? 0
    const shown = ms === FOREVER ? 'inf' : `${ms | 0}ms`
    return ` led-trigger-id:${quoted(id?.value ?? '')} led-delay:${shown}${blinks ? ' led-always-blink' : ''}`
  },
  act: () => [],
})
