import type { Answer, CallRequest, ReasoningRequest } from '../../../provider/index.ts'
import {
  jsonResponse,
  retryCountOf,
  type BadRequest,
  type Detached,
  type Generation,
  type WireRequest,
} from '../../service.ts'
import type { Shelf } from '../../shelf.ts'
import { problemOf } from '../../shape.ts'
import { chatHints } from '../hints.ts'
import { CONVERSATIONS, type Conversation } from '../conversations.ts'
import { commonHeaders, invalid, isWithoutKey, openaiProblem } from '../errors.ts'
import { defaultEffort, isChatModel, isReasoningModel, mostOutputOf } from '../model-rules.ts'
import { brokenPairIn, itemsOf, messagesOf } from './history.ts'
import { finishedBody, outputOf, responseBody, responseId, type ResponsesAsked } from './output.ts'
import { COMPATIBLE_RESPONSES_REQUEST, RESPONSES_REQUEST, type Item, type ResponsesRequest } from './request.ts'
import { RESPONSES, type StoredResponse } from './stored.ts'
import { ResponsesStream } from './stream.ts'
import { definitionsOf, hostedOf, schemaOf, toolChoiceOf, wrongTools } from './tools.ts'
import { answerHead } from '../answer-head.ts'

/** What a request goes on with: an answer before, a conversation, or nothing. */
interface Before {
  items: readonly Item[]
  model: string | undefined
  conversation: string | undefined
}

function before(request: ResponsesRequest, shelf: Shelf): Before | BadRequest {
  const { previous_response_id: previous, conversation } = request
  if (previous && conversation)
    return invalid(
      "Mutually exclusive parameters: Ensure you are only providing one of: 'previous_response_id' or 'conversation'.",
      null,
      'mutually_exclusive_parameters',
    )
  if (previous) {
    const stored = shelf.get<StoredResponse>(RESPONSES, previous)
    if (!stored)
      return invalid(
        `Previous response with id '${previous}' not found.`,
        'previous_response_id',
        'previous_response_not_found',
      )
    return { items: [...stored.items, ...stored.output], model: stored.model, conversation: undefined }
  }
  const id = typeof conversation === 'string' ? conversation : conversation?.id
  if (typeof id !== 'string') return { items: [], model: undefined, conversation: undefined }
  const found = shelf.get<Conversation>(CONVERSATIONS, id)
  if (!found) return { kind: 'not_found', message: `Conversation with id '${id}' not found.` }
  return { items: found.items, model: undefined, conversation: id }
}

/** Items that are named by their id alone, as they are; one that nobody has kept is told. */
function resolved(items: readonly Item[], shelf: Shelf): readonly Item[] | BadRequest {
  if (!items.some(({ type }) => type === 'item_reference')) return items
  const kept = [
    ...shelf.all<StoredResponse>(RESPONSES).flatMap(({ added, output }) => [...added, ...output]),
    ...shelf.all<Conversation>(CONVERSATIONS).flatMap((conversation) => conversation.items),
  ]
  const known = new Map(kept.map((item) => [item.id, item] as const))
  const found: Item[] = []
  for (const item of items) {
    const meant = item.type === 'item_reference' ? known.get(item.id) : item
    if (!meant) return { kind: 'not_found', message: `Item with id '${item.id}' not found.`, param: 'input' }
    found.push(meant)
  }
  return found
}

function missing(param: string): BadRequest {
  return invalid(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter')
}

/** What is wrong with a request though each of its fields is right. */
function contradictionIn(request: ResponsesRequest, model: string, items: readonly Item[]): BadRequest | undefined {
  if (!isChatModel(model))
    return invalid(
      `The requested model '${model}' cannot be used with the Responses API.`,
      'model',
      'unsupported_model',
    )
  if (isReasoningModel(model) && (request.reasoning?.effort ?? defaultEffort(model)) !== 'none') {
    for (const param of ['temperature', 'top_p'] as const)
      if (request[param] != null && request[param] !== 1)
        return invalid(`Unsupported parameter: '${param}' is not supported with this model.`, param)
  } else if (request.reasoning?.effort && !isReasoningModel(model))
    return invalid(
      `Unsupported parameter: 'reasoning.effort' is not supported with this model.`,
      'reasoning.effort',
      'unsupported_parameter',
    )
  const most = mostOutputOf(model)
  const { max_output_tokens: asked } = request
  if (asked != null && most !== undefined && asked > most)
    return invalid(
      `max_output_tokens is too large: ${asked}. This model supports at most ${most} completion tokens, whereas you provided ${asked}.`,
      'max_output_tokens',
      'invalid_value',
    )
  if (request.background && request.store === false)
    return invalid("Background mode requires 'store' to be true.", 'background')
  return wrongTools(request) ?? brokenPairIn(items)
}

function reasoningOf({ reasoning }: ResponsesRequest, model: string): ReasoningRequest | undefined {
  if (!isReasoningModel(model)) return undefined
  const effort = reasoning?.effort ?? defaultEffort(model)
  return effort === 'none' ? undefined : { effort }
}

/** An answer that is fetched later. */
function detachedOf(asked: ResponsesAsked, { shelf, now, id }: WireRequest): Detached {
  const responseBodyNow = responseBody(asked.id!, now, asked, 'queued')
  const stored: StoredResponse = {
    body: responseBodyNow,
    model: asked.model,
    items: asked.items,
    added: asked.added,
    output: [],
    stop: undefined,
  }
  shelf.put(RESPONSES, asked.id!, stored)
  return {
    accepted: jsonResponse(responseBodyNow, commonHeaders(id(), {})),
    started(stop) {
      stored.stop = stop
      stored.body = { ...stored.body, status: 'in_progress' }
    },
    received(part: Answer) {
      if (part.kind === 'whole' && part.damage === undefined) keep(part.reply, asked, shelf)
      else {
        const message =
          part.kind === 'refusal' && part.refusal.kind === 'rate_limited'
            ? 'Rate limit reached.'
            : 'An error occurred while processing your request.'
        const code =
          part.kind === 'refusal' && part.refusal.kind === 'rate_limited' ? 'rate_limit_exceeded' : 'server_error'
        stored.body = { ...stored.body, status: 'failed', error: { code, message } }
        // What has stalled would stay under way for good.
        stored.stop?.()
        stored.stop = undefined
      }
    },
  }
}

/** Keeps an answer, so that it can be fetched, and gone on with. */
const keep: NonNullable<Generation<ResponsesAsked>['keep']> = (reply, asked, shelf) => {
  const output = outputOf(reply, asked) as unknown as readonly Item[]
  // What runs in the background is fetched later, whatever it says.
  if (asked.id !== undefined || (asked.request.store ?? true))
    shelf.put(RESPONSES, responseId(reply, asked), {
      body: finishedBody(reply, asked),
      model: asked.model,
      items: asked.items,
      added: asked.added,
      output,
      stop: undefined,
    } satisfies StoredResponse)
  const conversation = asked.conversation && shelf.get<Conversation>(CONVERSATIONS, asked.conversation)
  if (conversation) conversation.items.push(...asked.added, ...output)
}

/** OpenAI Responses. */
export const create: Generation<ResponsesAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/responses',
  operation: 'responses',
  callerHints: chatHints,

  parse(wire) {
    const { provider, body, strict, fingerprint, header, shelf } = wire
    if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
    const problem = problemOf(strict ? RESPONSES_REQUEST : COMPATIBLE_RESPONSES_REQUEST, body)
    if (problem) return openaiProblem(problem)
    const request = body as unknown as ResponsesRequest
    const earlier = before(request, shelf)
    if ('kind' in earlier) return earlier
    const model = request.model ?? earlier.model
    if (model === undefined) return missing('model')
    if (request.input === undefined && earlier.items.length === 0 && !body['prompt']) return missing('input')
    const added = itemsOf(request.input).map((item, index): Item =>
      item.id === undefined
        ? { ...item, id: `${item.type === 'message' || item.role ? 'msg' : 'item'}_${fingerprint}${index}` }
        : item,
    )
    const items = resolved([...earlier.items, ...added], shelf)
    if ('kind' in items) return items
    const wrong = strict ? contradictionIn(request, model, items) : undefined
    if (wrong) return wrong
    const stream = request.stream ?? false
    const background = (request.background ?? false) && !stream
    const reasoning = reasoningOf(request, model)
    const tools = request.tools ?? []
    const hosted = hostedOf(tools)
    const call: CallRequest = {
      provider,
      operation: create.operation,
      model,
      messages: messagesOf(request.instructions, items),
      tools: definitionsOf(tools),
      toolChoice: toolChoiceOf(request.tool_choice),
      responseSchema: schemaOf(request),
      stream,
      maxOutputTokens: request.max_output_tokens ?? undefined,
      stop: [],
      choices: 1,
      callerHints: chatHints(body),
      retryCount: retryCountOf(header),
      idempotencyKey: header('idempotency-key'),
      fingerprint,
      ...(request.parallel_tool_calls === false && { parallelToolCalls: false }),
      ...(hosted.length > 0 && { hosted }),
      ...(reasoning && { reasoning }),
    }
    const asked: ResponsesAsked = {
      request,
      model,
      stream,
      items,
      added,
      conversation: earlier.conversation,
      encrypted: request.include?.includes('reasoning.encrypted_content') ?? false,
      id: background ? `resp_${wire.id()}` : undefined,
    }
    return background ? { call, asked, detached: detachedOf(asked, wire) } : { call, asked }
  },

  head: answerHead,

  whole: (reply, asked) => JSON.stringify(finishedBody(reply, asked)),
  stream: (reply, asked) => new ResponsesStream(reply, asked),
  keep,
}
