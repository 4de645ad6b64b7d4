import type { Test } from '../expression/test.ts'
import { condition } from './conditions.ts'
import { literal } from './constants.ts'
import { extensionHeadersOutcome, type Place } from './fields.ts'

/** Whether a test can come out as unknown. */
export function mayBeUnknown(test: Test): boolean {
  switch (test.kind) {
    case 'unknown':
    case 'computed':
      return true
    case 'all':
    case 'any':
      return test.tests.some(mayBeUnknown)
    case 'not':
    case 'header':
    case 'labelled':
      return mayBeUnknown(test.test)
    default:
      return false
  }
}

/**
 * Statements that leave a test's outcome in the variable `o<depth>`: the three-valued logic of evaluate() to the
 * letter. They use the variables `o…` and `u…` from `depth` on. Answers the deepest one used.
 */
export function outcomeStatements(test: Test, place: Place, depth: number, out: string[]): number {
  const simple = condition(test, place)
  if (simple !== null) {
    out.push(`o${depth}=${simple}?1:0;`)
    return depth
  }
  switch (test.kind) {
    case 'labelled':
      return outcomeStatements(test.test, place, depth, out)
    case 'not': {
      const deepest = outcomeStatements(test.test, place, depth, out)
      out.push(`if(o${depth}<2)o${depth}=1-o${depth};`)
      return deepest
    }
    case 'header': {
      const overlap = test.dropsOverlap ? '(p.fragmentOffset===1?2:0)' : '0'
      out.push(`if(p.fragmentOffset!==0)o${depth}=${overlap};else if(t+${literal(test.length)}>e)o${depth}=2;else{`)
      const proven = Math.max(place.proven, test.length)
      const deepest = outcomeStatements(test.test, { ...place, proven }, depth, out)
      out.push('}')
      return deepest
    }
    case 'extensionHeaders':
      out.push(`o${depth}=${extensionHeadersOutcome(place)};`)
      return depth
    case 'all':
    case 'any': {
      const [decides, otherwise] = test.kind === 'all' ? [0, 1] : [1, 0]
      const part = depth + 1
      let deepest = part
      out.push(`u${depth}=false;L${depth}:{`)
      for (const one of test.tests) {
        deepest = Math.max(deepest, outcomeStatements(one, place, part, out))
        out.push(
          `if(o${part}===${decides}){o${depth}=${decides};break L${depth};}`,
          `if(o${part}===2){o${depth}=u${depth}?3:2;break L${depth};}`,
          `if(o${part}===3)u${depth}=true;`,
        )
      }
      out.push(`o${depth}=u${depth}?3:${otherwise};}`)
      return deepest
    }
    case 'computed':
      out.push(`o${depth}=${place.constants.name(test)}.evaluate(p,env);`)
      return depth
    default:
      // `unknown`, the only kind that is left.
      out.push(`o${depth}=3;`)
      return depth
  }
}
