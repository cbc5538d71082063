import { ANY, type Field, type Shape } from '../shape.ts'

// Source of shapes: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const STRING: Shape = { type: 'string' }
const object = (fields: Readonly<Record<string, Field>>): Shape => ({ type: 'object', fields })
const needed = (shape: Shape): Field => ({ ...shape, required: true })
const all = (names: string, shape: Shape): Record<string, Shape> =>
  Object.fromEntries(names.split(' ').map((name) => [name, shape]))

const RESULT_CONTENT = object({ text: STRING, json: ANY, ...all('image document video searchResult', OPEN) })

const BLOCK = object({
  text: STRING,
  toolUse: { ...object({ toolUseId: needed(STRING), name: needed(STRING), input: ANY, type: STRING }) },
  toolResult: object({
    toolUseId: needed(STRING),
    content: needed({ type: 'array', items: RESULT_CONTENT }),
    status: { type: 'string', among: ['success', 'error'] },
    type: STRING,
  }),
  reasoningContent: object({
    reasoningText: object({ text: needed(STRING), signature: STRING }),
    redactedContent: STRING,
  }),
  cachePoint: OPEN,
  ...all('image document video audio guardContent citationsContent searchResult toolAddition toolRemoval', OPEN),
})

const MESSAGE = object({
  role: needed({ type: 'string', among: ['user', 'assistant', 'system'] }),
  content: needed({ type: 'array', items: BLOCK }),
})

const TOOL = object({
  toolSpec: object({
    name: needed(STRING),
    description: STRING,
    inputSchema: needed(object({ json: OPEN })),
    strict: { type: 'boolean' },
  }),
  systemTool: object({ name: needed(STRING) }),
  cachePoint: OPEN,
})

/** What a conversation must be. */
export const CONVERSE_REQUEST = object({
  messages: { type: 'array', items: MESSAGE },
  system: { type: 'array', items: object({ text: STRING, ...all('guardContent cachePoint', OPEN) }) },
  inferenceConfig: object({
    maxTokens: { type: 'integer', min: 1 },
    temperature: { type: 'number', min: 0, max: 1 },
    topP: { type: 'number', min: 0, max: 1 },
    stopSequences: { type: 'array', items: STRING },
  }),
  toolConfig: object({
    tools: needed({ type: 'array', items: TOOL, least: 1 }),
    toolChoice: object({ auto: OPEN, any: OPEN, tool: object({ name: needed(STRING) }) }),
  }),
  outputConfig: object({
    textFormat: object({
      type: needed(STRING),
      structure: needed(object({ jsonSchema: object({ schema: needed(STRING), name: STRING, description: STRING }) })),
    }),
    effort: STRING,
  }),
  guardrailConfig: OPEN,
  requestMetadata: OPEN,
  ...all('additionalModelRequestFields additionalModelResponseFieldPaths promptVariables', ANY),
  ...all('performanceConfig serviceTier', OPEN),
})

interface Media {
  format?: string
  source?: { bytes?: string }
}

export interface ResultContent {
  text?: string
  json?: unknown
  image?: Media
  document?: Media
}

export interface Block extends ResultContent {
  video?: Media
  toolUse?: { toolUseId: string; name: string; input?: unknown }
  toolResult?: { toolUseId: string; content: ResultContent[] }
  reasoningContent?: { reasoningText?: { text: string } }
  cachePoint?: object
}

export interface Turn {
  role: 'user' | 'assistant' | 'system'
  content: Block[]
}

export interface OfferedTool {
  toolSpec?: { name: string; description?: string; inputSchema: { json?: Record<string, unknown> } } | null
  systemTool?: { name: string } | null
  cachePoint?: object | null
}

export interface ConverseRequest {
  messages?: Turn[] | null
  system?: { text?: string; cachePoint?: object }[] | null
  inferenceConfig?: { maxTokens?: number | null; stopSequences?: string[] | null } | null
  toolConfig?: {
    tools: OfferedTool[]
    toolChoice?: { auto?: object | null; any?: object | null; tool?: { name: string } | null } | null
  } | null
  outputConfig?: {
    textFormat?: { structure: { jsonSchema?: { schema: string } | null } } | null
    effort?: string
  } | null
  guardrailConfig?: object | null
  additionalModelRequestFields?: unknown
  requestMetadata?: Record<string, unknown> | null
}
