import { VERDICT } from '../expression/action.ts'
import type { Environment } from '../expression/environment.ts'
import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, flag, optionOf, uint32 } from '../xtables/index.ts'

const HZ = 250
const LONGEST_LABEL = 27
/** Timeouts from here on do not fit in milliseconds. Source: Linux idletimer_tg_helper(), INT_MAX / 1000. */
const TOO_LONG = 2147483
/** Names that a directory of sysfs has already. Source: Linux idletimer_check_sysfs_name(). */
const TAKEN_LABELS = ['power', 'subsystem', 'uevent', '.', '..']

/**
 * A timer of `-j IDLETIMER`, found by its label and shared by all rules that name it.
 *
 * Life-cycle: started when the first rule with its label is loaded, again by every further rule (an alarm keeps the
 * time it has left), and by every packet that meets one of its rules. It is never stopped: it runs out.
 *
 * Source: Linux xt_IDLETIMER.c struct idletimer_tg.
 */
export class IdleTimer {
  readonly isAlarm: boolean
  /** Kernel ticks; of an alarm milliseconds. */
  private expires = 0

  constructor(isAlarm: boolean) {
    this.isAlarm = isAlarm
  }

  /** Lets it run for so many seconds from now. */
  start(environment: Environment, seconds: number): void {
    this.expires = this.isAlarm ? environment.now() + seconds * 1000 : environment.jiffies() + seconds * HZ
  }

  /** Whole seconds left, as `/sys/class/xt_idletimer/timers/LABEL` shows them. Source: Linux idletimer_tg_show(). */
  secondsLeft(environment: Environment): number {
    const left = this.isAlarm ? (this.expires - environment.now()) / 1000 : (this.expires - environment.jiffies()) / HZ
    return Math.max(0, Math.floor(left))
  }
}

const label = optionOf<string>({
  words: 1,
  placeholder: 'string',
  parse: ([word = '']) => cutBytes(word, LONGEST_LABEL),
  format: (name) => name,
})

function timerOf(environment: Environment, name: string, isAlarm: boolean): IdleTimer {
  return environment.shared('IDLETIMER', name, () => new IdleTimer(isAlarm))
}

/**
 * `-j IDLETIMER`: start a named timer again, which tells user space when nothing has come for `--timeout` seconds.
 * The packet goes on.
 *
 * The timer is shared state of kind `IDLETIMER`, an {@link IdleTimer}. That one label is used with and without
 * `--alarm`, which the kernel refuses for the second rule, is not noticed.
 *
 * Differs: a label used once with an alarm and once without is taken, where the kernel refuses it.
 *
 * Source: iptables-extensions(8) "IDLETIMER"; Linux xt_IDLETIMER.c idletimer_tg_v1(), idletimer_tg_checkentry_v1().
 */
export const IDLETIMER = defineTarget({
  name: 'IDLETIMER',
  families: [4, 6],
  options: {
    timeout: uint32({ help: 'seconds without packets before user space is told', required: true }),
    label: label({ help: 'name of the timer, up to 27 characters', required: true }),
    alarm: flag({ help: 'count also while the machine is asleep' }),
  },
  check: ({ timeout, label: name }) => {
    const seconds = timeout?.value ?? 0
    if (seconds === 0 || seconds >= TOO_LONG) {
      throw new UsageError(`IDLETIMER: --timeout must be between 1 and ${TOO_LONG - 1}`, { errno: 'EINVAL' })
    }
    const text = name?.value ?? ''
    if (text === '' || text.includes('/') || TAKEN_LABELS.includes(text)) {
      throw new UsageError(`IDLETIMER: "${text}" cannot be the name of a timer`, { errno: 'EINVAL' })
    }
  },
  save: ({ timeout, label: name, alarm }) =>
    ` --timeout ${timeout?.value ?? 0} --label ${name?.value ?? ''}${alarm ? ' --alarm' : ''}`,
  list: ({ timeout, label: name, alarm }) =>
    ` timeout:${timeout?.value ?? 0} label:${name?.value ?? ''}${alarm ? ' alarm' : ''}`,
  act: ({ timeout, label: given, alarm }) => {
    const seconds = timeout?.value ?? 0
    const name = given?.value ?? ''
    return [
      {
        kind: 'computed',
        name: 'IDLETIMER',
        prepare: (environment) => {
          const timer = timerOf(environment, name, alarm !== undefined)
          if (!timer.isAlarm || timer.secondsLeft(environment) === 0) timer.start(environment, seconds)
        },
        act: (_packet, environment) => {
          timerOf(environment, name, alarm !== undefined).start(environment, seconds)
          return VERDICT.continue
        },
      },
    ]
  },
})
