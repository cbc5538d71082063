import { join } from 'node:path'
import { describeOrchestration } from 'longhaul'

const pattern = join(import.meta.dirname, 'negotiation.yaml')
const offers = (agent: string, ...prices: (number | object | string)[]) => ({
  agent,
  reply: prices.map((price) => (typeof price === 'number' ? { json: { offer: price } } : price)),
})
const provider = (...replies: ReturnType<typeof offers>[]) => ({ latency: '3s' as const, failRate: 0, replies })

describeOrchestration(
  'a negotiation',
  { pattern, provider: provider(offers('buyer', 100, 120, 140), offers('seller', 200, 160, 135)) },
  (test) => {
    test('ends in the middle as soon as the offers meet', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({ agreed: true, price: 137.5, rounds: 3 })
    })

    test('ends without an agreement when the rounds are over', async ({ run, expect }) => {
      const outcome = await run({ vars: { max_rounds: 2 } })
      expect(outcome.result!.result).toEqual({
        agreed: false,
        why: 'no agreement after 2 rounds',
        offers: { buyer: 120, seller: 160 },
      })
    })
  },
)

describeOrchestration.for([
  { said: { json: { walk_away: true } }, why: 'seller walks away' },
  { said: 'Let me think.', why: 'seller makes no offer' },
])(
  'a seller who says $said',
  ({ said }) => ({ pattern, provider: provider(offers('buyer', 100), offers('seller', said)) }),
  (test, { why }) => {
    test('ends the negotiation, and the reason is told', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toEqual({ agreed: false, why, offers: { buyer: 100, seller: null } })
    })
  },
)
