import type { FaultKind } from './fault.ts'

/** The model refuses. */
export const refusal: FaultKind = {
  billed: true,
  at: 1,
  content: (content) => ({
    ...content,
    hosted: [],
    text: "I'm sorry, but I can't help with that.",
    toolCalls: [],
    finish: 'refusal',
  }),
  ending: { kind: 'answer' },
}
