import type { BadRequest, Resource, WireRequest } from '../service.ts'
import type { Shelf } from '../shelf.ts'
import { pageOf } from './pages.ts'
import { resource } from './resource.ts'
import type { Item } from './responses/request.ts'
import { asListed } from './responses/stored.ts'

// Source: https://platform.openai.com/docs/api-reference/conversations.

/** The kind under which conversations are kept. */
export const CONVERSATIONS = 'conversation'

/** A conversation as the service keeps it. */
export interface Conversation {
  id: string
  createdAt: number
  metadata: unknown
  items: Item[]
}

const bodyOf = ({ id, createdAt, metadata }: Conversation): object => ({
  id,
  object: 'conversation',
  created_at: Math.floor(createdAt / 1_000),
  metadata,
})

const found = (shelf: Shelf, id: string): Conversation | BadRequest =>
  shelf.get<Conversation>(CONVERSATIONS, id) ?? {
    kind: 'not_found',
    message: `Conversation with id '${id}' not found.`,
  }

const withConversation = ({ shelf, params }: WireRequest, answer: (conversation: Conversation) => object): object => {
  const conversation = found(shelf, params['conversation']!)
  return 'kind' in conversation ? conversation : answer(conversation)
}

/** Items of a request, each with an id. */
const itemsIn = ({ body, id }: WireRequest): Item[] =>
  (Array.isArray(body['items']) ? (body['items'] as Item[]) : []).map((item) => ({ id: `msg_${id()}`, ...item }))

/** What may be asked of conversations. */
export const conversations: readonly Resource[] = [
  resource('POST', '/conversations', 'conversations.create', (request, desk) => {
    const conversation: Conversation = {
      id: `conv_${desk.id()}`,
      createdAt: desk.now(),
      metadata: request.body['metadata'] ?? {},
      items: itemsIn(request),
    }
    request.shelf.put(CONVERSATIONS, conversation.id, conversation)
    return bodyOf(conversation)
  }),
  resource('GET', '/conversations/{conversation}', 'conversations.retrieve', (request) =>
    withConversation(request, bodyOf),
  ),
  resource('POST', '/conversations/{conversation}', 'conversations.update', (request) =>
    withConversation(request, (conversation) => {
      conversation.metadata = request.body['metadata'] ?? {}
      return bodyOf(conversation)
    }),
  ),
  resource('DELETE', '/conversations/{conversation}', 'conversations.delete', (request) =>
    withConversation(request, ({ id }) => {
      request.shelf.remove(CONVERSATIONS, id)
      return { id, object: 'conversation.deleted', deleted: true }
    }),
  ),
  resource('GET', '/conversations/{conversation}/items', 'conversations.items', (request) =>
    withConversation(request, ({ items }) => pageOf(items.map(asListed), request)),
  ),
  resource('POST', '/conversations/{conversation}/items', 'conversations.items.create', (request) =>
    withConversation(request, ({ items }) => {
      const added = itemsIn(request)
      items.push(...added)
      return pageOf(added.map(asListed), { query: new URLSearchParams({ order: 'asc', limit: '100' }) })
    }),
  ),
  resource('GET', '/conversations/{conversation}/items/{item}', 'conversations.items.retrieve', (request) =>
    withConversation(request, ({ items }) => {
      const item = items.find(({ id }) => id === request.params['item'])
      return item
        ? asListed(item)
        : { kind: 'not_found', message: `Item with id '${request.params['item']}' not found.` }
    }),
  ),
  resource('DELETE', '/conversations/{conversation}/items/{item}', 'conversations.items.delete', (request) =>
    withConversation(request, (conversation) => {
      conversation.items = conversation.items.filter(({ id }) => id !== request.params['item'])
      return bodyOf(conversation)
    }),
  ),
]
