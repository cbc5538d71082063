import type { CallRequest, ReasoningRequest, Reply } from '../../../provider/index.ts'
import { retryCountOf, type BadRequest, type Generation } from '../../service.ts'
import type { ResourceStore } from '../../resource-store.ts'
import { problemOf, shapeFor } from '../../shape.ts'
import { answerHead } from '../answer-head.ts'
import { allConversations, conversationOf, goOnWith } from '../conversations.ts'
import { invalid, isWithoutKey, openaiProblem } from '../errors.ts'
import { chatHints } from '../hints.ts'
import { allItems, withItems, type KeptItems } from '../kept-items.ts'
import { defaultEffort, effortProblem, isChatModel, isReasoningModel, maxOutputOf } from '../model-rules.ts'
import { Background } from './background.ts'
import { brokenPairIn, itemsOf, messagesOf, namelessIn } from './history.ts'
import { duplicateIn, withId, wrongIds } from './item-ids.ts'
import { finishedBody, outputOf, responseId, type ResponsesAsked } from './output.ts'
import { RESPONSES_REQUEST, type Item, type ResponsesRequest } from './request.ts'
import { allResponses, keepResponse, responseOf, type StoredResponse } from './stored.ts'
import { ResponsesStream } from './stream.ts'
import { brokenThoughtIn } from './thoughts.ts'
import { definitionsOf, hostedOf, schemaOf, strictOf, toolChoiceOf, wrongTools } from './tools.ts'

/** What a request goes on with: an answer before, a conversation, or nothing. */
interface Before {
  kept: KeptItems | undefined
  model: string | undefined
  conversation: string | undefined
}

/** States of an answer that can be gone on with. */
const WHOLE: readonly unknown[] = ['completed', 'incomplete']

function before(request: ResponsesRequest, resources: ResourceStore): Before | BadRequest {
  const { previous_response_id: previous, conversation } = request
  if (previous && conversation)
    return invalid(
      "Mutually exclusive parameters: Ensure you are only providing one of: 'previous_response_id' or 'conversation'.",
      null,
      'mutually_exclusive_parameters',
    )
  if (previous) {
    const stored = responseOf(resources, previous)
    // One that is under way, or has failed, is not there to be gone on with.
    if (!stored || !WHOLE.includes(stored.body.status))
      return invalid(
        `Previous response with id '${previous}' not found.`,
        'previous_response_id',
        'previous_response_not_found',
      )
    const kept = withItems(withItems(stored.before, stored.added), stored.output)
    return { kept, model: stored.model, conversation: undefined }
  }
  const id = typeof conversation === 'string' ? conversation : conversation?.id
  if (typeof id !== 'string') return { kept: undefined, model: undefined, conversation: undefined }
  const found = conversationOf(resources, id)
  if (!found) return { kind: 'not_found', message: `Conversation with id '${id}' not found.` }
  return { kept: found.kept, model: undefined, conversation: id }
}

/** Whether an item only names another one; the type may be left out. */
const isReference = ({ type, role, id }: Item): boolean =>
  type === 'item_reference' || (type == null && role === undefined && id !== undefined)

/** Items that are named by their id alone, as they are; one that nobody has kept is told. */
function resolved(items: readonly Item[], resources: ResourceStore): readonly Item[] | BadRequest {
  if (!items.some(isReference)) return items
  const kept = [
    ...allResponses(resources).flatMap(({ added, output }) => [...added, ...output]),
    ...allConversations(resources).flatMap((conversation) => allItems(conversation.kept)),
  ]
  const known = new Map(kept.map((item) => [item.id, item] as const))
  const found: Item[] = []
  for (const item of items) {
    const meant = isReference(item) ? known.get(item.id) : item
    if (!meant) return { kind: 'not_found', message: `Item with id '${item.id}' not found.`, param: 'input' }
    found.push(meant)
  }
  return found
}

/** The thought that came before an item which the service has given itself. */
const thoughtIn =
  (resources: ResourceStore) =>
  (id: string): string | undefined => {
    const [, reply] = /^[a-z]+_([0-9a-f]{16})/.exec(id) ?? []
    const output =
      reply === undefined ? undefined : responseOf(resources, responseId({ id: reply }, { id: undefined }))?.output
    return output?.some((item) => item.id === id) ? output.find(({ type }) => type === 'reasoning')?.id : undefined
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
  const wrongEffort = effortProblem(model, request.reasoning?.effort, 'reasoning.effort')
  if (wrongEffort) return wrongEffort
  const most = maxOutputOf(model)
  const { max_output_tokens: asked } = request
  if (asked != null && most !== undefined && asked > most)
    return invalid(
      `max_output_tokens is too large: ${asked}. This model supports at most ${most} completion tokens, whereas you provided ${asked}.`,
      'max_output_tokens',
      'invalid_value',
    )
  if (request.background && request.store === false)
    return invalid("Background mode requires 'store' to be true.", 'background')
  return wrongTools(request) ?? duplicateIn(items) ?? brokenPairIn(items)
}

function reasoningOf({ reasoning }: ResponsesRequest, model: string): ReasoningRequest | undefined {
  if (!isReasoningModel(model)) return undefined
  const effort = reasoning?.effort ?? defaultEffort(model)
  return effort === 'none' ? undefined : { effort }
}

/** Keeps an answer, so that it can be fetched, and gone on with, and lets its conversation go on. */
export function finish(id: string, response: StoredResponse, asked: ResponsesAsked, resources: ResourceStore): void {
  // What runs in the background is fetched later, whatever it says.
  if (asked.id !== undefined || (asked.request.store ?? true)) keepResponse(resources, id, response)
  if (asked.conversation !== undefined) goOnWith(resources, asked.conversation, [...response.added, ...response.output])
}

/** A whole answer, as it is kept. */
export const finishedResponse = (reply: Reply, asked: ResponsesAsked): StoredResponse => ({
  body: finishedBody(reply, asked),
  model: asked.model,
  before: asked.before,
  added: asked.added,
  output: outputOf(reply, asked) as unknown as readonly Item[],
  stop: undefined,
  events: undefined,
})

/** OpenAI Responses. */
export const create: Generation<ResponsesAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/responses',
  operation: 'responses',
  callerHints: chatHints,

  parse(wire) {
    const { provider, body, strict, fingerprint, header, resources } = wire
    if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
    const problem = problemOf(shapeFor(RESPONSES_REQUEST, strict), body)
    if (problem) return openaiProblem(problem)
    const request = body as unknown as ResponsesRequest
    const earlier = before(request, resources)
    if ('kind' in earlier) return earlier
    const model = request.model ?? earlier.model
    if (model === undefined) return missing('model')
    const given = itemsOf(request.input)
    if (given.length === 0 && !earlier.kept && !body['prompt']) return missing('input')
    const wrongId = strict ? (wrongIds(given, 'input') ?? namelessIn(given)) : undefined
    if (wrongId) return wrongId
    // Not by what is asked: who says the same twice in one conversation says two things.
    const added = resolved(
      given.map((item) => (item.id == null ? withId(item, wire.id()) : item)),
      resources,
    )
    if ('kind' in added) return added
    const items = earlier.kept ? [...allItems(earlier.kept), ...added] : added
    const wrong = strict
      ? (contradictionIn(request, model, items) ?? brokenThoughtIn(items, thoughtIn(resources)))
      : undefined
    if (wrong) return wrong
    const stream = request.stream ?? false
    const background = request.background ?? false
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
      ...strictOf(request),
      ...(request.parallel_tool_calls === false && { parallelToolCalls: false }),
      ...(hosted.length > 0 && { hosted }),
      ...(reasoning && { reasoning }),
      ...(background && { detached: true }),
      ...(request.truncation === 'auto' && { dropsOldest: true }),
    }
    const asked: ResponsesAsked = {
      request,
      model,
      stream,
      items,
      before: earlier.kept,
      added,
      createdAt: wire.now,
      conversation: earlier.conversation,
      encrypted: request.include?.includes('reasoning.encrypted_content') ?? false,
      id: background ? `resp_${wire.id()}` : undefined,
    }
    if (!background) return { call, asked }
    const { id } = asked
    return { call, asked, detached: new Background(asked, wire, (response) => finish(id!, response, asked, resources)) }
  },

  head: answerHead,

  whole: (reply, asked) => JSON.stringify(finishedBody(reply, asked)),
  stream: (reply, asked) => new ResponsesStream(reply, asked),
  keep: (reply, asked, resources) => finish(responseId(reply, asked), finishedResponse(reply, asked), asked, resources),
}
