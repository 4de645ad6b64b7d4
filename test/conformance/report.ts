/** What a conformance run prints. */
import { rulesetText } from './generate/rule.ts'
import type { Failure, RunOptions, Totals } from './run.ts'

/** A failing case as text: rules, packets and differences, and the command that replays it. */
export function failureText(failure: Failure, options: RunOptions): string {
  const { version, rulesets, vary } = options
  const drawn = `${rulesets.all ? ' --all' : ''}${vary ? ' --vary' : ''}${rulesets.stateless ? ' --stateless' : ''}${rulesets.only ? ` --extensions ${rulesets.only.has('index') ? 'known' : [...rulesets.only].join(',')}` : ''}`
  const family = `${version ? ` --family ${version}` : ''}${drawn}`
  const lines = [
    `--- unexplained: seed ${options.seed} case ${failure.index}, IPv${failure.ruleset.version}; again with: npm run conformance -- --seed ${options.seed} --only ${failure.index} --packets ${options.packets}${family}`,
    ...Object.entries(failure.ruleset.sysctls ?? {}).map(([key, value]) => `sysctl ${key} = ${value}`),
    ...(failure.ruleset.sets === undefined ? [] : [failure.ruleset.sets.trimEnd()]),
    rulesetText(failure.ruleset).trimEnd(),
    ...failure.packets.map((packet, i) => `packet ${i}: ${JSON.stringify(packet)}`),
    ...failure.differences
      .slice(0, 6)
      .flatMap((difference) => [
        `${difference.kind}${difference.packet < 0 ? '' : ` of packet ${difference.packet}`}`,
        `  kernel   ${difference.kernel.replaceAll('\n', '\n           ')}`,
        `  hookline ${difference.hookline.replaceAll('\n', '\n           ')}`,
      ]),
  ]
  return lines.join('\n')
}

/** The counts at the end. */
export function summaryText(totals: Totals, seed: string, seconds: number): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort((a, b) => b[1] - a[1])
      .map(([name, n]) => `${name} ${n}`)
      .join(', ') || 'none'
  return `${[
    `seed ${seed}: ${totals.rulesets} rulesets, ${totals.packets} packets, ${totals.refused} refused by the kernel, ${seconds.toFixed(1)} s`,
    `verdicts: ${list(totals.verdicts)}`,
    `differences explained: ${list(totals.explained)}`,
    `differences unexplained: ${totals.unexplained}`,
  ].join('\n')}\n`
}
