/** Cases with the kernel's answers, kept as files, so that machines without root can compare too. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HostFiles } from '../harness/oracle/hostfiles.ts'
import type { RulesetCase } from './generate/rule.ts'
import type { KernelRecord } from './kernel.ts'

/** A case as it is kept. */
export interface RecordedCase {
  readonly ruleset: RulesetCase
  readonly kernel: KernelRecord
}

/** Where the project keeps its recorded cases. */
export const recordedDirectory = fileURLToPath(new URL('../fixtures/conformance', import.meta.url))

/** Writes the description of the namespace all cases share. */
export function writeHost(directory: string, files: HostFiles): void {
  mkdirSync(join(directory, 'host'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, 'host', name), text)
}

/** Writes a case, one packet a line, so that a difference between two recordings can be read. */
export function writeCase(directory: string, name: string, { ruleset, kernel }: RecordedCase): void {
  const { packets, answers, ...rest } = kernel
  const lines = [{ ruleset }, rest, ...packets.map((packet, i) => ({ packet, answer: answers[i] }))]
  writeFileSync(join(directory, `${name}.ndjson`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** The names of the cases in a directory. */
export function caseNames(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => name.slice(0, -'.ndjson'.length))
    .sort()
}

/** Reads a case back. */
export function readCase(directory: string, name: string): RecordedCase {
  const [head, rest, ...steps] = readFileSync(join(directory, `${name}.ndjson`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return {
    ruleset: head.ruleset,
    kernel: { ...rest, packets: steps.map(({ packet }) => packet), answers: steps.map(({ answer }) => answer) },
  }
}

/** Reads the description of the namespace. */
export function readHost(directory: string): HostFiles {
  const read = (name: string) => readFileSync(join(directory, 'host', name), 'utf8')
  return {
    'addr.json': read('addr.json'),
    'link.json': read('link.json'),
    'route.json': read('route.json'),
    'rule.json': read('rule.json'),
    'sysctl.conf': read('sysctl.conf'),
  }
}
