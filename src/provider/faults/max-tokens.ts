import { cutContent, spokenTokens } from '../content.ts'
import { HALF, type FaultKind } from './fault.ts'

/** The answer stops at its token limit. */
export const maxTokens: FaultKind = {
  billed: true,
  at: 1,
  content: (content, tokenizer) => cutContent(content, Math.floor(spokenTokens(content, tokenizer) * HALF), tokenizer),
  ending: { kind: 'answer' },
}
