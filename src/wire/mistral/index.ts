import type { Service } from '../service.ts'
import { chat, fim } from './chat.ts'
import { embeddings } from './embeddings.ts'
import { mistralErrors } from './errors.ts'
import { models } from './models.ts'

/** Mistral. */
export const mistral: Service = {
  name: 'mistral',
  baseURL: 'https://api.mistral.ai',
  hosts: /^(api|codestral)\.mistral\.ai$/,
  beside: ['v2'],
  endpoints: [chat, fim, embeddings, ...models],
  errors: mistralErrors,
}
