import type { Choice, Reply, ToolCall } from '../../provider/index.ts'

// Source: https://docs.cohere.com/reference/chat, …/docs/rag-citations.

/** A document that an answer may cite. */
export interface CitedDocument {
  id: string
  document: object
}

/** What an answer has to know of its request. */
export interface CohereAsked {
  stream: boolean
  documents: readonly CitedDocument[]
}

/** What stops are called. */
export const FINISH = {
  stop: 'COMPLETE',
  stop_sequence: 'STOP_SEQUENCE',
  length: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
  refusal: 'COMPLETE',
  content_filter: 'ERROR',
  pause: 'COMPLETE',
} as const satisfies Record<Choice['finish'], string>

/** Tokens, billed and counted. */
export const usageOf = ({ usage }: Reply) => ({
  billed_units: { input_tokens: usage.input, output_tokens: usage.output },
  tokens: { input_tokens: usage.input, output_tokens: usage.output },
  cached_tokens: usage.cachedInput,
})

/** A call of a tool. */
export const calledOf = ({ id, name, arguments: given }: ToolCall, text = given) => ({
  id,
  type: 'function',
  function: { name, arguments: text },
})

/** Whether what a choice says is how it means to use its tools. */
export const isPlan = ({ toolCalls }: Choice): boolean => toolCalls.length > 0

const CITED_WORDS = 5

/** What an answer cites: its first words come from each of the documents. */
export function citationsOf({ text }: Choice, { documents }: CohereAsked): object[] {
  if (documents.length === 0 || text === '') return []
  const cited = text.split(' ').slice(0, CITED_WORDS).join(' ')
  const sources = documents.map(({ id, document }) => ({ type: 'document', id, document }))
  return [{ start: 0, end: cited.length, text: cited, sources, content_index: 0, type: 'TEXT_CONTENT' }]
}

/** The message of a whole answer. */
export function messageOf(choice: Choice, asked: CohereAsked): object {
  const { text, toolCalls, reasoning } = choice
  const thoughts = reasoning ? [{ type: 'thinking', thinking: reasoning }] : []
  if (isPlan(choice)) {
    return {
      role: 'assistant',
      ...(thoughts.length > 0 && { content: thoughts }),
      tool_plan: text,
      tool_calls: toolCalls.map((call) => calledOf(call)),
    }
  }
  const citations = citationsOf(choice, asked)
  const content = [...thoughts, { type: 'text', text }]
  return { role: 'assistant', content, ...(citations.length > 0 && { citations }) }
}
