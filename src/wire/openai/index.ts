import type { Service } from '../service.ts'
import { batches } from './batches.ts'
import { chat } from './chat/index.ts'
import { storedChats } from './chat/stored.ts'
import { completions } from './completions.ts'
import { conversations } from './conversations.ts'
import { embeddings } from './embeddings.ts'
import { openaiErrors } from './errors.ts'
import { files } from './files.ts'
import { models } from './models.ts'
import { moderations } from './moderations.ts'
import { realtime } from './realtime/index.ts'
import { connect, responses } from './responses/index.ts'

/** OpenAI. */
export const openai: Service = {
  name: 'openai',
  baseURL: 'https://api.openai.com/v1',
  hosts: /^([a-z]+\.)?api\.openai\.com$/,
  endpoints: [
    chat,
    ...storedChats,
    ...responses,
    connect,
    embeddings,
    completions,
    ...models,
    ...moderations,
    ...conversations,
    ...files,
    ...batches,
    ...realtime,
  ],
  beside: [
    ...['assistants', 'threads', 'audio', 'images', 'videos', 'fine_tuning', 'uploads', 'vector_stores', 'evals'],
    ...['containers', 'realtime', 'organization', 'projects', 'chatkit', 'skills', 'live', 'decisions', 'safety'],
    ...['agents', 'vaults', 'webhook_endpoints', 'webhook_event_types', 'content_provenance_checks'],
  ],
  // https://platform.openai.com/docs/guides/rate-limits: the larger of `max_tokens` and the estimated prompt.
  reserves: 'larger',
  took: 'openai-processing-ms',
  errors: openaiErrors,
}
