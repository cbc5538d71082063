import type { CallRequest, Message } from '../provider/index.ts'

/** What a request for vectors says of itself; all else of a call is about answers in words. */
type OwnFields = Pick<CallRequest, 'provider' | 'operation' | 'model' | 'messages' | 'callerHints' | 'fingerprint'> & {
  /** Length of the vectors. */
  dimensions: number
} & Partial<Pick<CallRequest, 'retryCount' | 'tellsRetryAfter'>>

/** A text to embed. */
export const textMessage = (text: string): Message => ({ role: 'user', text, toolCalls: [], cacheBreakpoint: false })

/** A call for vectors, at whatever service. */
export const embeddingCall = (own: OwnFields): CallRequest => ({
  tools: [],
  toolChoice: { kind: 'none' },
  responseSchema: undefined,
  stream: false,
  maxOutputTokens: undefined,
  stop: [],
  choices: 1,
  retryCount: 0,
  ...own,
})
