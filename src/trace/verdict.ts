import type { StepRecord } from './record.ts'

/** How a packet's way ended. The words are those of batch mode. */
export type FinalVerdict = 'FORWARDED' | 'DELIVERED' | 'DROPPED' | 'REJECTED' | 'QUEUED' | 'STOLEN' | 'UNKNOWN'

/** Where it was decided, as people and scripts name it: `filter/FORWARD:4`, `filter/INPUT policy`, or the stack's reason. */
function decidingPlace(steps: readonly StepRecord[]): string | null {
  for (let index = steps.length - 1; index >= 0; index--) {
    const step = steps[index] as StepRecord
    if (step.answer) continue
    if (step.step === 'drop') return `${step.where} (${step.reason})`
    if (step.step === 'verdict') return placeOf(steps, index)
  }
  return null
}

/** The rule that let the packet pass the filter table, or what stopped it. */
export function decidingStep(steps: readonly StepRecord[], verdict: FinalVerdict): string | null {
  if (verdict !== 'FORWARDED' && verdict !== 'DELIVERED') return decidingPlace(steps)
  for (let index = steps.length - 1; index >= 0; index--) {
    const step = steps[index] as StepRecord
    if (step.step === 'verdict' && step.table === 'filter' && !step.answer) return placeOf(steps, index)
  }
  return null
}

function placeOf(steps: readonly StepRecord[], index: number): string {
  const step = steps[index] as Extract<StepRecord, { step: 'verdict' }>
  const before = steps[index - 1]
  const isPolicy = before?.step === 'end' && before.chain === step.chain && before.policy !== null
  return isPolicy ? `${step.table}/${step.chain} policy` : `${step.table}/${step.chain}:${step.number}`
}
