import { describe, expect, test } from 'vitest'
import { Outcome } from '../../../src/simulation/outcome.ts'
import '../../../src/vitest/matchers.ts'
import type { Trace } from '../../../src/trace/index.ts'
import { call, gather, story } from '../../given/story.ts'

const outcome = (trace: Trace = story(), { error, elapsedMs = 5_000 }: { error?: unknown; elapsedMs?: number } = {}) =>
  new Outcome({ status: error === undefined ? 'completed' : 'failed', result: 7, error, elapsedMs, trace })

/** What a matcher says where it does not hold; the text without the timeline. */
function refusal(assertion: () => void): string {
  try {
    assertion()
  } catch (error) {
    return (error as Error).message.split('\n')[0]!
  }
  throw new Error('The assertion holds.')
}

describe('how an orchestration ended', () => {
  test('is told by its status', () => {
    expect(outcome()).toHaveCompleted()
    expect(refusal(() => expect(outcome(story(), { error: new Error('no money.') })).toHaveCompleted())).toBe(
      'Expected the orchestration to complete; it failed with Error: no money after 5s.',
    )
    expect(refusal(() => expect(outcome()).not.toHaveCompleted())).toBe(
      'Expected the orchestration not to complete; it completed after 5s.',
    )
  })

  test('by an error is told by its class, a part of its message, or a pattern', () => {
    const failed = outcome(story(), { error: new RangeError('too far: 7') })
    expect(failed).toHaveFailedWith(RangeError)
    expect(failed).toHaveFailedWith('too far')
    expect(failed).toHaveFailedWith(/: \d$/)
    expect(failed).not.toHaveFailedWith(TypeError)
    expect(failed).not.toHaveFailedWith('too near')
    expect(failed).not.toHaveFailedWith(/^far/)
    expect(outcome(story(), { error: 'a text' })).toHaveFailedWith('a text')
  })

  test('is no failure where it completed', () => {
    expect(refusal(() => expect(outcome()).toHaveFailedWith(Error))).toBe(
      'Expected the orchestration to fail with Error; it completed.',
    )
  })
})

describe('the time that a run took', () => {
  test.each([
    [{ atLeast: '5s' }, true],
    [{ atMost: 5_000 }, true],
    [{ exactly: '5s' }, true],
    [{ atLeast: '4s', atMost: '6s' }, true],
    [{ atLeast: '5001ms' }, false],
    [{ atMost: '4999ms' }, false],
    [{ exactly: '6s' }, false],
  ] as const)('lies within %j: %s', (range, holds) => {
    const assertion = expect(outcome())
    ;(holds ? assertion : assertion.not).toHaveElapsed(range)
  })

  test('is told where it does not', () => {
    expect(refusal(() => expect(outcome()).toHaveElapsed({ atLeast: '1m', atMost: '2m' }))).toBe(
      'Expected at least 1m and at most 2m of time; the orchestration took 5s.',
    )
    const long = outcome(story(), { elapsedMs: 300_004 })
    expect(refusal(() => expect(long).toHaveElapsed({ exactly: '5m' }))).toBe(
      'Expected exactly 5m of time; the orchestration took 5m (300004 ms).',
    )
  })
})

describe('what a run costs', () => {
  const paid = outcome(
    story(
      call(1, { agent: 'ann', from: 0, to: 1, cost: 1e12 }),
      call(2, { agent: 'ben', from: 0, to: 1, cost: 2e12, fault: 'reset_midway' }),
    ),
  )

  test('is an exact amount, or lies within a range', () => {
    expect(paid).toHaveCost('$3.00')
    expect(paid).toHaveCost(3)
    expect(paid).toHaveCost({ atLeast: 2.5, atMost: '3' })
    expect(paid).not.toHaveCost('$3.000000000001')
    expect(paid).not.toHaveCost({ atMost: 2.99 })
    expect(paid).not.toHaveCost({ exactly: 2 })
  })

  test('may be asked of one agent', () => {
    expect(paid).toHaveCost(2, { agent: 'ben' })
    expect(refusal(() => expect(paid).toHaveCost(1, { agent: 'ben' }))).toBe(
      'Expected a cost of exactly $1.00 for ben; the provider bills $2.00.',
    )
  })
})

describe('the calls of a run', () => {
  const called = outcome(
    story(
      call(1, { agent: 'ann', from: 0, to: 1 }),
      call(2, { agent: 'ann', from: 2, to: 3, fault: 'overloaded', model: 'large' }),
      call(3, { agent: 'ben', from: 4 }),
    ),
  )

  test.each([
    [3, {}, true],
    [2, {}, false],
    [{ atLeast: 3 }, {}, true],
    [{ atLeast: 4 }, {}, false],
    [{ exactly: 3 }, {}, true],
    [2, { agent: 'ann' }, true],
    [1, { agent: 'ann', status: 'failed' }, true],
    [1, { fault: 'overloaded' }, true],
    [1, { model: 'large' }, true],
    [3, { provider: 'openai' }, true],
    [1, { status: 'open' }, true],
    [0, { status: 'refused' }, true],
  ] as const)('are %j with %j: %s', (count, of, holds) => {
    const assertion = expect(called)
    ;(holds ? assertion : assertion.not).toHaveCalls(count, of)
  })

  test.each(['hang', 'stall'])('never end by the fault %s, and it is said how they do', (fault) => {
    expect(refusal(() => expect(called).toHaveCalls(0, { fault }))).toContain("Give { fault: 'disconnected' }")
  })

  test('are told where they are others, with a picture of the run', () => {
    const assertion = () => expect(called).toHaveCalls({ atMost: 0 }, { agent: 'ann', status: 'failed' })
    expect(refusal(assertion)).toBe('Expected at most 0 calls with agent ann with status failed; the trace has 1.')
    expect(assertion).toThrow(/\nTrace from /)
  })

  test('are told to be open where they may have ended after the run', () => {
    const openText =
      / 1 more had no end when the run ended, and an outcome is frozen then\. To see how they end, call sleep\(1\)/
    expect(refusal(() => expect(called).toHaveCalls(2, { status: 'failed' }))).toMatch(openText)
    expect(refusal(() => expect(called).toHaveCalls(1, { agent: 'ben', status: 'ended' }))).toMatch(openText)
    expect(refusal(() => expect(called).toHaveCalls(2, { agent: 'ann', status: 'ended' }))).not.toMatch(openText)
  })

  test.each([
    [
      () => expect(called).toHaveCalls({ atleast: 1 } as never),
      'toHaveCalls has no option "atleast". Did you mean "atLeast"?',
    ],
    [() => expect(called).toHaveCalls(1, { agnet: 'ann' } as never), 'toHaveCalls has no option "agnet".'],
    [
      () => expect(called).toHaveCalls(1, { status: 'fialed' as never }),
      'toHaveCalls: a call cannot have the status "fialed".',
    ],
    [() => expect(called).toHaveCalls(undefined as never), 'toHaveCalls was given undefined. Give an object'],
    [() => expect(called).toHaveElapsed(5_000 as never), 'toHaveElapsed was given 5000. Give an object with some of'],
    [() => expect(7).toHaveCompleted(), 'toHaveCompleted is for the outcome of an orchestration (await run());'],
    [() => expect({}).toHaveCalls(1), 'toHaveCalls is for an outcome (await run()), or for one of its parts'],
    [
      () => expect(called).toBeComplete(),
      "toBeComplete is for a gather (outcome.gather('name')); it was given object.",
    ],
  ])('are asked for with words that matchers know', (assertion, message) => {
    expect(assertion).toThrow(message)
  })
})

describe('agents', () => {
  const trace = story(
    call(1, { agent: 'ann', from: 0, to: 1_000 }),
    call(2, { agent: 'ben', from: 500, to: 1_500 }),
    call(3, { agent: 'cem', from: 1_500, to: 2_000 }),
    call(4, { agent: 'dan', from: 3_000 }),
  )

  test('overlap where all have a call under way at one moment', () => {
    expect(outcome(trace)).toHaveOverlapped(['ann', 'ben'])
    expect(outcome(trace)).not.toHaveOverlapped(['ann', 'ben', 'cem'])
    expect(outcome(trace)).not.toHaveOverlapped(['ben', 'cem'])
    expect(refusal(() => expect(outcome(trace)).toHaveOverlapped(['ben', 'cem']))).toBe(
      'Expected ben, cem to have calls in progress at the same moment; there is no such moment.',
    )
    expect(refusal(() => expect(outcome(trace)).not.toHaveOverlapped(['ann', 'ben']))).toContain('they had at 500ms.')
  })

  test('are in order where each began when the one before had ended', () => {
    expect(outcome(trace)).toHaveOrder(['ben', 'cem', 'dan'])
    expect(outcome(trace)).toHaveOrder(['ann', 'cem'])
    expect(refusal(() => expect(outcome(trace)).toHaveOrder(['ann', 'ben']))).toBe(
      'Expected the agents to call in the order ann, ben; ben began at 500ms, before ann had ended.',
    )
    expect(refusal(() => expect(outcome(trace)).toHaveOrder(['ann', 'eve']))).toContain(
      'not all of them did. No agent "eve" took part; agents of this run: ann, ben, cem, dan.',
    )
    expect(outcome(trace)).not.toHaveOrder(['dan', 'ann'])
    expect(() => expect(outcome(trace)).toHaveOrder(['ann', 'cem', 'ann'])).toThrow(
      'toHaveOrder was given "ann" twice. It compares all calls of an agent with all of the next',
    )
  })
})

describe('an assertion that holds only as nobody has the name in it', () => {
  const setUp = (part: string): string[] => (part === 'agents' ? ['silent'] : [])
  const called = new Outcome({
    status: 'completed',
    result: 7,
    error: undefined,
    elapsedMs: 5_000,
    trace: story(call(1, { agent: 'ann', from: 0, to: 1 }), call(2, { agent: 'ben', from: 0, to: 1 })),
    setUp,
  })

  test('names an agent that is declared and made no call, with the callers that there were', () => {
    const of = (trace: Trace) =>
      new Outcome({ status: 'completed', result: 7, error: undefined, elapsedMs: 5_000, trace, setUp })
    const unnamed = of(story(call(1, { agent: 'caller-cb4e1777', from: 0, to: 1_000 })))
    const said = 'silent made no call; agents with calls: caller-cb4e1777. The requests of caller-… name no agent.'
    expect(refusal(() => expect(unnamed).toHaveCalls(1, { agent: 'silent' }))).toContain(`the trace has 0. ${said}`)
    expect(refusal(() => expect(unnamed).toHaveOverlapped(['silent']))).toContain(`no such moment. ${said}`)
    expect(refusal(() => expect(unnamed).toHaveOrder(['silent']))).toContain(`not all of them did. ${said}`)
    expect(refusal(() => expect(unnamed).toHaveCost('$1', { agent: 'silent' }))).toContain(said)
    expect(refusal(() => expect(of(story())).toHaveCalls(1, { agent: 'silent' }))).toContain(
      'silent made no call; agents with calls: none.',
    )
  })

  test.each([
    [
      () => expect(called).toHaveCalls(0, { agent: 'anna' }),
      'toHaveCalls: no agent "anna" took part; agents of this run: ann, ben, silent. Did you mean "ann"?',
    ],
    [() => expect(called).not.toHaveCalls(1, { agent: 'anna' }), 'no agent "anna" took part'],
    [
      () => expect(called).toHaveCalls({ atMost: 1 }, { model: 'gpt-4o-mni' }),
      'no model "gpt-4o-mni" was called; models of this run: gpt-4o-mini. Did you mean "gpt-4o-mini"?',
    ],
    [
      () => expect(called).toHaveCalls(0, { service: 'opnai' }),
      'no service "opnai" was called; services of this run: openai. Did you mean "openai"?',
    ],
    [() => expect(called).toHaveCost(0, { agent: 'cem' }), 'no agent "cem" took part'],
    [() => expect(called).not.toHaveOverlapped(['ann', 'nobody']), 'no agent "nobody" took part'],
    [() => expect(called).not.toHaveOrder(['ann', 'nobody']), 'no agent "nobody" took part'],
    [() => expect(called.parts[0]).toHaveCalls(0, { agent: 'anna' }), 'no agent "anna" took part'],
  ])('is refused: %s', (assertion, says) => {
    expect(assertion).toThrow(says)
  })

  test('is as it should be where it is the name of an agent that is set up, and did not call', () => {
    expect(called).toHaveCalls(0, { agent: 'silent' })
    expect(called).toHaveCost(0, { agent: 'silent' })
    expect(called.parts[0]).toHaveCalls(0, { agent: 'silent' })
  })

  test('is as it should be where it is a model or a service that there is', () => {
    expect(called).toHaveCalls(0, { model: 'gpt-4o' })
    expect(called).toHaveCalls(0, { model: 'claude-haiku-4-5' })
    expect(called).toHaveCalls(0, { service: 'anthropic' })
  })

  test('says of one that fails anyway who took part', () => {
    expect(refusal(() => expect(called).toHaveCalls(1, { agent: 'anna' }))).toBe(
      'Expected 1 calls with agent anna; the trace has 0. No agent "anna" took part; agents of this run: ann, ben, silent. Did you mean "ann"? If this agent may start later, name it in the option agents.',
    )
  })
})

describe('a gather', () => {
  const votes = outcome(
    story(gather(1, { from: 0, to: 50, expected: ['ann', 'ben'], received: [[20, 'ann']] })),
  ).gather('votes')
  const all = { ...votes, received: ['ben', 'ann'], missing: [] }

  test('is partial where somebody is missing', () => {
    expect(votes).toBePartial()
    expect(votes).toBePartial({ received: ['ann'], missing: ['ben'] })
    expect(votes).not.toBePartial({ missing: ['ann'] })
    expect(votes).not.toBePartial({ received: [] })
    expect(all).not.toBePartial()
    expect(refusal(() => expect(votes).toBePartial({ missing: ['ann'] }))).toBe(
      'Expected a partial gather "votes" (received any agents, missing ann); received ann, missing ben.',
    )
    expect(() => expect(votes).toBePartial({ recieved: [] } as never)).toThrow('toBePartial has no option "recieved".')
  })

  test('is complete where nobody is', () => {
    expect(all).toBeComplete()
    expect(refusal(() => expect(votes).toBeComplete())).toBe(
      'Expected the gather "votes" to be complete; missing: ben.',
    )
    expect(refusal(() => expect(all).not.toBeComplete())).toBe(
      'Expected the gather "votes" not to be complete; missing: no agent.',
    )
  })
})
