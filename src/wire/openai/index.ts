import type { Service } from '../service.ts'
import { chat } from './chat.ts'
import { conversations } from './conversations.ts'
import { embeddings } from './embeddings.ts'
import { openaiErrors } from './errors.ts'
import { models } from './models.ts'
import { responses } from './responses/index.ts'

/** OpenAI. */
export const openai: Service = {
  name: 'openai',
  baseURL: 'https://api.openai.com/v1',
  hosts: /^([a-z]+\.)?api\.openai\.com$/,
  endpoints: [chat, ...responses, embeddings, ...models, ...conversations],
  errors: openaiErrors,
}
