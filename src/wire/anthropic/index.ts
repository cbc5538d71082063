import type { Service } from '../service.ts'
import { batches } from './batches/index.ts'
import { countTokens } from './count-tokens.ts'
import { anthropicErrors } from './errors.ts'
import { messages } from './messages.ts'
import { models } from './models.ts'

/** Anthropic. */
export const anthropic: Service = {
  name: 'anthropic',
  baseURL: 'https://api.anthropic.com',
  hosts: /^api\.anthropic\.com$/,
  beside: [],
  endpoints: [messages, countTokens, ...batches, ...models],
  errors: anthropicErrors,
}
