import type { Service } from '../service.ts'
import { anthropicErrors } from './errors.ts'
import { messages } from './messages.ts'

/** Anthropic. */
export const anthropic: Service = {
  name: 'anthropic',
  baseURL: 'https://api.anthropic.com',
  hosts: /^api\.anthropic\.com$/,
  endpoints: [messages],
  errors: anthropicErrors,
}
