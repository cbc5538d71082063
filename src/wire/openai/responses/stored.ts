import type { BadRequest, Resource, Streamed, WireRequest } from '../../service.ts'
import type { Feed } from '../../feed.ts'
import type { ResourceStore } from '../../resource-store.ts'
import { commonHeaders, invalid } from '../errors.ts'
import { allItems, bytesOf, type KeptItems } from '../kept-items.ts'
import { pageOf } from '../pages.ts'
import { resource } from '../resource.ts'
import type { ResponseStatus } from './output.ts'
import type { ContentPart, Item } from './request.ts'

/** The kind under which responses are kept. */
const RESPONSES = 'response'

/** A response as the service keeps it. */
export interface StoredResponse {
  body: Record<string, unknown> & { status?: ResponseStatus }
  model: string
  /** What the conversation had before the request. */
  before: KeptItems | undefined
  /** The items that the request itself has brought. */
  added: readonly Item[]
  output: readonly Item[]
  /** Ends the call, where it is under way in the background. */
  stop: (() => void) | undefined
  /** The events of one that was asked for in the background, and as a stream. */
  events: Feed | undefined
}

/** Keeps a response, as it is by now. */
export function keepResponse(resources: ResourceStore, id: string, response: StoredResponse): void {
  const { added, output, events } = response
  resources.put(RESPONSES, id, response, bytesOf(added) + 2 * bytesOf(output) + (events?.bytes ?? 0))
}

/** Keeps a response no more. */
export const forgetResponse = (resources: ResourceStore, id: string): boolean => resources.remove(RESPONSES, id)

/** A response that is kept. */
export const responseOf = (resources: ResourceStore, id: string): StoredResponse | undefined =>
  resources.get<StoredResponse>(RESPONSES, id)

/** All that are kept, the oldest first. */
export const allResponses = (resources: ResourceStore): StoredResponse[] => resources.all<StoredResponse>(RESPONSES)

const withStored = (
  { resources, params }: WireRequest,
  answer: (stored: StoredResponse, id: string) => object,
): object => {
  const id = params['response']!
  const stored = responseOf(resources, id)
  return stored
    ? answer(stored, id)
    : ({
        kind: 'not_found',
        message: `Response with id '${id}' not found.`,
        param: null,
        code: null,
      } satisfies BadRequest)
}

/** The events of a response from one of them on, those to come too. */
function eventsOf({ body, events }: StoredResponse, query: URLSearchParams, requestId: string): Streamed | BadRequest {
  if (!events) {
    const how = body['background'] === true ? 'stream=true' : 'background=true'
    return invalid(
      `This response cannot be streamed because it was not created with ${how}.`,
      'stream',
      'invalid_request_error',
    )
  }
  const after = query.get('starting_after')
  if (after !== null && !/^\d+$/.test(after))
    return invalid(
      `Invalid type for 'starting_after': expected an integer, but got '${after}' instead.`,
      'starting_after',
      'invalid_type',
    )
  return {
    feed: events,
    from: after === null ? 0 : Number(after) + 1,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', ...commonHeaders(requestId, {}) },
  }
}

/** What may be asked of responses that are kept. */
export const stored: readonly Resource[] = [
  resource('GET', '/responses/{response}', 'responses.retrieve', (request, context) =>
    withStored(request, (response) =>
      request.query.get('stream') === 'true' ? eventsOf(response, request.query, context.id()) : response.body,
    ),
  ),
  resource('DELETE', '/responses/{response}', 'responses.delete', (request) =>
    withStored(request, ({ stop, events }, id) => {
      if (stop) {
        stop()
        // Who reads them still waits for the next one.
        events?.end()
      }
      forgetResponse(request.resources, id)
      return { id, object: 'response', deleted: true }
    }),
  ),
  resource('POST', '/responses/{response}/cancel', 'responses.cancel', (request) =>
    withStored(request, (response) => {
      if (response.body['background'] !== true) return invalid('Cannot cancel a synchronous response.')
      if (response.stop) {
        response.stop()
        response.stop = undefined
        response.body = { ...response.body, status: 'cancelled' }
        response.events?.end()
      }
      return response.body
    }),
  ),
  resource('GET', '/responses/{response}/input_items', 'responses.input_items', (request) =>
    withStored(request, ({ before, added }) => pageOf([...allItems(before), ...added].map(asListed), request)),
  ),
]

/** Kinds of items that have a status wherever they are listed. */
const WITH_STATUS = /_call(_output)?$/

const partsOf = ({ role, content = [] }: Item): ContentPart[] => {
  const parts: ContentPart[] =
    typeof content === 'string'
      ? [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: content }]
      : content
  return parts.map((part) => (part?.type === 'output_text' ? { annotations: [], ...part } : part))
}

/** An item of an input as lists show it: its content in parts, and what the service fills in. */
export function asListed(item: Item): Item {
  if (item.type == null || item.type === 'message')
    return { ...item, type: 'message', status: item.status ?? 'completed', content: partsOf(item) }
  return WITH_STATUS.test(item.type) ? { ...item, status: item.status ?? 'completed' } : item
}
