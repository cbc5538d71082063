import { HALF, type FaultKind } from './fault.ts'

/** The content filter of the service stops the answer in the middle. */
export const contentFilter: FaultKind = {
  billed: true,
  at: 1,
  content: (content, tokenizer) => ({
    ...content,
    text: tokenizer.cut(content.text, Math.floor(tokenizer.count(content.text) * HALF)),
    toolCalls: [],
    finish: 'content_filter',
  }),
  ending: { kind: 'answer' },
}
