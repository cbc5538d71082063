import type { CallRequest } from './call.ts'
import type { ReplySpec } from './reply-rules.ts'

type Asked = Pick<CallRequest, 'toolChoice' | 'parallelToolCalls' | 'tools'>

/** Tools that the request offers and does not let the model call. */
function isBarred({ toolChoice, tools }: Asked, name: string): boolean {
  switch (toolChoice.kind) {
    case 'none':
      return true
    case 'tool':
      return name !== toolChoice.name && tools.some((tool) => tool.name === name)
    case 'auto':
    case 'required':
      return (
        toolChoice.among !== undefined && !toolChoice.among.includes(name) && tools.some((tool) => tool.name === name)
      )
    default:
      return toolChoice satisfies never
  }
}

/**
 * What of the calls that are set up the request lets a model make: none, some of its tools, or one at a time. A call of a tool that is
 * not offered stays, and is told of as a mistake of the set-up.
 */
export function callsAllowed(
  request: Asked,
  calls: NonNullable<ReplySpec['toolCalls']>,
): NonNullable<ReplySpec['toolCalls']> {
  const free = calls.some(({ name }) => isBarred(request, name))
    ? calls.filter(({ name }) => !isBarred(request, name))
    : calls
  return request.parallelToolCalls === false && free.length > 1 ? free.slice(0, 1) : free
}
