import type { ConnmarkAction } from '../expression/action.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, flag, type Masked, numberBetween, uint32 } from '../xtables/index.ts'
import { hex, markChangeOptions, markChangeText } from './mark-change.ts'

const ALL_BITS = 0xffffffff

/** The options that make up the operation, with the values their kinds read. */
interface ConnmarkValues {
  readonly 'set-xmark'?: { readonly value: Masked }
  readonly 'save-mark'?: object
  readonly 'restore-mark'?: object
  readonly ctmask?: { readonly value: number }
  readonly nfmask?: { readonly value: number }
  readonly mask?: { readonly value: number }
  readonly 'left-shift-mark'?: { readonly value: number }
  readonly 'right-shift-mark'?: { readonly value: number }
}

/** What the options come to. They overwrite each other in the order in which they were written. */
function resolve(values: ConnmarkValues): ConnmarkAction {
  const mode = values['save-mark'] ? 'save' : values['restore-mark'] ? 'restore' : 'set'
  let value = 0
  let ctmask = ALL_BITS
  let nfmask = ALL_BITS
  let shift = 0
  for (const name of Object.keys(values) as (keyof ConnmarkValues)[]) {
    switch (name) {
      case 'set-xmark':
        value = values[name]?.value.value ?? 0
        ctmask = values[name]?.value.mask ?? 0
        break
      case 'mask':
        ctmask = values.mask?.value ?? 0
        nfmask = ctmask
        break
      case 'ctmask':
        ctmask = values.ctmask?.value ?? 0
        break
      case 'nfmask':
        nfmask = values.nfmask?.value ?? 0
        break
      case 'left-shift-mark':
        shift = values[name]?.value ?? 0
        break
      case 'right-shift-mark':
        shift = -(values[name]?.value ?? 0)
    }
  }
  return { kind: 'connmark', mode, value, ctmask, nfmask, shift }
}

function saveConnmark(values: ConnmarkValues): string {
  const { mode, value, ctmask, nfmask, shift } = resolve(values)
  const operation =
    mode === 'set'
      ? ` --set-xmark ${hex(value)}/${hex(ctmask)}`
      : ` --${mode}-mark --nfmask ${hex(nfmask)} --ctmask ${hex(ctmask)}`
  return operation + shiftText(shift, ' --')
}

function shiftText(shift: number, before: string): string {
  return shift === 0 ? '' : `${before}${shift > 0 ? 'left' : 'right'}-shift-mark ${Math.abs(shift)}`
}

/** What is written, then what is read, with their masks. Source: libxt_CONNMARK.c connmark_tg_print(). */
function listConnmark(values: ConnmarkValues): string {
  const { mode, value, ctmask, nfmask, shift } = resolve(values)
  if (mode === 'set') return ` CONNMARK ${markChangeText({ value, mask: ctmask })}${shiftText(shift, ' ')}`
  const written =
    mode === 'save' ? ` nfmask ${hex(nfmask)} ctmask ~${hex(ctmask)}` : ` ctmask ${hex(ctmask)} nfmask ~${hex(nfmask)}`
  const masks = ctmask !== nfmask ? written : ctmask === ALL_BITS ? '' : ` mask ${hex(ctmask)}`
  return ` CONNMARK ${mode}${masks}${shiftText(shift, ' ')}`
}

/**
 * `-j CONNMARK`: set the mark of the packet's connection, save the packet's mark into it, or restore it from there.
 *
 * Source: iptables-extensions(8) "CONNMARK"; Linux connmark_tg_shift().
 */
export const CONNMARK = defineTarget({
  name: 'CONNMARK',
  families: [4, 6],
  needsConntrack: true,
  options: {
    ...markChangeOptions('ctmark', ['save-mark', 'restore-mark']),
    'save-mark': flag({ help: 'give the connection the mark of the packet', excludes: ['restore-mark'] }),
    'restore-mark': flag({ help: 'give the packet the mark of its connection' }),
    ctmask: uint32({ help: 'bits of the connection’s mark to take or to change', excludes: ['mask'] }),
    nfmask: uint32({ help: 'bits of the packet’s mark to take or to change', excludes: ['mask'] }),
    mask: uint32({ help: 'the same bits for both' }),
    'left-shift-mark': numberBetween(0, 32)({ help: 'shift the bits to the left, by 0-31' }),
    'right-shift-mark': numberBetween(0, 32)({ help: 'shift the bits to the right, by 0-31' }),
  },
  check: (values) => {
    if (!values['set-xmark'] && !values['save-mark'] && !values['restore-mark']) {
      throw new UsageError('CONNMARK target: No operation specified')
    }
    if (Math.abs(resolve(values).shift) > 31) {
      throw new UsageError('CONNMARK: the kernel shifts by at most 31 bits', { errno: 'EINVAL' })
    }
  },
  save: saveConnmark,
  list: listConnmark,
  act: (values) => [resolve(values)],
})
