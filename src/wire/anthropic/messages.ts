import type { Generation } from '../service.ts'
import { askedOf, type MessagesAsked } from './asked.ts'
import { contentOf } from './content.ts'
import { messageOf, stopOf, usageOf } from './envelope.ts'
import { commonHeaders } from './errors.ts'
import type { MessagesRequest } from './messages-request.ts'
import { MessagesStream } from './stream.ts'
import { callOf, credentialsProblem, requestProblem } from './translate.ts'

/** What a request says of its sender. */
const messagesHints = ({ metadata }: Readonly<Record<string, unknown>>): string[] => {
  const { user_id: user } = (metadata ?? {}) as Record<string, unknown>
  return typeof user === 'string' ? [user] : []
}

/** Anthropic Messages. */
export const messages: Generation<MessagesAsked> = {
  kind: 'generation',
  method: 'POST',
  path: '/v1/messages',
  operation: 'messages',
  callerHints: messagesHints,

  parse(wire) {
    const problem = credentialsProblem(wire) ?? requestProblem(wire, wire.body)
    if (problem) return problem
    const request = wire.body as unknown as MessagesRequest
    return { call: callOf(wire, request, messagesHints(wire.body)), asked: askedOf(request, wire) }
  },

  head: (reply, limits, { stream }) => ({
    status: 200,
    headers: {
      'content-type': stream ? 'text/event-stream; charset=utf-8' : 'application/json',
      ...commonHeaders(reply.id, limits),
    },
  }),

  whole: (reply, asked) =>
    JSON.stringify({
      ...messageOf(reply, asked, contentOf(reply, asked)),
      ...stopOf(reply, asked),
      usage: usageOf(reply, asked),
    }),

  stream: (reply, asked) => new MessagesStream(reply, asked),
}
