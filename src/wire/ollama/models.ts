import type { BadRequest, ServiceContext, Resource, WireRequest, WireResponse } from '../service.ts'
import { answerOf } from './errors.ts'

// Source: https://github.com/ollama/ollama/blob/main/docs/api.md (models).

const VERSION = '0.12.3'
const SIZE = 4_000_000_000
const DIGEST = '0'.repeat(64)

const DETAILS = {
  parent_model: '',
  format: 'gguf',
  family: 'llama',
  families: ['llama'],
  parameter_size: '8B',
  quantization_level: 'Q4_K_M',
}

/** What was pulled: kept apart from the models that the configuration has. */
const PULLED = 'pulled_model'
const tagged = (name: string): string => (name.includes(':') ? name : `${name}:latest`)

const modelOf = (name: string, now: number) => ({
  name,
  model: name,
  modified_at: new Date(now).toISOString(),
  size: SIZE,
  digest: DIGEST,
  details: DETAILS,
})

const namesAt = ({ models, resources }: ServiceContext): string[] => [
  ...new Set([...models.map(({ id }) => tagged(id)), ...resources.all<string>(PULLED)]),
]

const nameIn = ({ body }: WireRequest): string | undefined => {
  const name = body['model'] ?? body['name']
  return typeof name === 'string' && name !== '' ? name : undefined
}

const NO_NAME: BadRequest = { kind: 'invalid', message: 'model is required', param: null, code: null }

/** What is told while a model is fetched, line by line. */
function pulled(name: string, { body }: WireRequest, { resources }: ServiceContext): WireResponse {
  resources.put(PULLED, tagged(name), tagged(name), name.length)
  if (body['stream'] === false) return answerOf(200, { status: 'success' })
  const layer = { digest: `sha256:${DIGEST}`, total: SIZE }
  const lines = [
    { status: 'pulling manifest' },
    { status: `pulling ${DIGEST.slice(0, 12)}`, ...layer, completed: SIZE / 2 },
    { status: `pulling ${DIGEST.slice(0, 12)}`, ...layer, completed: SIZE },
    { status: 'verifying sha256 digest' },
    { status: 'writing manifest' },
    { status: 'success' },
  ]
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  return { status: 200, headers: { 'content-type': 'application/x-ndjson' }, body: text }
}

const resource = (
  method: Resource['method'],
  path: string,
  operation: string,
  answer: Resource['answer'],
): Resource => ({ kind: 'resource', method, path, operation, answer })

/** An endpoint at one model. */
const at = (
  method: Resource['method'],
  path: string,
  operation: string,
  answer: (name: string, wire: WireRequest, context: ServiceContext) => WireResponse | BadRequest,
): Resource =>
  resource(method, path, operation, (wire, context) => {
    const name = nameIn(wire)
    return name === undefined ? NO_NAME : answer(name, wire, context)
  })

/** What may be asked of Ollama's models. Any model answers, as if it had been pulled. */
export const models: readonly Resource[] = [
  resource('GET', '/', 'root', () => ({
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: 'Ollama is running',
  })),
  resource('GET', '/api/version', 'version', () => answerOf(200, { version: VERSION })),
  resource('GET', '/api/tags', 'tags', (_, context) =>
    answerOf(200, { models: namesAt(context).map((name) => modelOf(name, context.now())) }),
  ),
  resource('GET', '/api/ps', 'ps', () => answerOf(200, { models: [] })),
  at('POST', '/api/show', 'show', (name, _, context) =>
    answerOf(200, {
      license: '',
      modelfile: `FROM ${name}`,
      parameters: '',
      template: '{{ .Prompt }}',
      details: DETAILS,
      model_info: { 'general.architecture': 'llama', 'llama.context_length': 128_000 },
      capabilities: /embed|minilm|bge/.test(name) ? ['embedding'] : ['completion', 'tools', 'vision', 'thinking'],
      modified_at: new Date(context.now()).toISOString(),
    }),
  ),
  at('POST', '/api/pull', 'pull', pulled),
  at('DELETE', '/api/delete', 'delete', (name, _, { resources }) =>
    resources.remove(PULLED, tagged(name))
      ? { status: 200, headers: {}, body: '' }
      : { kind: 'not_found', message: `model '${name}' not found` },
  ),
]
