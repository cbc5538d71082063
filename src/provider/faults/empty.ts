import type { FaultKind } from './fault.ts'

/** The answer is valid, but its text is empty. */
export const empty: FaultKind = {
  billed: true,
  at: 1,
  content: (content) => ({ ...content, hosted: [], text: '', toolCalls: [], finish: 'stop' }),
  ending: { kind: 'answer' },
}
