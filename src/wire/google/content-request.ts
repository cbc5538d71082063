import { ANY, type Field, type Shape } from '../shape.ts'

// Source of shapes: https://ai.google.dev/api/generate-content, https://ai.google.dev/api/caching#Content,
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const STRING: Shape = { type: 'string' }
const BOOLEAN: Shape = { type: 'boolean' }
const all = (names: string, shape: Shape): Record<string, Shape> =>
  Object.fromEntries(names.split(' ').map((name) => [name, shape]))
const object = (fields: Readonly<Record<string, Field>>): Shape => ({ type: 'object', fields })
const list = (items: Shape): Shape => ({ type: 'array', items })

const PART = object({
  text: STRING,
  thought: BOOLEAN,
  thoughtSignature: STRING,
  inlineData: object({ mimeType: STRING, data: STRING, displayName: STRING }),
  fileData: object({ mimeType: STRING, fileUri: STRING, displayName: STRING }),
  functionCall: object({
    id: STRING,
    name: { ...STRING, required: true },
    args: OPEN,
    partialArgs: ANY,
    willContinue: BOOLEAN,
  }),
  functionResponse: object({
    id: STRING,
    name: { ...STRING, required: true },
    response: OPEN,
    parts: ANY,
    willContinue: BOOLEAN,
    scheduling: ANY,
  }),
  ...all('executableCode codeExecutionResult videoMetadata toolCall toolResponse', OPEN),
  ...all('mediaResolution partMetadata audioTranscription mediaProcessing speechMetadata', ANY),
})

/** One turn. */
export const CONTENT = object({ role: STRING, parts: list(PART) })

const FUNCTION_CALLING_CONFIG = object({
  mode: { type: 'string', among: ['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'] },
  allowedFunctionNames: list(STRING),
  streamFunctionCallArguments: BOOLEAN,
})

const HOSTED =
  'googleSearch googleSearchRetrieval enterpriseWebSearch googleMaps codeExecution urlContext fileSearch retrieval computerUse'

/** What the model may call. */
export const TOOL = object({
  functionDeclarations: list(
    object({
      name: { ...STRING, required: true },
      description: STRING,
      parameters: OPEN,
      parametersJsonSchema: ANY,
      response: OPEN,
      responseJsonSchema: ANY,
      behavior: STRING,
    }),
  ),
  ...all(HOSTED, OPEN),
  ...all('mcpServers exaAiSearch parallelAiSearch', ANY),
})

/** Answers to one request. */
export const MAX_CANDIDATES = 8

/** How the model is to answer. */
export const GENERATION_CONFIG = object({
  temperature: { type: 'number', min: 0, max: 2 },
  topP: { type: 'number', min: 0, max: 1 },
  topK: { type: 'number', min: 1 },
  candidateCount: { type: 'integer', min: 1, max: MAX_CANDIDATES },
  maxOutputTokens: { type: 'integer', min: 1 },
  stopSequences: list(STRING),
  responseMimeType: STRING,
  responseSchema: OPEN,
  seed: { type: 'integer' },
  presencePenalty: { type: 'number', min: -2, max: 2 },
  frequencyPenalty: { type: 'number', min: -2, max: 2 },
  responseLogprobs: BOOLEAN,
  logprobs: { type: 'integer', min: 0, max: 20 },
  thinkingConfig: object({
    includeThoughts: BOOLEAN,
    thinkingBudget: { type: 'integer', min: -1 },
    thinkingLevel: STRING,
  }),
  ...all('responseJsonSchema _responseJsonSchema responseModalities speechConfig imageConfig mediaResolution', ANY),
  ...all('routingConfig modelConfig modelSelectionConfig audioTimestamp audioTranscriptionConfig', ANY),
  ...all('enableEnhancedCivicAnswers enableAffectiveDialog responseFormat translationConfig', ANY),
})

const SAFETY_SETTING = object({
  category: { ...STRING, required: true },
  threshold: { ...STRING, required: true },
  method: STRING,
})

/** What a request to generate content must be. */
export const CONTENT_REQUEST = object({
  model: STRING,
  contents: { ...list(CONTENT), least: 1, required: true } as Field,
  systemInstruction: CONTENT,
  tools: list(TOOL),
  toolConfig: object({
    functionCallingConfig: FUNCTION_CALLING_CONFIG,
    retrievalConfig: OPEN,
    includeServerSideToolInvocations: BOOLEAN,
  }),
  safetySettings: list(SAFETY_SETTING),
  generationConfig: GENERATION_CONFIG,
  labels: OPEN,
  ...all('cachedContent serviceTier', STRING),
  ...all('store continuationToken modelArmorConfig outputConfig', ANY),
})

export interface FunctionCallPart {
  id?: string
  name: string
  args?: Record<string, unknown>
}

export interface Part {
  text?: string
  thought?: boolean
  thoughtSignature?: string
  inlineData?: { mimeType?: string; data?: string }
  fileData?: { mimeType?: string; fileUri?: string }
  functionCall?: FunctionCallPart
  functionResponse?: { id?: string; name: string; response?: Record<string, unknown> }
  executableCode?: Record<string, unknown>
  codeExecutionResult?: Record<string, unknown>
}

export interface Content {
  role?: string
  parts?: Part[]
}

/** A schema in Google's dialect. */
export type DialectSchema = Readonly<Record<string, unknown>>

export interface FunctionDeclaration {
  name: string
  description?: string
  parameters?: DialectSchema
  parametersJsonSchema?: unknown
}

export type Tool = { functionDeclarations?: FunctionDeclaration[] | null } & Partial<Record<string, unknown>>

export interface FunctionCallingConfig {
  mode?: string
  allowedFunctionNames?: string[]
}

export interface GenerationConfig {
  candidateCount?: number
  maxOutputTokens?: number
  stopSequences?: string[]
  responseMimeType?: string
  responseSchema?: DialectSchema
  responseJsonSchema?: unknown
  _responseJsonSchema?: unknown
  thinkingConfig?: { includeThoughts?: boolean; thinkingBudget?: number; thinkingLevel?: string } | null
}

export interface ContentRequest {
  contents: Content[]
  systemInstruction?: Content | null
  tools?: Tool[] | null
  toolConfig?: { functionCallingConfig?: FunctionCallingConfig | null } | null
  generationConfig?: GenerationConfig | null
  cachedContent?: string | null
  labels?: Record<string, unknown> | null
}
