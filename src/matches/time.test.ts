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
    '-m time --timestart 00:00': '-m time --datestop 2038-01-19T03:14:07',
    '-m time --timestart 10:00 --timestop 12:00':
      '-m time --timestart 10:00:00 --timestop 12:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --timestop 12:00': '-m time --timestart 00:00:00 --timestop 12:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --weekdays 1,2,3,4,5,6,7': '-m time --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Monday': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Mondayx': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Su': '-m time --weekdays Sun --datestop 2038-01-19T03:14:07',
    '-m time --weekdays 1': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 1': '-m time --monthdays 1 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 1,2,3,11,12,13,21,22,23,31,4':
      '-m time --monthdays 1,2,3,4,11,12,13,21,22,23,31 --datestop 2038-01-19T03:14:07',
    '-m time ! --monthdays 1':
      '-m time --monthdays 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31 --datestop 2038-01-19T03:14:07',
    '-m time ! --monthdays 3,4,5':
      '-m time --monthdays 1,2,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020': '-m time --datestart 2020-01-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-01-01T12:13:14': '-m time --datestart 2020-01-01T12:13:14 --datestop 2038-01-19T03:14:07',
    '-m time --datestop 2020-01-01T12:13:14': '=',
    '-m time --datestop 2038-01-19T03:14:07': '=',
    '-m time --datestart 2038-01-19T03:14:07': '-m time --datestart 2038-01-19T03:14:07 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2038-01-19T03:14:08': '-m time --datestart 2038-01-19T03:14:08 --datestop 2038-01-19T03:14:07',
    '-m time --datestop 2038-12': '-m time --datestop 2038-12-01T00:00:00',
    '-m time --datestart 2020 --datestop 2019':
      '-m time --datestart 2020-01-01T00:00:00 --datestop 2019-01-01T00:00:00',
    '-m time --kerneltz': '-m time --datestop 2038-01-19T03:14:07 --kerneltz',
    '-m time --localtz': '-m time --datestop 2038-01-19T03:14:07 --kerneltz',
    '-m time --utc': '-m time --datestop 2038-01-19T03:14:07',
    '-m time --contiguous --timestart 23:00 --timestop 1:00':
      '-m time --timestart 23:00:00 --timestop 01:00:00 --datestop 2038-01-19T03:14:07 --contiguous',
    '-m time --timestart 10:00 --timestop 12:00 --weekdays Mon --monthdays 2 --datestart 2020 --datestop 2021 --kerneltz':
      '-m time --timestart 10:00:00 --timestop 12:00:00 --monthdays 2 --weekdays Mon --datestart 2020-01-01T00:00:00 --datestop 2021-01-01T00:00:00 --kerneltz',
    '-m time --timestart 12:00 --timestop 12:00':
      '-m time --timestart 12:00:00 --timestop 12:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --timestart 007:08:09': '-m time --timestart 07:08:09 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart 7:8:9': '-m time --timestart 07:08:09 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart 23:59:59': '-m time --timestart 23:59:59 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart 5:': '-m time --timestart 05:00:00 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart 0005:05': '-m time --timestart 05:05:00 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart 05:005': '-m time --timestart 05:05:00 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart 5:5:': '-m time --timestart 05:05:00 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart :5': '-m time --timestart 00:05:00 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart " 5:5"': '-m time --timestart 05:05:00 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --weekdays 1,': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 1,,2': '-m time --monthdays 1,2 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 1,': '-m time --monthdays 1 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 010': '-m time --monthdays 1 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-00': '-m time --datestart 2019-12-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-01-00': '-m time --datestart 2019-12-31T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-1-1T1:1:1': '-m time --datestart 2020-01-01T01:01:01 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-01-01T': '-m time --datestart 2020-01-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-': '-m time --datestart 2019-12-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-001': '-m time --datestart 2020-01-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --kerneltz --localtz': '-m time --datestop 2038-01-19T03:14:07 --kerneltz',
    '-m time --localtz --kerneltz': '-m time --datestop 2038-01-19T03:14:07 --kerneltz',
    '-m time --contiguous --timestart 5:00 --timestop 5:00':
      '-m time --timestart 05:00:00 --timestop 05:00:00 --datestop 2038-01-19T03:14:07 --contiguous',
    '-m time --timestart +5:+5': '-m time --timestart 05:05:00 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart 4294967296:5':
      '-m time --timestart 00:05:00 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart 4294967301:5':
      '-m time --timestart 05:05:00 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart 5::5': '-m time --timestart 05:00:05 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --timestart :': '-m time --datestop 2038-01-19T03:14:07',
    '-m time --timestart ::': '-m time --datestop 2038-01-19T03:14:07',
    '-m time --datestart 1970-01-01': '-m time --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-1': '-m time --datestart 2020-01-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart " 2020"': '-m time --datestart 2020-01-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart +2020': '-m time --datestart 2020-01-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 02020': '-m time --datestart 2020-01-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-01-01T5': '-m time --datestart 2020-01-01T05:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-01-01T5:': '-m time --datestart 2020-01-01T05:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-01-01T5:6:': '-m time --datestart 2020-01-01T05:06:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-01-01T::': '-m time --datestart 2020-01-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-01-': '-m time --datestart 2019-12-31T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-01-01T05:06:007':
      '-m time --datestart 2020-01-01T05:06:07 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-02-30': '-m time --datestart 2020-03-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 4294969316': '-m time --datestart 2020-01-01T00:00:00 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 123': '-m time --monthdays 12 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 12,3': '-m time --monthdays 3,12 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 12345': '-m time --monthdays 12 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays "1, 2"': '-m time --monthdays 1,2 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays +1': '-m time --monthdays 1 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 31,': '-m time --monthdays 31 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 0,1': '-m time --monthdays 1 --datestop 2038-01-19T03:14:07',
    '-m time ! --monthdays 0,1':
      '-m time --monthdays 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31 --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 1234x': '-m time --monthdays 12 --datestop 2038-01-19T03:14:07',
    '-m time --weekdays 33': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays 01': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays " 1"': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays +1': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time ! --weekdays 8': '-m time --datestop 2038-01-19T03:14:07',
    '-m time ! --weekdays ""': '-m time --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Mondayxx': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Mondayxxxxxxxxxxxxxxxxxxxxxx': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays MonTue': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Mo': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Mon,': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Moxyz': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Wednesday': '-m time --weekdays Wed --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Wednes': '-m time --weekdays Wed --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Wednesd': '-m time --weekdays Wed --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Wednesda': '-m time --weekdays Wed --datestop 2038-01-19T03:14:07',
    '-m time --weekdays Saturday,Sunday': '-m time --weekdays Sat,Sun --datestop 2038-01-19T03:14:07',
    '-m time --monthdays 07': '-m time --monthdays 7 --datestop 2038-01-19T03:14:07',
    '-m time --weekdays 07': '-m time --weekdays Sun --datestop 2038-01-19T03:14:07',
    '-m time --weekdays 0x1': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --weekdays 041': '-m time --weekdays Mon --datestop 2038-01-19T03:14:07',
    '-m time --timestart 08:09:09': '-m time --timestart 08:09:09 --timestop 23:59:59 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-08-09T08:09:09': '-m time --datestart 2020-08-09T08:09:09 --datestop 2038-01-19T03:14:07',
    '-m time --datestart 2020-010': '-m time --datestart 2020-10-01T00:00:00 --datestop 2038-01-19T03:14:07',
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
    '-m time --timestart 5:60':
      /^invalid time "60" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart 5:5:60':
      /^invalid time "60" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart 5:5:5:5':
      /^invalid time "5:5" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart -5:5':
      /^invalid time "-5:5" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart "5:5 "':
      /^invalid time "5 " specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart ""': /^invalid time "" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart x': /^invalid time "x" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestop 24:00':
      /^invalid time "24:00" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart 5:00 --timestart 6:00': /^time: option "--timestart" can only be used once\.$/,
    '-m time --timestop 5:00 --timestop 6:00': /^time: option "--timestop" can only be used once\.$/,
    '-m time --weekdays M': /^M is not a valid day specifier$/,
    '-m time --weekdays 0': /^No, the week does NOT begin with Sunday\.$/,
    '-m time --weekdays 1-3': /^1-3 is not a valid day specifier$/,
    '-m time --weekdays 1x': /^1x is not a valid day specifier$/,
    '-m time --weekdays 1 --weekdays 2': /^time: option "--weekdays" can only be used once\.$/,
    '-m time --monthdays -1': /^-1 is not a valid day for --monthdays$/,
    '-m time --monthdays x': /^x is not a valid day for --monthdays$/,
    '-m time --monthdays 1-3': /^1- is not a valid day for --monthdays$/,
    '-m time --monthdays 0x10': /^0x is not a valid day for --monthdays$/,
    '-m time --monthdays 1x': /^1x is not a valid day for --monthdays$/,
    '-m time --monthdays 1 --monthdays 2': /^time: option "--monthdays" can only be used once\.$/,
    '-m time --datestart 2039': /^Invalid date "2039" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart 20': /^Invalid date "20" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart 2020-01-32':
      /^Invalid date "2020-01-32" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart 2020-01-01T24':
      /^Invalid date "2020-01-01T24" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart 2020-01-01T23:60':
      /^Invalid date "2020-01-01T23:60" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart 2020-01-01T23:59:60':
      /^Invalid date "2020-01-01T23:59:60" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart "2020-01-01 10:00"':
      /^Invalid date "2020-01-01 10:00" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart 2020-01-01t10:00':
      /^Invalid date "2020-01-01t10:00" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart x': /^Invalid date "x" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart ""': /^Invalid date "" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart 2020-01-01T10:00:00Z':
      /^Invalid date "2020-01-01T10:00:00Z" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart 2020-01-01x':
      /^Invalid date "2020-01-01x" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart 2020-01-01T10:00:00:00':
      /^Invalid date "2020-01-01T10:00:00:00" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --datestart 2020 --datestart 2021': /^time: option "--datestart" can only be used once\.$/,
    '-m time --datestop 1969': /^Invalid date "1969" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --kerneltz --utc': /^time: option "--utc" cannot be used together with "--kerneltz"\.$/,
    '-m time --utc --localtz': /^time: option "--localtz" cannot be used together with "--utc"\.$/,
    '-m time --utc --utc': /^time: option "--utc" can only be used once\.$/,
    '-m time --kerneltz --kerneltz': /^time: option "--kerneltz" can only be used once\.$/,
    '-m time --contiguous --contiguous': /^time: option "--contiguous" can only be used once\.$/,
    '-m time --contiguous': /^time: --contiguous only makes sense when stoptime is smaller than starttime$/,
    '-m time ! --timestop 5:00': /^time: option "--timestop" cannot be inverted\.$/,
    '-m time ! --datestart 2020': /^time: option "--datestart" cannot be inverted\.$/,
    '-m time ! --utc': /^time: option "--utc" cannot be inverted\.$/,
    '-m time ! --kerneltz': /^time: option "--kerneltz" cannot be inverted\.$/,
    '-m time ! --contiguous': /^time: option "--contiguous" cannot be inverted\.$/,
    '-m time --timestart': /^option "--timestart" requires an argument$/,
    '-m time --foo': /^unknown option "--foo"$/,
    '-m time --weekdays ! Mon': /^! is not a valid day specifier$/,
    '-m time --timestart 5:60:00':
      /^invalid time "60:00" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart 5:x': /^invalid time "x" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart 5:5x':
      /^invalid time "5x" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart 18446744073709551616:5':
      /^invalid time "18446744073709551616:5" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart 5:-1':
      /^invalid time "-1" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart 24:':
      /^invalid time "24:" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestart 5x:5':
      /^invalid time "5x:5" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --timestop 5:60:00':
      /^invalid time "60:00" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --datestart 1970-00': /^mktime returned an error$/,
    '-m time --datestart 1970-01-00': /^mktime returned an error$/,
    '-m time --datestop 1970-00': /^mktime returned an error$/,
    '-m time --datestart 2020--1':
      /^Invalid date "2020--1" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
    '-m time --monthdays 1,x': /^x is not a valid day for --monthdays$/,
    '-m time --monthdays 1,32': /^32 is not a valid day for --monthdays$/,
    '-m time --monthdays 1,-2': /^-2 is not a valid day for --monthdays$/,
    '-m time --monthdays 12,-': /^- is not a valid day for --monthdays$/,
    '-m time --weekdays 08': /^08 is not a valid day specifier$/,
    '-m time --weekdays 00': /^No, the week does NOT begin with Sunday\.$/,
    '-m time --weekdays "1 "': /^1 {2}is not a valid day specifier$/,
    '-m time --weekdays 1,+': /^\+ is not a valid day specifier$/,
    '-m time --weekdays -': /^- is not a valid day specifier$/,
    '-m time --weekdays ,': /^No, the week does NOT begin with Sunday\.$/,
    '-m time --weekdays ,1': /^No, the week does NOT begin with Sunday\.$/,
    '-m time --weekdays 1,,': /^No, the week does NOT begin with Sunday\.$/,
    '-m time --weekdays Mon,,Tue': /^No, the week does NOT begin with Sunday\.$/,
    '-m time --weekdays M,Tue': /^M is not a valid day specifier$/,
    '-m time --weekdays MO': /^MO is not a valid day specifier$/,
    '-m time --weekdays Foobarbazqux': /^Foo is not a valid day specifier$/,
    '-m time --localtz --localtz': /^time: option "--localtz" can only be used once\.$/,
    '-m time --utc --kerneltz --localtz': /^time: option "--localtz" cannot be used together with "--utc"\.$/,
    '-m time --utc --contiguous': /^time: --contiguous only makes sense when stoptime is smaller than starttime$/,
    '-m time --contiguous --utc --kerneltz':
      /^time: --contiguous only makes sense when stoptime is smaller than starttime$/,
    '-m time --monthdays 08': /^08 is not a valid day for --monthdays$/,
    '-m time --monthdays 09,1': /^09 is not a valid day for --monthdays$/,
    '-m time --weekdays 0x': /^0x is not a valid day specifier$/,
    '-m time --timestart 010:0x1':
      /^invalid time "0x1" specified, should be hh:mm\[:ss\] format and within the boundaries$/,
    '-m time --datestart 0x7e4': /^Invalid date "0x7e4" specified\. Should be YYYY\[-MM\[-DD\[Thh\[:mm\[:ss\]\]\]\]\]$/,
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

testMatch(time, {
  family: 6,
  saves: {
    '-m time --timestart 10:00 --timestop 12:00 ! --weekdays Mon --monthdays 2 --datestart 2020 --datestop 2021 --kerneltz':
      '-m time --timestart 10:00:00 --timestop 12:00:00 --monthdays 2 --weekdays Tue,Wed,Thu,Fri,Sat,Sun --datestart 2020-01-01T00:00:00 --datestop 2021-01-01T00:00:00 --kerneltz',
  },
  rejects: {
    '-m time --weekdays Foo': /^Foo is not a valid day specifier$/,
  },
})

// What the saved text loses, or cannot be read back: the real tool lists it from the kernel.
testMatch(time, {
  loadable: false,
  lists: {
    '-m time --datestop 1970': ' TIME until date UTC',
    '-m time --weekdays 8': ' TIME on  UTC',
    '-m time ! --monthdays 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31':
      ' TIME on  UTC',
    '-m time --monthdays 0': ' TIME on  UTC',
    '-m time --weekdays 32': ' TIME on  UTC',
  },
})
