import { anthropicMessages } from './anthropic-messages.ts'
import type { WireFormat } from './format.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'

export {
  badText,
  isBad,
  type BadRequest,
  type ResponseHead,
  type WireFormat,
  type WireRequest,
  type WireResponse,
} from './format.ts'
export { unsimulatedResponse, unsimulatedText } from './unsimulated.ts'

/** A service whose wire formats are known. */
export interface KnownService {
  baseURL: string
  /** The service's own hosts, its regional ones included: there it validates as its reference says. */
  hosts: RegExp
  formats: readonly WireFormat[]
}

/** The services that are simulated, by name. */
export const SERVICES: Readonly<Record<'openai' | 'anthropic', KnownService>> = {
  openai: {
    baseURL: 'https://api.openai.com/v1',
    hosts: /(^|\.)openai\.com$/,
    formats: [openaiChat, openaiEmbeddings],
  },
  anthropic: { baseURL: 'https://api.anthropic.com', hosts: /(^|\.)anthropic\.com$/, formats: [anthropicMessages] },
}
