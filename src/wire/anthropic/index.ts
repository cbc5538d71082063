import { openaiErrors } from '../openai/errors.ts'
import type { Service } from '../service.ts'
import { chatOf } from '../vendor/chat.ts'
import { batches } from './batches/index.ts'
import { countTokens } from './count-tokens.ts'
import { anthropicErrors } from './errors.ts'
import { messages } from './messages.ts'
import { models } from './models.ts'

/** Anthropic in OpenAI's format: https://docs.anthropic.com/en/api/openai-sdk. */
const compatible = chatOf({ name: 'anthropic', baseURL: 'https://api.anthropic.com/v1' })

/** Anthropic. */
export const anthropic: Service = {
  name: 'anthropic',
  baseURL: 'https://api.anthropic.com',
  hosts: /^api\.anthropic\.com$/,
  // What Claude Code asks for beside messages.
  beside: ['api'],
  endpoints: [
    messages,
    countTokens,
    ...batches,
    ...models,
    { ...compatible, path: '/v1/chat/completions', errors: openaiErrors },
  ],
  errors: anthropicErrors,
}
