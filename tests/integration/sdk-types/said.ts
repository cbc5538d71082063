import type { ReplyRule } from 'longhaul'

/** What the models say to the questions of these tests: each kind of answer by its first word. */
export const SAID: readonly ReplyRule[] = [
  { content: 'Call', reply: { text: 'I call.', toolCalls: [{ name: 'dock' }, { name: 'dock' }] } },
  { content: 'Refuse', reply: { text: 'I cannot.', refusal: true } },
  { content: 'Think', reply: { text: 'So it is.', reasoning: 'Is it? It is.' } },
]
