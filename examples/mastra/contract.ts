import { Mastra } from '@mastra/core'
import { Agent } from '@mastra/core/agent'
import { InMemoryStore } from '@mastra/core/storage'
import { createStep, createWorkflow } from '@mastra/core/workflows'
import { z } from 'zod'

const agent = (id: string, instructions: string) =>
  new Agent({ id, name: id, instructions, model: 'openai/gpt-4o-mini', maxRetries: 3 })

const readers = {
  prices: agent('prices', 'You read contracts for prices.'),
  dates: agent('dates', 'You read contracts for dates.'),
  duties: agent('duties', 'You read contracts for duties.'),
}
const counsel = agent('counsel', 'You advise whether to sign.')

const Contract = z.object({ text: z.string() })
const Finding = z.object({ finding: z.string() })

const reading = <Id extends keyof typeof readers>(id: Id) =>
  createStep({
    id,
    inputSchema: Contract,
    outputSchema: Finding,
    execute: async ({ inputData }) => ({ finding: (await readers[id].generate(inputData.text)).text }),
  })

const advise = createStep({
  id: 'advise',
  inputSchema: z.object({ prices: Finding, dates: Finding, duties: Finding }),
  outputSchema: z.object({ advice: z.string() }),
  execute: async ({ inputData }) => {
    const { text } = await counsel.generate(Object.values(inputData).map(({ finding }) => finding))
    return { advice: text }
  },
})

/** Waits until somebody has signed or not, however long that takes. */
const sign = createStep({
  id: 'sign',
  inputSchema: z.object({ advice: z.string() }),
  suspendSchema: z.object({ advice: z.string() }),
  resumeSchema: z.object({ signed: z.boolean() }),
  outputSchema: z.object({ advice: z.string(), signed: z.boolean() }),
  execute: async ({ inputData: { advice }, resumeData, suspend }) =>
    resumeData ? { advice, signed: resumeData.signed } : suspend({ advice }),
})

/** Three readers at once, an adviser, and a person who signs. */
const contract = createWorkflow({
  id: 'contract',
  inputSchema: Contract,
  outputSchema: z.object({ advice: z.string(), signed: z.boolean() }),
})
  .parallel([reading('prices'), reading('dates'), reading('duties')])
  .then(advise)
  .then(sign)
  .commit()

/** A process that knows the workflow, and what the store has kept of its runs. */
export const office = (storage: InMemoryStore) => new Mastra({ workflows: { contract }, storage, logger: false })
