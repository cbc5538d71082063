import type { Choice, Reply, ToolCall } from '../../provider/index.ts'
import type { MessagesAsked } from './asked.ts'
import { citationsOfSearch, type Citation } from './citations.ts'
import { DIRECT, hostedBlocks } from './hosted.ts'
import { signatureOf } from './signature.ts'

/** An id as it is told; ids of the user's own that have the prefix keep it. */
const toolId = ({ id }: ToolCall): string => (id.startsWith('toolu_') ? id : `toolu_${id}`)

/** A call of a tool, without what it is called with. */
export const calledOf = (call: ToolCall) => ({ type: 'tool_use', id: toolId(call), name: call.name, caller: DIRECT })

/** What a tool is called with; nothing where the answer was cut within it. */
function inputOf({ arguments: text }: ToolCall): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return {}
  }
}

/** Thoughts that are kept from the client. */
export const redactedOf = (thoughts: string, { id }: Reply) => ({
  type: 'redacted_thinking',
  data: signatureOf(thoughts, `redacted:${id}`),
})

function thoughtsOf(reply: Reply, thoughts: string, { thoughts: shown }: MessagesAsked): object {
  if (shown === 'redacted') return redactedOf(thoughts, reply)
  const signature = signatureOf(thoughts, reply.id)
  return { type: 'thinking', thinking: shown === 'shown' ? thoughts : '', signature }
}

/** What an answer cites. */
export const citedIn = ({ hosted }: Choice, { citations }: MessagesAsked): readonly Citation[] => [
  ...citations,
  ...citationsOfSearch(hosted ?? []),
]

/** When an answer was begun, as blocks say it. */
export const timeOf = ({ createdAt }: Reply): string => new Date(createdAt).toISOString()

/** Whether the turn was paused before the last tool of the service had its result. */
export const isPausedIn = ({ finish, hosted }: Choice, use: object): boolean =>
  finish === 'pause' && hosted?.at(-1) === use

/** The blocks of a whole answer, in the order in which they are streamed. */
export function contentOf(reply: Reply, asked: MessagesAsked): object[] {
  const [choice] = reply.choices
  const { reasoning, hosted = [], text, toolCalls } = choice
  const citations = citedIn(choice, asked)
  return [
    ...(reasoning ? [thoughtsOf(reply, reasoning, asked)] : []),
    ...hosted.flatMap((one) => {
      const { use, result } = hostedBlocks(one, timeOf(reply))
      return isPausedIn(choice, one) ? [use] : [use, result]
    }),
    ...(text === '' ? [] : [{ type: 'text', text, citations: citations.length > 0 ? citations : null }]),
    ...toolCalls.map((call) => ({ ...calledOf(call), input: inputOf(call) })),
  ]
}
