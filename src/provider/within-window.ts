import type { CallRequest } from './call.ts'
import type { Model } from './models.ts'
import { promptTokens, tokenizerFor } from './tokens.ts'

/**
 * A prompt that its model's window holds: the oldest messages are dropped, and the results of calls that went with them. Instructions
 * stay, and so does the newest message, which alone may still be too long.
 */
export function withinWindow(
  request: CallRequest,
  { id, contextWindow }: Pick<Model, 'id' | 'contextWindow'>,
): CallRequest {
  const { messages } = request
  const upTo = promptTokens(request, tokenizerFor(request.provider, id))
  let over = (upTo.at(-1) ?? 0) - contextWindow
  if (over <= 0) return request
  const kept: CallRequest['messages'][number][] = []
  let isDropping = true
  for (const [index, message] of messages.entries()) {
    const isLast = index === messages.length - 1
    isDropping &&= !isLast && (over > 0 || message.role === 'tool' || message.role === 'system')
    if (!isDropping || message.role === 'system') kept.push(message)
    else over -= upTo[index]! - (upTo[index - 1] ?? 0)
  }
  if (kept.length === messages.length) return request
  // With the first message more was counted off than its own tokens, and of a long prompt the tokens are estimated.
  return withinWindow({ ...request, messages: kept }, { id, contextWindow })
}
