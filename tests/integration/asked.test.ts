import OpenAI from 'openai'
import { expect as plainly, test as plain } from 'vitest'
import { actAs, describeOrchestration, explore } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const system = async () => {
  for (const draft of ['first', 'second'])
    await actAs('reviewer', () =>
      client.chat.completions.create({
        model: 'gpt-4o-mini',
        messages: [
          { role: 'system', content: 'You review drafts.' },
          { role: 'user', content: `Review the ${draft} draft.` },
        ],
      }),
    )
}
const provider = { failRate: 0, replies: [{ agent: 'reviewer', reply: ['reject', 'accept'] }] } as const

const agents = ['reviewer', 'writer']
describeOrchestration('a trace with contents', { agents, system, provider, trace: { contents: true } }, (test) => {
  test('says what was asked, and how often', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome).toHaveAsked('reviewer', /the second draft/)
    expect(outcome).toHaveAsked('reviewer', 'You review', { exactly: 2 })
    expect(outcome).toHaveAsked('reviewer', /draft\.$/, 2, { status: 'ended' })
    expect(outcome).not.toHaveAsked('reviewer', /third/)
    expect(outcome).toHaveAsked('writer', /draft/, 0)
    expect(outcome).toHaveAsked('reviewer', /draft/, 0, { fault: 'reset' })
  })

  test('keeps what was answered', async ({ run, expect }) => {
    const { calls } = await run()
    expect(calls.map(({ answer }) => answer)).toEqual(['reject', 'reject'])
    expect(calls[1]!.messages).toEqual([
      { role: 'system', text: 'You review drafts.' },
      { role: 'user', text: 'Review the second draft.' },
    ])
  })

  test('a failing matcher shows the prompts', async ({ run, expect }) => {
    const outcome = await run()
    expect(() => expect(outcome).toHaveAsked('reviewer', /poem/)).toThrow(
      'Expected reviewer to ask /poem/ in at least 1 calls; the agent did in 0. Its newest prompts:\n  "Review the first draft."',
    )
    expect(() => expect(outcome).toHaveAsked('reviwer', /draft/)).toThrow(
      'The agent made no such call. No agent "reviwer" took part',
    )
    expect(() => expect(outcome).toHaveAsked('reviewer', /draft/, { least: 1 } as never)).toThrow(
      'has no option "least"',
    )
    expect(() => expect(outcome).toHaveCalls(0, { fault: 'rate_limted' })).toThrow('Did you mean "rate_limited"?')
  })
})

describeOrchestration('a trace without contents', { system, provider }, (test) => {
  test('cannot say what was asked, and how it could', async ({ run, expect }) => {
    const outcome = await run()
    expect(() => expect(outcome).toHaveAsked('reviewer', /draft/)).toThrow('trace: { contents: true }')
    expect(outcome.trace.toNDJSON()).not.toContain('Review the')
  })
})

describeOrchestration(
  'a system that fails for a reason',
  {
    system: async () => {
      const connect = (): never => {
        throw new TypeError('no such host')
      }
      try {
        connect()
      } catch (cause) {
        throw new Error('the memory is gone', { cause })
      }
    },
  },
  (test) => {
    test('is told with its stack and its cause', async ({ run, expect }) => {
      const outcome = await run()
      expect(() => expect(outcome).toHaveCompleted()).toThrow(
        /it failed with Error: the memory is gone after 0ms\.\nThe system threw:\nError: the memory is gone\n {4}at [^]*asked\.test\.ts[^]*\[cause\]: TypeError: no such host\n {6}at connect/,
      )
      expect(() => expect(outcome).toHaveFailedWith('the disk')).toThrow(/\[cause\]: TypeError: no such host/)
    })
  },
)

plain('an option of the trace that nobody reads is refused', async () => {
  await plainly(explore('x', { system, trace: { content: true } as never }, { seeds: 1 })).rejects.toThrow(
    'There is no option trace.content.',
  )
})
