import { join } from 'node:path'
import { describeOrchestration } from 'longhaul'

const pattern = join(import.meta.dirname, 'reviewer-loop.yaml')
const heard: string[] = []
const writer = {
  agent: 'writer',
  reply: ({ prompt, turn }: { prompt: string; turn: number }) => {
    heard.push(prompt)
    return `Draft ${turn}`
  },
}
const refused = { json: { approved: false, comment: 'Say when.' } }
const provider = (...reviews: (string | object)[]) => ({
  latency: '10s' as const,
  failRate: 0,
  replies: [writer, { agent: 'reviewer', reply: reviews }],
})

describeOrchestration(
  'a reviewer loop',
  { pattern, provider: provider(refused, 'No.', { json: { approved: true } }) },
  (test) => {
    test('goes on until the draft is approved, and the writer hears the comments', async ({ run, expect }) => {
      heard.length = 0
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({ text: 'Draft 3', rounds: 3, approved: true })
      expect(heard).toEqual(['Write a first draft.', 'Change this: Say when.', 'Change this: No.'])
    })
  },
)

describeOrchestration('a reviewer who never approves', { pattern, provider: provider(refused) }, (test) => {
  test('ends after its rounds, with the last draft', async ({ run, expect }) => {
    const outcome = await run({ vars: { max_rounds: 2 } })
    expect(outcome).toHaveCompleted()
    expect(outcome.result!.result).toEqual({ text: 'Draft 2', rounds: 2, approved: false })
  })
})
