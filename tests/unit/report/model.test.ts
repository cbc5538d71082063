import { describe, expect, test } from 'vitest'
import { LIMIT_KINDS, MARKS, OUTCOMES, type RunModel } from '../../../src/report/model/data.ts'
import { runModel, type AboutRun } from '../../../src/report/model/model.ts'
import { NO_USAGE, Trace, type EventBody, type TraceEvent } from '../../../src/trace/index.ts'

type Step = EventBody & { at?: number }

/** A trace of what happened, each at its time, or at that of the one before. */
function traceOf(...steps: readonly Step[]): TraceEvent[] {
  let now = 0
  const trace = new Trace(() => now)
  for (const { at = now, ...body } of steps) {
    now = at
    trace.append(body as EventBody)
  }
  return [...trace]
}

const arrived = (call: number, agent: string, more: object = {}): EventBody =>
  ({
    type: 'call.arrived',
    call,
    agent,
    conversation: `${agent}/1`,
    turn: 1,
    provider: 'openai',
    model: 'gpt-4o-mini',
    operation: 'chat.completions',
    stream: false,
    inputTokens: 10,
    attempt: 1,
    request: String(call),
    ...more,
  }) as EventBody
const ended = (call: number, more: object = {}): EventBody =>
  ({
    type: 'call.ended',
    call,
    afterMs: 0,
    finish: 'stop',
    fault: null,
    usage: { ...NO_USAGE, input: 10, output: 5 },
    cost: 4_500_000,
    ...more,
  }) as EventBody
const failed = (call: number, fault = 'overloaded'): EventBody => ({
  type: 'call.failed',
  call,
  afterMs: 0,
  fault,
  message: 'Try again later.',
  retryAfterMs: null,
  usage: NO_USAGE,
  cost: 0,
})

const modelOf = (events: readonly TraceEvent[], about: Partial<AboutRun> = {}): RunModel =>
  runModel(events, { title: 'a run', ...about })
const outcomesOf = ({ calls }: RunModel): (string | undefined)[] => calls.outcome.map((code) => OUTCOMES[code])
const marksOf = ({ marks, strings }: RunModel): string[] =>
  marks.kind.map((code, nth) => `${MARKS[code]} ${strings[marks.text[nth]!]}`)
const named = ({ strings }: RunModel, places: readonly number[]): string[] => places.map((place) => strings[place]!)

describe('calls', () => {
  test('have the outcome that a reader looks for', () => {
    const model = modelOf(
      traceOf(
        arrived(1, 'ann'),
        { ...failed(1), at: 100 },
        { ...arrived(2, 'ann', { attempt: 2 }), at: 1_100 },
        { type: 'call.retried', call: 2, of: 1, afterMs: 1_000 },
        { ...ended(2), at: 3_000 },
        arrived(3, 'ben'),
        arrived(4, 'ben'),
        arrived(5, 'cleo'),
        { ...failed(3), at: 4_000 },
        failed(4, 'disconnected'),
        {
          type: 'call.refused',
          call: 6,
          agent: 'ann',
          provider: 'openai',
          model: 'gpt-4o-mini',
          host: 'api.openai.com',
          method: 'POST',
          path: '/v1/chat/completions',
          status: 400,
          reason: 'invalid',
          message: 'No messages.',
          request: null,
        },
      ),
    )
    expect(outcomesOf(model)).toEqual(['retried', 'answered', 'failed', 'cancelled', 'open', 'refused'])
    expect(model.calls.repeats).toEqual([0, 1, 0, 0, 0, 0])
    expect(named(model, model.agents)).toEqual(['ann', 'ben', 'cleo'])
  })

  test('stand in columns: what is sorted as differences, texts by their place', () => {
    const model = modelOf(
      traceOf(
        { ...arrived(1, 'ann', { stream: true }), at: 1_000 },
        { type: 'call.firstToken', call: 1, afterMs: 400, at: 1_400 },
        { ...arrived(2, 'ben'), at: 1_500 },
        { ...ended(1), at: 2_000 },
      ),
    )
    const { at, firstToken, took, agent, input, cost } = model.calls
    expect({ at, firstToken, took }).toEqual({ at: [1_000, 500], firstToken: [400, -1], took: [1_000, -1] })
    expect(named(model, agent)).toEqual(['ann', 'ben'])
    expect([input, cost]).toEqual([
      [10, 0],
      [4_500_000, 0],
    ])
    expect(model.billed).toBe('4500000')
  })

  test('tell when the orchestrator wanted to try again, and which were hedges', () => {
    const model = modelOf(
      traceOf(
        arrived(1, 'ann'),
        { ...failed(1), at: 100 },
        {
          type: 'attempt.failed',
          agent: 'ann',
          target: 'openai/gpt-4o-mini',
          attempt: 1,
          kind: 'overloaded',
          message: '',
          retryInMs: 700,
        },
        { type: 'call.hedged', agent: 'ann', target: 'openai/gpt-4o-mini' },
        arrived(2, 'ann'),
      ),
    )
    expect(model.calls.retryIn).toEqual([700, -1])
    expect(model.calls.flags).toEqual([0, 2])
  })
})

describe('what stands around calls', () => {
  test('a gather tells who is missing, also one that never ended', () => {
    const gather = { name: 'votes', expected: ['ann', 'ben'], atLeast: 1, timeoutMs: 1_000, tasks: null }
    const model = modelOf(
      traceOf(
        { type: 'gather.started', gather: 0, ...gather },
        { type: 'gather.received', gather: 0, agent: 'ann', late: false, at: 300 },
        { type: 'gather.ended', gather: 0, received: ['ann'], missing: ['ben'], at: 1_000 },
        { type: 'gather.started', gather: 3, ...gather },
        { type: 'gather.received', gather: 3, agent: 'ben', late: false },
      ),
    )
    expect(model.gathers.map(({ took, missing }) => [took, named(model, missing)])).toEqual([
      [1_000, ['ben']],
      [-1, ['ann']],
    ])
    expect(model.gathers[0]!.received).toEqual([[model.strings.indexOf('ann'), 300]])
  })

  test('a gather that a run begins anew after a restart has ended with the process', () => {
    const gather = { name: 'votes', expected: ['ann'], atLeast: 1, timeoutMs: null, tasks: null }
    const model = modelOf(
      traceOf(
        { type: 'gather.started', gather: 0, ...gather },
        { type: 'run.resumed', run: 'run', uncertain: 1, at: 700 },
        { type: 'gather.started', gather: 2, ...gather },
        { type: 'gather.ended', gather: 2, received: ['ann'], missing: [], at: 900 },
      ),
    )
    expect(model.gathers.map(({ took, missing }) => [took, named(model, missing)])).toEqual([
      [700, ['ann']],
      [200, []],
    ])
  })

  test('a breaker that is never closed lasts until the end', () => {
    const target = 'openai/gpt-4o-mini'
    const model = modelOf(
      traceOf(
        { type: 'breaker.changed', target, state: 'open', at: 100 },
        { type: 'breaker.changed', target, state: 'half-open', at: 500 },
        { type: 'breaker.changed', target, state: 'closed', at: 600 },
        { type: 'breaker.changed', target, state: 'open', at: 700 },
        { type: 'note', text: 'the end', at: 900 },
      ),
    )
    expect(model.breakers.map(({ state, from, to }) => [state, from, to])).toEqual([
      ['open', 100, 500],
      ['half-open', 500, 600],
      ['open', 700, 900],
    ])
  })

  test('windows of faults that come again are shown each time, as far as the run goes', () => {
    const model = modelOf(traceOf({ type: 'note', text: 'the end', at: 2_500 }), {
      windows: [
        { fromMs: 0, forMs: 200, everyMs: 1_000, rate: 1, mix: { bad_gateway: 1 }, slowFactor: 1, service: 'openai' },
      ],
    })
    expect(model.windows.map(({ from, to }) => [from, to])).toEqual([
      [0, 200],
      [1_000, 1_200],
      [2_000, 2_200],
    ])
    expect(model.windows[0]!.label).toBe('outage (bad_gateway): openai')
  })

  test('time in which nothing happens any more is no part of the chart', () => {
    const model = modelOf(
      traceOf(
        arrived(1, 'ann'),
        { ...ended(1), at: 400 },
        { type: 'clock.slept', ms: 60_000, at: 60_400 },
        { type: 'timers.leaked', everyMs: [1_000] },
      ),
    )
    expect(model.endMs).toBe(400)
  })

  test('restarts, cancellations, failovers, cache hits and refusals are marks', () => {
    const model = modelOf(
      traceOf(
        { type: 'run.cancelled' },
        { type: 'run.resumed', run: 'run_1', uncertain: 2 },
        { type: 'model.fellBack', agent: 'ann', model: 'claude-haiku-4-5', reason: 'breaker_open' },
        { type: 'cache.hit', agent: 'ann', similarity: 0.98, saved: 1_000_000 },
        { type: 'budget.refused', agent: 'ann', model: 'gpt-4o', worst: 2e9, left: 1e9 },
        { type: 'effect.started', effect: 1, line: 7, kind: 'checkpoint' },
      ),
    )
    expect(marksOf(model)).toEqual([
      'log the test cancelled the run',
      'resumed with 2 call(s) that were in flight at the stop',
      'model replaced claude-haiku-4-5 in place of its own model: breaker_open',
      'cache hit answered from the cache (similarity 0.980), $0.000001 saved',
      'budget refused gpt-4o may cost $0.002, and $0.001 of the budget remains',
      'checkpoint line 7',
    ])
  })

  test('findings name rows of calls, and money its limit', () => {
    const model = modelOf(
      traceOf(
        arrived(7, 'ann'),
        { type: 'cost.claimed', agent: 'ann', model: 'gpt-4o-mini', known: 5, uncertain: 2, at: 50 },
        { type: 'cost.checked', spent: '7', limit: '100' },
      ),
      { findings: [{ check: 'orphans', at: 10, what: 'It stays.', why: '', advice: '', calls: [7, 8] }] },
    )
    expect(model.findings[0]!.calls).toEqual([0])
    expect(model.budget).toBe(100)
    expect(model.claims).toEqual({ at: [50], known: [5], uncertain: [2] })
  })

  test('words of questions and answers stand at the call that ended with them', () => {
    const model = modelOf(
      traceOf(
        arrived(1, 'ann'),
        { ...ended(1), at: 900 },
        {
          type: 'completion.traced',
          agent: 'ann',
          model: 'gpt-4o-mini',
          prompt: 'Yes?',
          answer: 'No.',
          tookMs: 900,
          waitedMs: 0,
          inputTokens: 1,
          outputTokens: 1,
          cost: 1,
          cached: false,
        },
      ),
    )
    expect(model.said).toMatchObject([{ row: 0, prompt: 'Yes?', answer: 'No.' }])
  })
})

describe('how a run went', () => {
  const started: EventBody = { type: 'run.started', name: 'vote', seed: 7, vars: {} }

  test('is read from the trace', () => {
    expect(modelOf(traceOf(started))).toMatchObject({ status: 'running', seed: '7' })
    expect(modelOf(traceOf(started, { type: 'run.ended', status: 'completed' })).status).toBe('completed')
  })

  test('is what the test says, where there is one', () => {
    expect(modelOf(traceOf(started), { status: 'failed', seed: 3 })).toMatchObject({ status: 'failed', seed: '3' })
  })
})

describe('where an orchestrator tells of its calls, and no service', () => {
  const of = { agent: 'ann', provider: 'openai', model: 'gpt-4o-mini' }
  const start: Step = { type: 'attempt.started', ...of }
  const end = (more: object = {}): Step =>
    ({
      type: 'attempt.ended',
      ...of,
      tookMs: 1_000,
      failure: null,
      message: '',
      inputTokens: 7,
      cachedInputTokens: 0,
      outputTokens: 4,
      cost: 9,
      ...more,
    }) as Step
  /** A trace whose ends name their starts, by their places. */
  const told = (...steps: readonly (readonly [Step, ...number[]])[]): TraceEvent[] =>
    traceOf(...steps.map(([step]) => step)).map((event, place) => ({
      ...event,
      causes: steps[place]!.slice(1) as number[],
    }))

  test('they are drawn as it tells of them, and the page says so', () => {
    const model = modelOf(
      told(
        [start],
        [{ ...end({ failure: 'timeout', cost: 0, message: 'too long' }), at: 1_000 }, 0],
        [
          {
            type: 'attempt.failed',
            agent: 'ann',
            target: 'openai/gpt-4o-mini',
            attempt: 1,
            kind: 'timeout',
            message: '',
            retryInMs: 500,
          },
        ],
        [{ ...start, at: 1_500 }],
        [{ ...end({ tookMs: 1_500 }), at: 3_000 }, 3],
      ),
    )
    expect(outcomesOf(model)).toEqual(['retried', 'answered'])
    const { at, took, repeats, output, attempt, retryIn, cost } = model.calls
    expect({ at, took, repeats, output, attempt, retryIn, cost }).toEqual({
      at: [0, 1_500],
      took: [1_000, 1_500],
      repeats: [0, 1],
      output: [4, 4],
      attempt: [1, 2],
      retryIn: [500, -1],
      cost: [0, 9],
    })
    expect(model.toldBy).toBe('orchestrator')
    expect(model.remarks).toHaveLength(1)
  })

  test('calls of one agent at one time are told apart, and one under way is open', () => {
    const model = modelOf(told([start], [start], [{ ...end(), at: 800 }, 0]))
    expect(outcomesOf(model)).toEqual(['answered', 'open'])
  })

  test('what was under way when the process ended has ended with it', () => {
    const model = modelOf(told([start], [{ type: 'run.resumed', run: 'run', uncertain: 1, at: 400 }]))
    expect(outcomesOf(model)).toEqual(['cancelled'])
    expect(model.calls.took).toEqual([400])
  })

  test('a call whose start is let go began as long before its end as it took', () => {
    const model = modelOf(told([{ type: 'log', line: 1, text: '' }], [{ ...end(), at: 5_000 }, 77]))
    expect([model.calls.at, model.calls.took]).toEqual([[4_000], [1_000]])
  })
})

test('of rate limits those of the services that were called are told, a service’s own before those of all', () => {
  const model = modelOf(traceOf(arrived(1, 'ann'), arrived(2, 'ann', { provider: 'anthropic' })), {
    limits: {
      all: { requestsPerMinute: 60 },
      byProvider: { anthropic: { inputTokensPerMinute: 1_000 }, google: { requestsPerMinute: 5 } },
    },
  })
  expect(
    model.limits.map(({ provider, kind, perMinute }) => [model.strings[provider], LIMIT_KINDS[kind], perMinute]),
  ).toEqual([
    ['openai', 'requests', 60],
    ['anthropic', 'input tokens', 1_000],
  ])
})
