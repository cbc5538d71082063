import { embeddings } from '../openai/embeddings.ts'
import { openaiErrors } from '../openai/errors.ts'
import type { Service } from '../service.ts'
import { chatOf } from '../vendor/chat.ts'
import { chat } from './chat.ts'
import { cohereErrors } from './errors.ts'
import { models } from './models.ts'
import { embed, rerank } from './vectors.ts'

const COMPATIBILITY = '/compatibility/v1'
/** Cohere in OpenAI's format. */
const compatible = chatOf({ name: 'cohere', baseURL: `https://api.cohere.ai${COMPATIBILITY}` })

/** Cohere. */
export const cohere: Service = {
  name: 'cohere',
  baseURL: 'https://api.cohere.com',
  hosts: /^api\.cohere\.(com|ai)$/,
  beside: [],
  endpoints: [
    chat,
    embed,
    rerank,
    ...models,
    { ...compatible, path: `${COMPATIBILITY}${compatible.path}`, errors: openaiErrors },
    { ...embeddings, path: `${COMPATIBILITY}${embeddings.path}`, errors: openaiErrors },
  ],
  errors: cohereErrors,
}
