import type { CallRequest, ReasoningRequest } from '../../provider/index.ts'
import { retryCountOf, type BadRequest, type WireRequest } from '../service.ts'
import { problemOf, shapeFor, type Shape } from '../shape.ts'
import { contradictionIn } from './contradictions.ts'
import { invalid, problemText } from './errors.ts'
import { historyProblem } from './history.ts'
import {
  announcesBeta,
  BETA_MESSAGES_REQUEST,
  blocksOf,
  MESSAGES_REQUEST,
  type MessagesRequest,
} from './messages-request.ts'
import { rulesOf } from './model-rules.ts'
import { saidOf } from './said.ts'
import { clientTools, hostedTools, toolChoiceOf } from './tools.ts'

/** What stands against a request before its body is read. */
export function credentialsProblem({ header, strict }: Pick<WireRequest, 'header' | 'strict'>): BadRequest | undefined {
  if (!strict) return undefined
  if (!header('x-api-key') && !header('authorization')) return { kind: 'unauthorized' }
  return header('anthropic-version') ? undefined : invalid('anthropic-version: header is required')
}

const messagesShape = ({ strict, header, query }: WireRequest): Shape =>
  shapeFor(strict && announcesBeta(header, query) ? BETA_MESSAGES_REQUEST : MESSAGES_REQUEST, strict)

/** What is wrong with a request, whatever it is to be used for. */
export function requestProblem(wire: WireRequest, body: Readonly<Record<string, unknown>>): BadRequest | undefined {
  const problem = problemOf(messagesShape(wire), body)
  if (problem) return invalid(problemText(problem, body))
  if (!wire.strict) return undefined
  const request = body as unknown as MessagesRequest
  const rules = rulesOf(request.model, wire.header('anthropic-beta') ?? '')
  const beta = announcesBeta(wire.header, wire.query)
  const text = contradictionIn(request, rules, { beta }) ?? historyProblem(request, rules)
  return text === undefined ? undefined : invalid(text)
}

/** Thoughts that are asked for; between the tools of a turn only where the request announces that. */
function reasoningOf(
  { thinking, output_config: config, messages }: MessagesRequest,
  betas: string,
): ReasoningRequest | undefined {
  const effort = config?.effort ?? undefined
  switch (thinking?.type) {
    case 'enabled': {
      const last = messages.at(-1)
      const goesOn = last?.role === 'user' && blocksOf(last.content).some(({ type }) => type === 'tool_result')
      if (goesOn && !betas.includes('interleaved-thinking')) return undefined
      return { ...(effort && { effort }), budget: thinking.budget_tokens! }
    }
    case 'adaptive':
      return { effort: effort ?? 'high' }
    default:
      return undefined
  }
}

/** A request as the provider takes it. */
export function callOf(
  { provider, header, fingerprint }: WireRequest,
  request: MessagesRequest,
  callerHints: readonly string[],
): CallRequest {
  const hosted = hostedTools(request)
  const reasoning = reasoningOf(request, header('anthropic-beta') ?? '')
  const schema = (request.output_config?.format ?? request.output_format)?.schema
  return {
    provider,
    operation: 'messages',
    model: request.model,
    messages: saidOf(request),
    tools: clientTools(request),
    toolChoice: toolChoiceOf(request.tool_choice),
    responseSchema: schema,
    // The model is made to keep to every schema that is given.
    ...(schema && { strict: { response: true, tools: [] } }),
    stream: request.stream ?? false,
    ...(request.tool_choice?.disable_parallel_tool_use && { parallelToolCalls: false }),
    ...(hosted.length > 0 && { hosted }),
    ...(reasoning && { reasoning }),
    maxOutputTokens: request.max_tokens >= 0 ? request.max_tokens : undefined,
    stop: request.stop_sequences ?? [],
    choices: 1,
    callerHints,
    retryCount: retryCountOf(header),
    idempotencyKey: header('idempotency-key'),
    fingerprint,
  }
}
