import fc from 'fast-check'
import { describe, test } from 'vitest'
import { bedrock } from '../../../src/wire/bedrock/index.ts'
import { google } from '../../../src/wire/google/index.ts'
import { ResourceStore, type Generation } from '../../../src/wire/index.ts'

const NAMES = [
  ...[
    'contents',
    'parts',
    'role',
    'text',
    'functionCall',
    'functionResponse',
    'name',
    'args',
    'response',
    'inlineData',
  ],
  ...['data', 'mimeType', 'fileData', 'thought', 'systemInstruction', 'system_instruction', 'tools', 'toolConfig'],
  ...['functionDeclarations', 'parameters', 'type', 'properties', 'items', 'functionCallingConfig', 'mode', 'labels'],
  ...['allowedFunctionNames', 'generationConfig', 'generation_config', 'responseSchema', 'stopSequences', 'requests'],
  ...[
    'thinkingConfig',
    'thinkingBudget',
    'candidateCount',
    'content',
    'instances',
    'googleSearch',
    'anyOf',
    'nullable',
  ],
  ...[
    'messages',
    'system',
    'toolUse',
    'toolResult',
    'toolUseId',
    'input',
    'json',
    'image',
    'source',
    'bytes',
    'cachePoint',
  ],
  ...[
    'inferenceConfig',
    'maxTokens',
    'toolSpec',
    'inputSchema',
    'toolChoice',
    'tool',
    'any',
    'outputConfig',
    'textFormat',
  ],
  ...['structure', 'jsonSchema', 'schema', 'additionalModelRequestFields', 'thinking', 'requestMetadata', 'agent'],
]

/** Anything, most often of the names that the services read, nested as they nest them. */
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    fc.constantFrom<unknown>(null, 1, -1, '3', true, '', '{', 'user', 'model', 'assistant', 'ANY', 'OBJECT', 'a'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value
const parts = fc.array(fc.dictionary(fc.constantFrom(...NAMES), anything, { maxKeys: 2, noNullPrototype: true }))
const turns = fc.array(fc.record({ role: fc.constantFrom('user', 'model', 'assistant'), parts, content: parts }))
const bodies = fc
  .tuple(fc.dictionary(fc.constantFrom(...NAMES), anything, { maxKeys: 6, noNullPrototype: true }), turns)
  .map(([body, said]) => ({
    ...body,
    contents: said.map(({ role, parts: each }) => ({ role, parts: each })),
    messages: said.map(({ role, content }) => ({ role, content })),
  }))

/** What is Google's and Bedrock's own, once each: OpenAI's and Anthropic's formats are tried elsewhere. */
const generations = [google, bedrock].flatMap(({ name, endpoints }) =>
  endpoints.flatMap((endpoint) =>
    endpoint.kind === 'generation' && /^(\/\{version\}\/models|.*:predict|\/model)\b/.test(endpoint.path)
      ? [[`${name} ${endpoint.path}`, endpoint as Generation] as const]
      : [],
  ),
)

describe.each(generations)('%s', (_, generation) => {
  test.each([true, false])('any body is read or refused without throwing (strict: %s)', (strict) => {
    fc.assert(
      fc.property(bodies, fc.constantFrom('gemini-3-pro-preview', 'us.anthropic.c', '%zz'), (body, model) => {
        void generation.callerHints(body)
        void generation.parse({
          provider: 'x',
          method: 'POST',
          params: { model, modelId: model, version: 'v1', deployment: model },
          query: new URLSearchParams({ 'api-version': '2024-10-21' }),
          text: '',
          now: 0,
          resources: new ResourceStore(),
          id: () => 'id',
          body,
          strict,
          fingerprint: '',
          header: () => 'Bearer x',
        })
      }),
      { numRuns: 100 },
    )
  })
})
