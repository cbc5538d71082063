import type { Service } from '../service.ts'
import { chat } from './chat.ts'
import { embeddings } from './embeddings.ts'
import { openaiErrors } from './errors.ts'
import { models } from './models.ts'

/** OpenAI. */
export const openai: Service = {
  name: 'openai',
  baseURL: 'https://api.openai.com/v1',
  hosts: /^([a-z]+\.)?api\.openai\.com$/,
  endpoints: [chat, embeddings, ...models],
  errors: openaiErrors,
}
