import type { CallRequest, ReasoningRequest, ToolChoice, ToolDefinition } from '../../provider/index.ts'
import { invalid, isWithoutKey, openaiProblem } from '../openai/errors.ts'
import { retryCountOf, type Generation } from '../service.ts'
import { problemOf, relaxed, type Shape } from '../shape.ts'
import { GatewayStream, resultOf, type GatewayAsked } from './answer.ts'
import { brokenPairIn, messageOf, type PromptMessage } from './prompt.ts'

// Source: https://github.com/vercel/ai/tree/main/packages/gateway/src/gateway-language-model.ts.

const OPEN: Shape = { type: 'object', fields: {}, open: true }
const REQUEST: Shape = relaxed({
  type: 'object',
  fields: {
    prompt: {
      type: 'array',
      items: {
        type: 'object',
        fields: {
          role: { type: 'string', required: true },
          content: { type: 'either', of: [{ type: 'string' }, { type: 'array', items: OPEN }], required: true },
        },
      },
      least: 1,
      required: true,
    },
    maxOutputTokens: { type: 'integer' },
    stopSequences: { type: 'array', items: { type: 'string' } },
    responseFormat: { type: 'object', fields: { schema: OPEN } },
    tools: { type: 'array', items: { type: 'object', fields: { name: { type: 'string' }, inputSchema: OPEN } } },
    toolChoice: { type: 'object', fields: { type: { type: 'string', required: true }, toolName: { type: 'string' } } },
    reasoning: { type: 'string' },
  },
})

interface ModelRequest {
  prompt: PromptMessage[]
  maxOutputTokens?: number | null
  stopSequences?: string[] | null
  responseFormat?: { type?: string; schema?: Record<string, unknown> | null } | null
  tools?: { type?: string; name?: string; description?: string; inputSchema?: Record<string, unknown> }[] | null
  toolChoice?: { type: string; toolName?: string } | null
  reasoning?: string | null
}

const toolsOf = ({ tools }: ModelRequest): ToolDefinition[] =>
  (tools ?? []).flatMap(({ type, name, description, inputSchema }) =>
    type === 'function' && name !== undefined
      ? [
          {
            name,
            description: typeof description === 'string' ? description : '',
            parameters: inputSchema ?? {},
          },
        ]
      : [],
  )

function toolChoiceOf({ toolChoice: choice }: ModelRequest): ToolChoice {
  if (choice?.type === 'tool') return { kind: 'tool', name: choice.toolName ?? '' }
  return { kind: choice?.type === 'none' || choice?.type === 'required' ? choice.type : 'auto' }
}

const reasoningOf = ({ reasoning: effort }: ModelRequest): ReasoningRequest | undefined =>
  effort == null || effort === 'none' || effort === 'provider-default' ? undefined : { effort }

/** The first specification in which a usage has parts. */
const FIRST_WITH_PARTS = 3

/** The own protocol of Vercel's gateway, in which the AI SDK asks for models that are named by a text alone. */
const languageModel: Generation<GatewayAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/{version}/ai/language-model',
  operation: 'language-model',
  callerHints: () => [],

  parse({ provider, body, header, fingerprint }) {
    if (isWithoutKey(header)) return { kind: 'unauthorized' }
    const model = header('ai-language-model-id')
    if (!model) return invalid('The header ai-language-model-id is required.', 'model')
    const problem = problemOf(REQUEST, body)
    if (problem) return openaiProblem(problem)
    const request = body as unknown as ModelRequest
    const broken = brokenPairIn(request.prompt)
    if (broken) return invalid(broken, 'prompt')
    const { maxOutputTokens: limit, responseFormat: format } = request
    const stream = header('ai-language-model-streaming') === 'true'
    const reasoning = reasoningOf(request)
    const call: CallRequest = {
      provider,
      operation: languageModel.operation,
      model,
      messages: request.prompt.map(messageOf),
      tools: toolsOf(request),
      toolChoice: toolChoiceOf(request),
      responseSchema: format?.type === 'json' ? (format.schema ?? true) : undefined,
      stream,
      ...(reasoning && { reasoning }),
      maxOutputTokens: limit != null && limit > 0 ? limit : undefined,
      stop: request.stopSequences ?? [],
      choices: 1,
      callerHints: [],
      retryCount: retryCountOf(header),
      fingerprint,
    }
    const version = Number(header('ai-language-model-specification-version') ?? FIRST_WITH_PARTS)
    return { call, asked: { stream, isFlat: version < FIRST_WITH_PARTS } }
  },

  head: (reply, _limits, { stream }) => ({
    status: 200,
    headers: {
      'content-type': stream ? 'text/event-stream' : 'application/json',
      'x-generation-id': `gen_${reply.id}`,
    },
  }),

  whole: (reply, asked) => JSON.stringify(resultOf(reply, asked)),
  stream: (reply, asked) => new GatewayStream(reply, asked),
}

/** The protocol below both bases of the gateway. */
export const gateway: readonly Generation<GatewayAsked>[] = [
  languageModel,
  { ...languageModel, path: '/ai/language-model' },
]
