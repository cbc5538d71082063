import type { Endpoint, Service } from '../service.ts'
import type { Vendor } from '../vendor/vendor.ts'
import { serviceFor } from '../vendor/service.ts'
import { chat } from './chat.ts'
import { embed } from './embed.ts'
import { ollamaErrors } from './errors.ts'
import { generate } from './generate.ts'
import { models } from './models.ts'

/** Ollama in OpenAI's format. */
const COMPATIBLE: Vendor = {
  name: 'ollama',
  baseURL: 'http://localhost:11434/v1',
  keyless: true,
  also: ['embeddings', 'completions', 'responses'],
  anthropicAt: '/messages',
  thoughts: 'reasoning',
  thinks: /deepseek-r1|qwq|qwen3|gpt-oss/,
  limits: { reset: ({ resetMs }) => String(resetMs) },
}
const compatible = serviceFor(COMPATIBLE)
const below = (endpoint: Endpoint): Endpoint => ({
  ...endpoint,
  path: `/v1${endpoint.path}`,
  errors: endpoint.errors ?? compatible.errors,
})

/** Ollama, on the machine of the user. */
export const ollama: Service = {
  name: 'ollama',
  baseURL: 'http://localhost:11434',
  hosts: /^(localhost|127\.0\.0\.1|\[::1\]):11434$/,
  strict: false,
  catalogue: '*',
  endpoints: [chat, generate, ...embed, ...models, ...compatible.endpoints.map(below)],
  errors: ollamaErrors,
}
