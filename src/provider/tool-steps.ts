import type { Message } from './call.ts'

/** Steps of which a loop may consist. */
const MAX_STEPS = 3

/** What the messages of a request end with again and again. */
export interface RepeatedSteps {
  /** The tools that were called, in the order of their calls. */
  tools: readonly string[]
  /** How many times in a row, at least 2. */
  times: number
}

/** What a model called, and what it got: messages from one place on and before another. */
interface Step {
  from: number
  to: number
  calls: Message['toolCalls']
}

/**
 * The tool calls with which messages end again and again: the same tools with the same arguments and the same results,
 * one step or a few in turn.
 */
export function repeatedSteps(messages: readonly Message[]): RepeatedSteps | undefined {
  const steps: (Step | undefined)[] = []
  /** The nth step from the end. */
  const step = (nth: number): Step | undefined => {
    while (steps.length <= nth)
      steps.push(stepBefore(messages, steps.length === 0 ? messages.length : steps.at(-1)?.from))
    return steps[nth]
  }
  for (let length = 1; length <= MAX_STEPS; length++) {
    let same = 0
    while (areSame(messages, step(same), step(same + length))) same += 1
    const times = 1 + Math.floor(same / length)
    if (times > 1) {
      const once = steps.slice(0, length).toReversed()
      return { tools: once.flatMap((each) => each!.calls.map(({ name }) => name)), times }
    }
  }
  return undefined
}

/** The step that ends before a place: calls of tools, and their results. */
function stepBefore(messages: readonly Message[], to: number | undefined): Step | undefined {
  if (to === undefined) return undefined
  let results = to
  while (messages[results - 1]?.role === 'tool') results -= 1
  if (results === to) return undefined
  let from = results
  while (messages[from - 1]?.role === 'assistant') from -= 1
  const calls = messages.slice(from, results).flatMap(({ toolCalls }) => toolCalls)
  return calls.length > 0 ? { from: from, to, calls } : undefined
}

/** Whether two steps call the same, and got the same. What a model says beside its calls does not matter. */
function areSame(messages: readonly Message[], one: Step | undefined, other: Step | undefined): boolean {
  if (!one || !other || one.calls.length !== other.calls.length) return false
  const isSameCall = ({ name, arguments: given }: Message['toolCalls'][number], nth: number): boolean =>
    other.calls[nth]!.name === name && other.calls[nth]!.arguments === given
  if (!one.calls.every(isSameCall)) return false
  for (let back = 1; ; back++) {
    const [result, before] = [messages[one.to - back], messages[other.to - back]]
    const isOver = result?.role !== 'tool'
    if (isOver || before?.role !== 'tool') return isOver && before?.role !== 'tool'
    if (result.text !== before.text || result.mediaTokens !== before.mediaTokens) return false
  }
}
