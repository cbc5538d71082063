import type { FaultKind } from './fault.ts'

/** The answer is fine and says nothing. */
export const empty: FaultKind = {
  billed: true,
  at: 1,
  content: (content) => ({ ...content, hosted: [], text: '', toolCalls: [], finish: 'stop' }),
  ending: { kind: 'answer' },
}
