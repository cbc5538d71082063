import { describeOrchestration } from 'longhaul'
import { asked } from './wire.ts'

const OPENAI = 'https://api.openai.com/v1'
const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'x' }] }
const RESPONSE = { model: 'gpt-4o', input: 'x' }
const ANTHROPIC = 'https://api.anthropic.com/v1/messages'
const MESSAGES = { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'x' }] }
const MESSAGE = { ...MESSAGES, max_tokens: 2_000 }
const GEMINI = 'https://generativelanguage.googleapis.com/v1beta/models'
const CONTENTS = [{ role: 'user', parts: [{ text: 'x' }] }]
const COHERE = 'https://api.cohere.com/v2'
const MISTRAL = 'https://api.mistral.ai/v1'
const BEDROCK = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const anthropicTool = { name: 'x', input_schema: { type: 'object' } }

/** Requests with a field, or a value, that no type of the SDK declares, and what the service says of it. */
const UNDECLARED: readonly (readonly [url: string, body: object, told: string])[] = [
  [`${OPENAI}/chat/completions`, { ...CHAT, foo: 1 }, "Unknown parameter: 'foo'."],
  [
    `${OPENAI}/chat/completions`,
    { ...CHAT, tools: [{ type: 'function', function: { name: 'x', foo: 1 } }] },
    "Unknown parameter: 'tools[0].function.foo'.",
  ],
  ...(['service_tier', 'verbosity', 'prompt_cache_retention', 'reasoning_effort'] as const).map(
    (name) => [`${OPENAI}/chat/completions`, { ...CHAT, [name]: 'foo' }, "Invalid value: 'foo'."] as const,
  ),
  [`${OPENAI}/chat/completions`, { ...CHAT, modalities: ['foo'] }, "Invalid value: 'foo'."],
  [`${OPENAI}/responses`, { ...RESPONSE, foo: 1 }, "Unknown parameter: 'foo'."],
  [
    `${OPENAI}/responses`,
    { ...RESPONSE, input: [{ role: 'user', content: 'x', foo: 1 }] },
    "Unknown parameter: 'input[0].foo'.",
  ],
  [
    `${OPENAI}/responses`,
    { ...RESPONSE, input: [{ role: 'user', content: [{ type: 'input_text', text: 'x', foo: 1 }] }] },
    "Unknown parameter: 'input[0].content[0].foo'.",
  ],
  [
    `${OPENAI}/responses`,
    { ...RESPONSE, tools: [{ type: 'web_search', foo: 1 }] },
    "Unknown parameter: 'tools[0].foo'.",
  ],
  [
    `${OPENAI}/responses`,
    { ...RESPONSE, text: { format: { type: 'text', foo: 1 } } },
    "Unknown parameter: 'text.format.foo'.",
  ],
  [`${OPENAI}/responses`, { ...RESPONSE, include: ['foo'] }, "Invalid value: 'foo'."],
  [`${OPENAI}/responses`, { ...RESPONSE, tool_choice: { type: 'foo' } }, "Invalid value: 'foo'."],
  ...(['service_tier', 'truncation', 'prompt_cache_retention'] as const).map(
    (name) => [`${OPENAI}/responses`, { ...RESPONSE, [name]: 'foo' }, "Invalid value: 'foo'."] as const,
  ),
  [`${OPENAI}/responses/input_tokens`, { ...RESPONSE, foo: 1 }, "Unknown parameter: 'foo'."],
  [`${OPENAI}/responses/compact`, { ...RESPONSE, foo: 1 }, "Unknown parameter: 'foo'."],
  [`${OPENAI}/embeddings`, { model: 'text-embedding-3-small', input: 'x', foo: 1 }, "Unknown parameter: 'foo'."],
  [`${OPENAI}/moderations`, { input: 'x', foo: 1 }, "Unknown parameter: 'foo'."],
  [`${OPENAI}/completions`, { model: 'gpt-3.5-turbo-instruct', prompt: 'x', foo: 1 }, "Unknown parameter: 'foo'."],
  [`${OPENAI}/conversations`, { foo: 1 }, "Unknown parameter: 'foo'."],
  [ANTHROPIC, { ...MESSAGE, foo: 1 }, 'foo: Extra inputs are not permitted'],
  [
    ANTHROPIC,
    { ...MESSAGE, messages: [{ role: 'user', content: 'x', foo: 1 }] },
    'messages.0.foo: Extra inputs are not permitted',
  ],
  [
    ANTHROPIC,
    { ...MESSAGE, messages: [{ role: 'user', content: [{ type: 'text', text: 'x', foo: 1 }] }] },
    'messages.0.content.0.text.foo: Extra inputs are not permitted',
  ],
  [
    ANTHROPIC,
    { ...MESSAGE, tools: [{ ...anthropicTool, foo: 1 }] },
    'tools.0.custom.foo: Extra inputs are not permitted',
  ],
  [
    ANTHROPIC,
    { ...MESSAGE, thinking: { type: 'disabled', foo: 1 } },
    'thinking.disabled.foo: Extra inputs are not permitted',
  ],
  [`${ANTHROPIC}/count_tokens`, { ...MESSAGES, foo: 1 }, 'foo: Extra inputs are not permitted'],
  [`${ANTHROPIC}/count_tokens`, MESSAGE, 'max_tokens: Extra inputs are not permitted'],
  [
    `${GEMINI}/gemini-2.5-flash:generateContent`,
    { contents: CONTENTS, foo: 1 },
    'Unknown name "foo": Cannot find field.',
  ],
  [`${GEMINI}/gemini-2.5-flash:countTokens`, { contents: CONTENTS, foo: 1 }, 'Unknown name "foo": Cannot find field.'],
  [`${GEMINI}/gemini-embedding-001:embedContent`, { content: CONTENTS[0], foo: 1 }, 'Unknown name "foo"'],
  [`${COHERE}/chat`, { ...CHAT, model: 'command-a-03-2025', foo: 1 }, "parameter 'foo' is not a valid field"],
  [
    `${COHERE}/rerank`,
    { model: 'rerank-v3.5', query: 'x', documents: ['x'], foo: 1 },
    "parameter 'foo' is not a valid field",
  ],
  [`${MISTRAL}/chat/completions`, { ...CHAT, model: 'mistral-large-latest', foo: 1 }, 'Extra inputs are not permitted'],
  [`${MISTRAL}/embeddings`, { model: 'mistral-embed', input: 'x', foo: 1 }, 'Extra inputs are not permitted'],
  [`${BEDROCK}/converse`, { messages: [{ role: 'user', content: [{ text: 'x' }] }], foo: 1 }, 'extraneous key [foo]'],
]

describeOrchestration(
  'what no SDK declares is refused in the words of the service',
  { system: async () => undefined, checks: false, provider: { latency: '1s' } },
  (test) => {
    for (const [url, body, told] of UNDECLARED)
      test(`${new URL(url).pathname} with ${JSON.stringify(body).slice(-60)}`, async ({ expect }) => {
        const headers = { 'x-api-key': 'test', 'x-goog-api-key': 'test', 'anthropic-version': '2023-06-01' }
        const answer = await asked(url, body, { headers })
        expect(answer.error?.message ?? answer.message ?? JSON.stringify(answer.detail)).toContain(told)
      })
  },
)
