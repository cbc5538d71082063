import type { Reply } from '../../../provider/index.ts'
import type { BadRequest, Resource, WireRequest } from '../../service.ts'
import type { ResourceStore } from '../../resource-store.ts'
import { pageOf } from '../pages.ts'
import { resource } from '../resource.ts'
import { completionOf, type ChatAsked } from './answer.ts'
import type { ChatMessage } from './request.ts'

// Source: https://platform.openai.com/docs/api-reference/chat/list.

const CHATS = 'chat.completion'

/** A chat that the service keeps, as the request has asked for. */
interface StoredChat {
  body: Record<string, unknown> & { id: string; metadata: unknown; model: string }
  messages: readonly ChatMessage[]
}

/** Keeps an answer, so that it can be fetched. */
export function keepChat(reply: Reply, asked: ChatAsked, resources: ResourceStore): void {
  if (!asked.stored) return
  const { messages, metadata } = asked.stored
  const body = { ...completionOf(reply, asked), metadata } as unknown as StoredChat['body']
  resources.put(CHATS, body.id, { body, messages } satisfies StoredChat, JSON.stringify([body, messages]).length)
}

function withChat({ resources, params }: WireRequest, answer: (chat: StoredChat) => object): object {
  const chat = resources.get<StoredChat>(CHATS, params['completion']!)
  return chat
    ? answer(chat)
    : ({
        kind: 'not_found',
        message: `No chat completion found with id '${params['completion']}'.`,
      } satisfies BadRequest)
}

/** What may be asked of chats that are kept. */
export const storedChats: readonly Resource[] = [
  resource('GET', '/chat/completions', 'chat.completions.list', (request) => {
    const model = request.query.get('model')
    const bodies = request.resources.all<StoredChat>(CHATS).map(({ body }) => body)
    return pageOf(model === null ? bodies : bodies.filter((body) => body.model === model), request, { order: 'asc' })
  }),
  resource('GET', '/chat/completions/{completion}', 'chat.completions.retrieve', (request) =>
    withChat(request, ({ body }) => body),
  ),
  resource('POST', '/chat/completions/{completion}', 'chat.completions.update', (request) =>
    withChat(request, ({ body }) => {
      body.metadata = request.body['metadata'] ?? null
      return body
    }),
  ),
  resource('DELETE', '/chat/completions/{completion}', 'chat.completions.delete', (request) =>
    withChat(request, ({ body: { id } }) => {
      request.resources.remove(CHATS, id)
      return { id, object: 'chat.completion.deleted', deleted: true }
    }),
  ),
  resource('GET', '/chat/completions/{completion}/messages', 'chat.completions.messages', (request) =>
    withChat(request, ({ body, messages }) =>
      pageOf(
        messages.map((message, index) => ({ ...message, id: `${body.id}-${index}` })),
        request,
        { order: 'asc' },
      ),
    ),
  ),
]
