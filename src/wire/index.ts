import { anthropicMessages } from './anthropic-messages.ts'
import type { WireFormat } from './format.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'

export {
  isBad,
  type BadRequest,
  type ResponseHead,
  type WireFormat,
  type WireRequest,
  type WireResponse,
} from './format.ts'

/** A service whose wire formats are known. */
export interface KnownService {
  baseURL: string
  formats: readonly WireFormat[]
}

/** The services that are simulated, by name. */
export const SERVICES: Readonly<Record<'openai' | 'anthropic', KnownService>> = {
  openai: { baseURL: 'https://api.openai.com/v1', formats: [openaiChat, openaiEmbeddings] },
  anthropic: { baseURL: 'https://api.anthropic.com', formats: [anthropicMessages] },
}
