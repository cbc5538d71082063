import type { BadRequest, Resource, WireRequest } from '../service.ts'
import type { ResourceStore } from '../resource-store.ts'
import { problemOf, shapeFor, type Shape } from '../shape.ts'
import { openaiProblem } from './errors.ts'
import { allItems, withItems, type KeptItems } from './kept-items.ts'
import { pageOf } from './pages.ts'
import { resource } from './resource.ts'
import { withId, wrongIds } from './responses/item-ids.ts'
import { INPUT_ITEM, type Item } from './responses/request.ts'
import { asListed } from './responses/stored.ts'

// Source: https://platform.openai.com/docs/api-reference/conversations.

/** The kind under which conversations are kept. */
const CONVERSATIONS = 'conversation'

/** A conversation as the service keeps it. */
export interface Conversation {
  id: string
  createdAt: number
  metadata: unknown
  kept: KeptItems | undefined
}

/** Items that a conversation is begun with, or gets at once. */
const ITEMS = { type: 'array', items: INPUT_ITEM, most: 20 } as const
const METADATA: Shape = { type: 'object', fields: {}, open: true }
const CREATED: Shape = { type: 'object', fields: { items: ITEMS, metadata: METADATA } }
const UPDATED: Shape = { type: 'object', fields: { metadata: { ...METADATA, required: true } } }
const ADDED: Shape = { type: 'object', fields: { items: { ...ITEMS, required: true } } }

/** A conversation that is kept. */
export const conversationOf = (resources: ResourceStore, id: string): Conversation | undefined =>
  resources.get<Conversation>(CONVERSATIONS, id)

/** All that are kept, the oldest first. */
export const allConversations = (resources: ResourceStore): Conversation[] => resources.all<Conversation>(CONVERSATIONS)

function keepConversation(resources: ResourceStore, conversation: Conversation): void {
  resources.put(CONVERSATIONS, conversation.id, conversation, conversation.kept?.bytes ?? 0)
}

/** Puts items behind a conversation, if it is still there. */
export function goOnWith(resources: ResourceStore, id: string, items: readonly Item[]): void {
  const conversation = conversationOf(resources, id)
  if (!conversation) return
  conversation.kept = withItems(conversation.kept, items)
  keepConversation(resources, conversation)
}

const bodyOf = ({ id, createdAt, metadata }: Conversation): object => ({
  id,
  object: 'conversation',
  created_at: Math.floor(createdAt / 1_000),
  metadata,
})

const found = (resources: ResourceStore, id: string): Conversation | BadRequest =>
  conversationOf(resources, id) ?? {
    kind: 'not_found',
    message: `Conversation with id '${id}' not found.`,
  }

const withConversation = (
  { resources, params }: WireRequest,
  answer: (conversation: Conversation) => object,
): object => {
  const conversation = found(resources, params['conversation']!)
  return 'kind' in conversation ? conversation : answer(conversation)
}

/** Items of a request, each with an id. */
function itemsIn({ body, strict, id }: WireRequest): readonly Item[] | BadRequest {
  const items = (body['items'] ?? []) as readonly Item[]
  return (strict && wrongIds(items, 'items')) || items.map((item) => withId(item, id()))
}

/** What is wrong with the fields of a request. */
function problemIn({ body, strict }: WireRequest, shape: Shape): BadRequest | undefined {
  const problem = problemOf(shapeFor(shape, strict), body)
  return problem && openaiProblem(problem)
}

/** What may be asked of conversations. */
export const conversations: readonly Resource[] = [
  resource('POST', '/conversations', 'conversations.create', (request, context) => {
    const items = problemIn(request, CREATED) ?? itemsIn(request)
    if ('kind' in items) return items
    const conversation: Conversation = {
      id: `conv_${context.id()}`,
      createdAt: context.now(),
      metadata: request.body['metadata'] ?? {},
      kept: withItems(undefined, items),
    }
    keepConversation(request.resources, conversation)
    return bodyOf(conversation)
  }),
  resource('GET', '/conversations/{conversation}', 'conversations.retrieve', (request) =>
    withConversation(request, bodyOf),
  ),
  resource('POST', '/conversations/{conversation}', 'conversations.update', (request) =>
    withConversation(request, (conversation) => {
      const problem = problemIn(request, UPDATED)
      if (problem) return problem
      conversation.metadata = request.body['metadata'] ?? {}
      return bodyOf(conversation)
    }),
  ),
  resource('DELETE', '/conversations/{conversation}', 'conversations.delete', (request) =>
    withConversation(request, ({ id }) => {
      request.resources.remove(CONVERSATIONS, id)
      return { id, object: 'conversation.deleted', deleted: true }
    }),
  ),
  resource('GET', '/conversations/{conversation}/items', 'conversations.items', (request) =>
    withConversation(request, ({ kept }) => pageOf(allItems(kept).map(asListed), request)),
  ),
  resource('POST', '/conversations/{conversation}/items', 'conversations.items.create', (request) =>
    withConversation(request, ({ id }) => {
      const added = problemIn(request, ADDED) ?? itemsIn(request)
      if ('kind' in added) return added
      goOnWith(request.resources, id, added)
      return pageOf(added.map(asListed), { query: new URLSearchParams({ order: 'asc', limit: '100' }) })
    }),
  ),
  resource('GET', '/conversations/{conversation}/items/{item}', 'conversations.items.retrieve', (request) =>
    withConversation(request, ({ kept }) => {
      const item = allItems(kept).find(({ id }) => id === request.params['item'])
      return item
        ? asListed(item)
        : { kind: 'not_found', message: `Item with id '${request.params['item']}' not found.` }
    }),
  ),
  resource('DELETE', '/conversations/{conversation}/items/{item}', 'conversations.items.delete', (request) =>
    withConversation(request, (conversation) => {
      const left = allItems(conversation.kept).filter(({ id }) => id !== request.params['item'])
      conversation.kept = withItems(undefined, left)
      keepConversation(request.resources, conversation)
      return bodyOf(conversation)
    }),
  ),
]
