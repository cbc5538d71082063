import { openai } from '@ai-sdk/openai'
import { generateText, isStepCount, Output, streamText, tool, ToolLoopAgent } from 'ai'
import { z } from 'zod'

/** What each researcher looks into. */
export const FIELDS = ['market', 'law', 'technology'] as const

/** How long a researcher may take with all its steps. */
const PATIENCE_MS = 90_000

const search = tool({
  description: 'Searches the archive of past briefs.',
  inputSchema: z.object({ query: z.string() }),
  execute: async ({ query }) => `Two briefs mention ${query}.`,
})

const researcher = (field: string) =>
  new ToolLoopAgent({
    model: openai('gpt-4o-mini'),
    instructions: `You are the ${field} researcher. Search before you answer.`,
    tools: { search },
    stopWhen: isStepCount(6),
  })

interface Note {
  field: string
  text: string
}

/** What the researchers have found within their time; who failed or was too late is left out. */
async function research(topic: string): Promise<Note[]> {
  const found = await Promise.allSettled(
    FIELDS.map(async (field) => {
      const { text } = await researcher(field).generate({ prompt: topic, timeout: PATIENCE_MS })
      return { field, text }
    }),
  )
  return found.filter(({ status }) => status === 'fulfilled').map((one) => (one as PromiseFulfilledResult<Note>).value)
}

async function write(topic: string, notes: readonly Note[], wish: string): Promise<string> {
  const { textStream, finishReason } = streamText({
    model: openai('gpt-4o-mini'),
    instructions: 'You are the writer. You make a brief of notes.',
    prompt: [topic, ...notes.map(({ field, text }) => `${field}: ${text}`), wish].join('\n\n'),
  })
  let brief = ''
  for await (const part of textStream) brief += part
  const reason = await finishReason
  if (reason !== 'stop') throw new Error(`The brief breaks off (${reason}): ${brief}`)
  return brief
}

const Verdict = z.object({ accepted: z.boolean(), wish: z.string() })

async function review(brief: string): Promise<z.infer<typeof Verdict>> {
  const { output } = await generateText({
    model: openai('gpt-4o-mini'),
    instructions: 'You are the reviewer. You say what a brief lacks.',
    prompt: brief,
    output: Output.object({ schema: Verdict }),
  })
  return output
}

/** Three researchers at once, a writer that streams, and a reviewer that may send the brief back twice. */
export async function makeBrief(topic: string) {
  const notes = await research(topic)
  if (notes.length === 0) throw new Error('Nobody has found anything.')
  let brief = await write(topic, notes, '')
  for (let round = 1; round <= 2; round++) {
    const { accepted, wish } = await review(brief)
    if (accepted) break
    brief = await write(topic, notes, wish)
  }
  return { brief, fields: notes.map(({ field }) => field) }
}
