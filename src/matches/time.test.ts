import { TestEnvironment } from '../../test/harness/environment.ts'
import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import { VirtualClock } from '../util/clock.ts'
import { time } from './time.ts'

const any = packetWith(packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' }))
/** 2026-01-01 is a Thursday. */
const at = (date: string): TestEnvironment =>
  Object.assign(new TestEnvironment(), { clock: new VirtualClock(Date.parse(`${date}Z`)) })
const end = '--datestop 2038-01-19T03:14:07'

testMatch(time, {
  saves: {
    '-m time': `-m time ${end}`,
    '-m time --timestart 1:2:3': `-m time --timestart 01:02:03 --timestop 23:59:59 ${end}`,
    '-m time --timestop 23:59:59': `-m time ${end}`,
    '-m time --weekdays Mo,Tuesday,3 --monthdays 31,5': `-m time --monthdays 5,31 --weekdays Mon,Tue,Wed ${end}`,
    '-m time ! --weekdays Sat,Sun': `-m time --weekdays Mon,Tue,Wed,Thu,Fri ${end}`,
    '-m time --datestart 2020-02-31 --datestop 2030':
      '-m time --datestart 2020-03-02T00:00:00 --datestop 2030-01-01T00:00:00',
    '-m time --kerneltz --contiguous --timestart 23:00 --timestop 1:00': `-m time --timestart 23:00:00 --timestop 01:00:00 ${end} --kerneltz --contiguous`,
    '-m time --utc --datestart 1970': `-m time ${end}`,
  },
  rejects: {
    '-m time --weekdays Foo': /Foo is not a valid day specifier/,
    '-m time --weekdays mo': /mo is not a valid day specifier/,
    '-m time --weekdays 1,,2': /the week does NOT begin with Sunday/,
    '-m time --monthdays 32': /32 is not a valid day for --monthdays/,
    '-m time --timestart 24:00': /invalid time/,
    '-m time --timestart 5': /invalid time/,
    '-m time --datestart 1969': /Invalid date "1969"/,
    '-m time --datestart 2020-13': /Invalid date/,
    '-m time --utc --kerneltz': /cannot be used together/,
    '-m time --contiguous --timestart 5:00 --timestop 6:00': /--contiguous only makes sense/,
    '-m time ! --timestart 5:00': /cannot be inverted/,
  },
  matches: [
    ['-m time --timestart 10:00 --timestop 12:00', any, at('2026-01-01T12:00:00')],
    ['-m time --timestart 23:00 --timestop 1:00', any, at('2026-01-01T00:30:00')],
    ['-m time --timestart 23:00 --timestop 1:00', any, at('2026-01-01T23:00:00')],
    ['-m time --timestart 12:00 --timestop 12:00', any, at('2026-01-01T03:00:00')],
    ['-m time --weekdays Thu', any, at('2026-01-01T00:00:00')],
    ['-m time --weekdays 7', any, at('2026-01-04T12:00:00')],
    ['-m time --monthdays 1 ! --weekdays Fri', any, at('2026-01-01T12:00:00')],
    ['-m time --datestart 2026 --datestop 2026-01-01T00:00:01', any, at('2026-01-01T00:00:01')],
    ['-m time --contiguous --weekdays Wed --timestart 23:00 --timestop 1:00', any, at('2026-01-01T00:30:00')],
    ['-m time --contiguous --monthdays 31 --timestart 23:00 --timestop 1:00', any, at('2026-01-01T01:00:00')],
  ],
  misses: [
    ['-m time --timestart 10:00 --timestop 12:00', any, at('2026-01-01T12:00:01')],
    ['-m time --timestart 23:00 --timestop 1:00', any, at('2026-01-01T01:00:01')],
    ['-m time --weekdays Wed', any, at('2026-01-01T00:30:00')],
    ['-m time ! --monthdays 1', any, at('2026-01-01T12:00:00')],
    ['-m time --datestart 2026-01-01T00:00:01', any, at('2026-01-01T00:00:00')],
    ['-m time --contiguous --weekdays Thu --timestart 23:00 --timestop 1:00', any, at('2026-01-01T00:30:00')],
  ],
})
