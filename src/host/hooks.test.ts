import { expect, it } from 'vitest'
import { type HookFunctionName, hookFunctions } from './hooks.ts'

const all = () => true

it('runs everything in the order of the kernel’s priorities', () => {
  expect(hookFunctions('PREROUTING', all)).toEqual(['defrag', 'raw', 'conntrack', 'mangle', 'nat'])
  expect(hookFunctions('INPUT', all)).toEqual(['mangle', 'filter', 'security', 'nat', 'confirm'])
  expect(hookFunctions('FORWARD', all)).toEqual(['mangle', 'filter', 'security'])
  expect(hookFunctions('OUTPUT', all)).toEqual(['defrag', 'raw', 'conntrack', 'mangle', 'nat', 'filter', 'security'])
  expect(hookFunctions('POSTROUTING', all)).toEqual(['mangle', 'nat', 'confirm'])
})

it('leaves out what the host does not have', () => {
  const some = new Set<HookFunctionName>(['filter', 'conntrack'])
  expect(hookFunctions('OUTPUT', (name) => some.has(name))).toEqual(['conntrack', 'filter'])
  expect(hookFunctions('POSTROUTING', (name) => some.has(name))).toEqual([])
})
