import { GoogleGenAI, type ApiError } from '@google/genai'
import { describeOrchestration } from 'longhaul'
import { expect } from 'vitest'
import { declaredIn } from './declared.ts'
import { takes, type Taking } from './taking.ts'

const DECLARED = declaredIn(`
import type { GenerateContentParameters, CountTokensParameters, EmbedContentParameters } from '@google/genai'
export type Content = GenerateContentParameters
export type Count = CountTokensParameters
export type Embed = EmbedContentParameters
`)
const gemini = new GoogleGenAI({ apiKey: 'test' })
const vertex = new GoogleGenAI({ apiKey: 'test', vertexai: true })

/** Asks Gemini, and Vertex where the SDK sends what is asked to no other; what it sends to neither is no request. */
const refusalBy =
  (ask: (client: GoogleGenAI) => (request: any) => Promise<unknown>): Taking['refusalOf'] =>
  async (request) => {
    for (const client of [gemini, vertex]) {
      const told = await ask(client)(request).then(
        () => undefined,
        (error: ApiError) => error,
      )
      if (told === undefined) return undefined
      if (told.status !== undefined) return told.message
    }
    return undefined
  }

const DATA = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
]

/** A value with all that its parts need, which the types leave optional. */
function filled(value: any): any {
  if (Array.isArray(value)) return value.map(filled)
  if (typeof value !== 'object' || value === null) return value
  const made = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(each)]))
  if (Array.isArray(made['parts'])) made['parts'] = made['parts'].map(partOf)
  for (const name of ['functionCall', 'functionResponse']) if (made[name]) made[name] = { name: 'x', ...made[name] }
  for (const name of ['functionDeclarations'])
    if (Array.isArray(made[name])) made[name] = made[name].map((each) => ({ name: 'x', ...each }))
  if (Array.isArray(made['safetySettings']))
    made['safetySettings'] = made['safetySettings'].map((each: object) => ({
      category: 'HARM_CATEGORY_HATE_SPEECH',
      threshold: 'OFF',
      ...each,
    }))
  if (made['allowedFunctionNames']) made['mode'] = 'ANY'
  return made
}
const partOf = (part: any): any =>
  typeof part === 'object' && !DATA.some((name) => name in part) ? { ...part, text: 'x' } : part

/** What is said may be a text, a part, parts, a content, or contents. */
const saidOf = (contents: any): any =>
  Array.isArray(contents)
    ? contents.map(saidOf)
    : typeof contents !== 'object' || 'parts' in contents
      ? contents
      : 'role' in contents
        ? { ...contents, parts: [{ text: 'x' }] }
        : partOf(contents)

const whole = (value: any): unknown[] => {
  const request = filled({ ...value, contents: saidOf(value.contents) })
  return value.model.includes('embedding') ? [request] : [request, { ...request, model: 'gemini-3-pro-preview' }]
}

const RULES: Taking['rules'] = [
  [/contains a function that is not declared/, 'The sample allows a function that it does not declare.'],
  [
    /Please ensure that (the number of )?function response/,
    'A call without its response, or a response without its call.',
  ],
]

const ENDPOINTS: Readonly<
  Record<string, [model: string, (client: GoogleGenAI) => (request: any) => Promise<unknown>]>
> = {
  Content: [
    'gemini-2.5-flash',
    ({ models }) =>
      (request) =>
        models.generateContent(request),
  ],
  Count: [
    'gemini-2.5-flash',
    ({ models }) =>
      (request) =>
        models.countTokens(request),
  ],
  Embed: [
    'gemini-embedding-001',
    ({ models }) =>
      (request) =>
        models.embedContent(request),
  ],
}

describeOrchestration(
  'Google takes the requests that its SDK declares',
  { system: async () => undefined, checks: false, provider: { latency: '1s' } },
  (test) => {
    for (const [type, [model, ask]] of Object.entries(ENDPOINTS))
      test(`all fields and values of ${type}`, async () => {
        const hints = { model, 'Content.role': 'user', httpOptions: {}, abortSignal: undefined }
        expect(
          await takes({ declared: DECLARED, type, refusalOf: refusalBy(ask), hints, whole, rules: RULES }),
        ).toBeGreaterThan(5)
      })
  },
)
