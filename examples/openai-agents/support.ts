import { Agent, run, RunState, tool, type RunResult } from '@openai/agents'
import { z } from 'zod'

const invoice = tool({
  name: 'look_up_invoice',
  description: 'Gives an invoice.',
  parameters: z.object({ number: z.string() }),
  execute: async ({ number }) => `Invoice ${number}: $120, paid twice.`,
})

/** What has been paid back, by invoice. */
export const refunds: string[] = []

const refund = tool({
  name: 'refund',
  description: 'Pays an invoice back.',
  parameters: z.object({ number: z.string() }),
  needsApproval: true,
  execute: async ({ number }) => {
    refunds.push(number)
    return `Invoice ${number} is paid back.`
  },
})

const billing = new Agent({
  name: 'billing',
  instructions: 'You answer questions on invoices.',
  handoffDescription: 'Knows all about invoices.',
  tools: [invoice, refund],
})
const technical = new Agent({
  name: 'technical',
  instructions: 'You answer questions on devices.',
  handoffDescription: 'Knows all about devices.',
})
const triage = Agent.create({
  name: 'triage',
  instructions: 'You find out who can help, and hand over.',
  handoffs: [billing, technical],
})
// Who cannot help gives the question back.
billing.handoffs.push(triage)
technical.handoffs.push(triage)

/** An answer and whose it is, or a state that waits for somebody to approve a refund. */
export type Step = { answer: string; by: string } | { waits: string }

function stepOf(result: RunResult<any, any>): Step {
  if (result.interruptions.length > 0) return { waits: result.state.toString() }
  return { answer: String(result.finalOutput), by: result.lastAgent?.name ?? '' }
}

/** Asks the desk. */
export const ask = async (question: string): Promise<Step> => stepOf(await run(triage, question))

/** Goes on with what has waited for an approval, as another process would. */
export async function approve(waits: string): Promise<Step> {
  const state = await RunState.fromString(triage, waits)
  for (const interruption of state.getInterruptions()) state.approve(interruption)
  return stepOf(await run(triage, state))
}
