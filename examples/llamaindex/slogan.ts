import { openai } from '@llamaindex/openai'
import { createStatefulMiddleware, createWorkflow, workflowEvent } from '@llamaindex/workflow'

export const WRITERS = ['plain', 'funny', 'bold'] as const

interface Draft {
  writer: string
  /** Nothing of a writer that has failed. */
  text: string | undefined
}

const asked = workflowEvent<{ product: string }>()
const wanted = workflowEvent<{ product: string; writer: string }>()
const drafted = workflowEvent<Draft>()
const proposed = workflowEvent<{ slogan: string }>()
const failed = workflowEvent<{ reason: string }>()
const decided = workflowEvent<{ approved: boolean }>()
const ended = workflowEvent<{ slogan: string; approved: boolean }>()

// By default it asks eleven times, a minute each.
const llm = openai({ model: 'gpt-4o-mini', maxRetries: 2 })

async function say(system: string, question: string): Promise<string> {
  const { message } = await llm.chat({
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: question },
    ],
  })
  return String(message.content)
}

const { withState } = createStatefulMiddleware(() => ({ drafts: [] as Draft[], slogan: '' }))

/** Three writers at once, a judge, and a person who decides. A handler that throws ends nothing, so none of these does. */
const workflow = withState(createWorkflow())

workflow.handle([asked], ({ sendEvent }, { data: { product } }) => {
  for (const writer of WRITERS) sendEvent(wanted.with({ product, writer }))
})
workflow.handle([wanted], async (_, { data: { product, writer } }) => {
  const text = await say(`You write ${writer} slogans.`, product).catch(() => undefined)
  return drafted.with({ writer, text })
})
workflow.handle([drafted], async ({ state }, { data }) => {
  state.drafts.push(data)
  if (state.drafts.length < WRITERS.length) return
  const there = state.drafts.filter(({ text }) => text !== undefined)
  if (there.length === 0) return failed.with({ reason: 'Nobody has written anything.' })
  try {
    state.slogan = await say('You choose the best slogan.', there.map(({ text }) => text).join('\n'))
    return proposed.with({ slogan: state.slogan })
  } catch (error) {
    return failed.with({ reason: String(error) })
  }
})
workflow.handle([decided], ({ state }, { data }) => ended.with({ slogan: state.slogan, approved: data.approved }))

/** Asks for a slogan; what comes back is to be kept until somebody has decided. */
export async function propose(product: string): Promise<string> {
  const { sendEvent, stream, snapshot } = workflow.createContext()
  sendEvent(asked.with({ product }))
  const events = await stream.until((event) => proposed.include(event) || failed.include(event)).toArray()
  const last = events.at(-1)
  if (failed.include(last)) throw new Error(`There is no slogan: ${last.data.reason}`)
  return JSON.stringify(await snapshot())
}

/** Goes on with what was kept, as another process would. */
export async function decide(kept: string, approved: boolean): Promise<{ slogan: string; approved: boolean }> {
  const { sendEvent, stream } = workflow.resume(JSON.parse(kept))
  sendEvent(decided.with({ approved }))
  const events = await stream.until(ended).toArray()
  const last = events.at(-1)
  if (!ended.include(last)) throw new Error('The workflow has ended without a decision.')
  return last.data
}
