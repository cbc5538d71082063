import type { BadRequest, Resource, WireRequest } from '../../service.ts'
import type { Shelf } from '../../shelf.ts'
import { invalid } from '../errors.ts'
import { pageOf } from '../pages.ts'
import { resource } from '../resource.ts'
import type { Item } from './request.ts'

/** The kind under which responses are kept. */
export const RESPONSES = 'response'

/** A response as the service keeps it. */
export interface StoredResponse {
  body: Record<string, unknown>
  model: string
  /** All items of the conversation before the answer. */
  items: readonly Item[]
  /** The items that the request itself has brought. */
  added: readonly Item[]
  output: readonly Item[]
  /** Ends the call, where it is under way in the background. */
  stop: (() => void) | undefined
}

const found = (shelf: Shelf, id: string): StoredResponse | BadRequest =>
  shelf.get<StoredResponse>(RESPONSES, id) ?? {
    kind: 'not_found',
    message: `Response with id '${id}' not found.`,
    param: null,
    code: null,
  }

const withStored = ({ shelf, params }: WireRequest, answer: (stored: StoredResponse, id: string) => object): object => {
  const id = params['response']!
  const stored = found(shelf, id)
  return 'kind' in stored ? stored : answer(stored, id)
}

/** What may be asked of responses that are kept. */
export const stored: readonly Resource[] = [
  resource('GET', '/responses/{response}', 'responses.retrieve', (request) => withStored(request, ({ body }) => body)),
  resource('DELETE', '/responses/{response}', 'responses.delete', (request) =>
    withStored(request, ({ stop }, id) => {
      stop?.()
      request.shelf.remove(RESPONSES, id)
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
      }
      return response.body
    }),
  ),
  resource('GET', '/responses/{response}/input_items', 'responses.input_items', (request) =>
    withStored(request, ({ items }) => pageOf(items.map(asListed), request)),
  ),
]

/** An item of an input as lists show it: its content in parts. */
export const asListed = (item: Item): Item =>
  item.type === undefined || item.type === 'message'
    ? {
        ...item,
        type: 'message',
        status: item.status ?? 'completed',
        content:
          typeof item.content === 'string'
            ? [{ type: item.role === 'assistant' ? 'output_text' : 'input_text', text: item.content }]
            : (item.content ?? []),
      }
    : item
