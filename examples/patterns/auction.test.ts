import { join } from 'node:path'
import { describeOrchestration, never } from 'longhaul'

const pattern = join(import.meta.dirname, 'auction.yaml')
const bid = (price: unknown) => ({ json: { price } })
const replies = [
  { agent: 'bidder_1', reply: [bid(50), bid(30), { json: {} }] },
  { agent: 'bidder_2', reply: [bid('cheap'), bid(-5), bid(null)] },
  { agent: 'bidder_3', reply: [bid(40), { text: 'I stay out.' }, bid(30)] },
]

describeOrchestration('an auction', { pattern, provider: { latency: '3s', failRate: 0, replies } }, (test) => {
  test('ends when nobody goes lower, and takes no bid that is no price', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome).toHaveCompleted()
    expect(outcome.result!.result).toEqual({ winner: 'bidder_1', price: 30, rounds: 3 })
    expect(outcome).toHaveCalls(9)
  })
})

describeOrchestration(
  'an auction that nobody answers',
  { pattern, provider: { latency: never(), failRate: 0 } },
  (test) => {
    test('fails, and says where', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveFailedWith(/does not hold/)
      expect(String(outcome.error)).toContain('assertion: ASSERT best.agent != null does not hold.')
    })
  },
)
