import { join } from 'node:path'
import { describeOrchestration, never } from 'longhaul'

const pattern = join(import.meta.dirname, 'quorum.yaml')
const yes = { reply: { json: { vote: 'Yes' } } }
const no = { agent: 'member_2', reply: { json: { vote: 'no' } } }
const silent = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { latency: never() }]))

describeOrchestration(
  'a quorum',
  { pattern, provider: { latency: '4s', failRate: 0, replies: [no, yes], agents: silent('member_5') } },
  (test) => {
    test('carries a motion though a member is silent', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({ decision: 'carried', yes: 3, no: 1, missing: ['member_5'] })
    })
  },
)

describeOrchestration(
  'a vote without a quorum',
  {
    pattern,
    provider: { latency: '4s', failRate: 0, replies: [no, yes], agents: silent('member_3', 'member_4', 'member_5') },
  },
  (test) => {
    test('is put off, with the votes that came', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({
        decision: 'put off',
        why: 'no quorum: timeout',
        yes: 1,
        no: 1,
        missing: ['member_3', 'member_4', 'member_5'],
      })
    })
  },
)
