import { describe, expect, test } from 'vitest'
import type { Violation } from '../../../src/checks/index.ts'
import { NO_USAGE, Trace, type EventBody } from '../../../src/trace/index.ts'
import { lastCallsText } from '../../../src/report/last-calls.ts'
import { timeline } from '../../../src/report/timeline.ts'

/** A trace at whose clock somebody can turn. */
class Story {
  at = 0
  readonly trace = new Trace(() => this.at)
  #calls = 0

  arrive(agent: string): number {
    const call = (this.#calls += 1)
    const asked = {
      conversation: agent,
      turn: 1,
      provider: 'openai',
      model: 'gpt-4o-mini',
      operation: 'chat.completions',
    }
    this.trace.append({
      type: 'call.arrived',
      call,
      agent,
      ...asked,
      stream: false,
      inputTokens: 1,
      attempt: 1,
      request: '',
    })
    return call
  }

  end(call: number): void {
    const ended = { afterMs: 0, finish: 'stop', fault: null, usage: NO_USAGE, cost: 0 }
    this.trace.append({ type: 'call.ended', call, ...ended })
  }

  fail(call: number): void {
    const failed = { afterMs: 0, fault: 'overloaded', message: '', retryAfterMs: null, usage: NO_USAGE, cost: 0 }
    this.trace.append({ type: 'call.failed', call, ...failed })
  }

  stick(): void {
    this.trace.append({ type: 'clock.stuck', code: 'LONGHAUL_DEADLOCK', message: 'Deadlock' })
  }
}

test('a chart of nothing says that no call reached the provider, and for how long', () => {
  const story = new Story()
  expect(timeline(story.trace)).toBe('No call reached the provider.')
  story.at = 60_000
  story.trace.append({ type: 'clock.slept', ms: 60_000 })
  expect(timeline(story.trace)).toBe('No call reached the provider in 1m.')
})

test('a chart has no more lines than it may', () => {
  const story = new Story()
  for (let nth = 0; nth < 5; nth++) {
    const call = story.arrive('ann')
    story.at += 1_000
    story.end(call)
  }
  const lines = timeline(story.trace, 2).split('\n')
  expect(lines[0]).toBe('Trace from 3s to 5s:')
  expect(lines[1]).toBe('  … 3 earlier')
  expect(lines).toHaveLength(4)
})

test('a chart keeps the older calls that a verdict names', () => {
  const story = new Story()
  for (let nth = 0; nth < 12; nth++) {
    const call = story.arrive('ann')
    story.at += 1_000
    story.end(call)
  }
  const shown = (verdict: string) =>
    timeline(story.trace, 4, verdict)
      .split('\n')
      .map((line) => /call \d+|… .*/.exec(line)?.[0])
      .slice(1)
  expect(shown('ann sent call 3 before call 2 was answered')).toEqual([
    '… 1 earlier',
    'call 2',
    'call 3',
    '… 7 more',
    'call 11',
    'call 12',
  ])
  expect(shown('the same as in calls 1, 11 and 12')).toEqual(['call 1', '… 8 more', 'call 10', 'call 11', 'call 12'])
  // Half of the lines are for the newest calls, also where a verdict names many older ones.
  expect(shown('calls 1, 2, 3 and 4')).toEqual(['call 1', 'call 2', '… 8 more', 'call 11', 'call 12'])
  expect(shown('calls 1 and 25 more, or call 2 and 3 more')).toEqual([
    'call 1',
    'call 2',
    '… 8 more',
    'call 11',
    'call 12',
  ])
  expect(shown('ann made 3 calls')).toEqual(['… 8 earlier', 'call 9', 'call 10', 'call 11', 'call 12'])
})

describe('a chart of what checks have found', () => {
  const twelve = () => {
    const story = new Story()
    for (let nth = 0; nth < 12; nth++) {
      const call = story.arrive('ann')
      story.at += 1_000
      story.end(call)
    }
    return story
  }
  const violation = (calls: readonly number[], at = 0, check: Violation['check'] = 'breaker'): Violation => ({
    check,
    at,
    calls,
    what: '',
    why: '',
    advice: '',
  })
  const callsIn = (text: string) => [...text.matchAll(/call (\d+)/g)].map(([, number]) => Number(number))

  test('keeps the calls that violations are about, some of each that its verdict tells', () => {
    const shown = (...violations: Violation[]) => callsIn(timeline(twelve().trace, 4, '', violations))
    expect(shown(violation([3, 2, 4]))).toEqual([2, 3, 11, 12])
    expect(shown(violation([2, 3, 4]), violation([5], 0, 'backoff'))).toEqual([2, 5, 11, 12])
    expect(shown(violation([12]))).toEqual([9, 10, 11, 12])
    // The fourth of a check is told by nobody.
    expect(shown(violation([]), violation([]), violation([]), violation([5]))).toEqual([9, 10, 11, 12])
  })

  test('keeps requests that became no call, by the time of the violation', () => {
    const story = new Story()
    story.trace.append({
      type: 'call.refused',
      ...{ call: null, agent: null, provider: null, model: null, host: 'a.example', method: 'GET', path: '/' },
      ...{ status: null, reason: 'outside', message: 'No.', request: null },
    })
    for (const [at, body] of [...twelve().trace].map(
      ({ at, seq: _seq, causes: _causes, ...body }) => [at + 1_000, body] as const,
    )) {
      story.at = at
      story.trace.append(body as EventBody)
    }
    expect(timeline(story.trace, 4, '', [violation([], 0, 'unsimulated')])).toContain('GET a.example/: refused')
    expect(timeline(story.trace, 4, '', [violation([], 5, 'unsimulated')])).not.toContain('a.example')
  })

  test('marks the end of the run, so that what outlasts it is seen', () => {
    const story = new Story()
    story.trace.append({ type: 'run.started', name: 'a', seed: 1, vars: {} })
    const call = story.arrive('ann')
    story.at = 5_000
    story.trace.append({ type: 'run.ended', status: 'completed' }, [0])
    story.at = 8_000
    story.arrive('ben')
    story.at = 10_000
    story.end(call)
    expect(timeline(story.trace).split('\n')).toEqual([
      'Trace from 0ms to 10s:',
      expect.stringMatching(/^ {2}━{32} {2}0ms – 10s {2}ann/),
      `  ${' '.repeat(16)}│${' '.repeat(15)}  5s  the run ended (completed)`,
      expect.stringMatching(/^ {27}━+ +8s – 10s {2}ben/),
    ])
    // Of what is not shown no end is told.
    expect(timeline(story.trace, 1)).not.toContain('the run ended')
  })
})

test('the last call of each agent shows how far it has come before all were stuck', () => {
  const story = new Story()
  const [first, second] = [story.arrive('ann'), story.arrive('ben')]
  story.at = 2_000
  story.end(first)
  story.fail(second)
  const third = story.arrive('ann')
  story.at = 5_000
  story.end(third)
  story.arrive('cem')
  expect(lastCallsText(story.trace)).toBe('')
  story.stick()
  expect(lastCallsText(story.trace)).toBe(
    [
      'The last call of each agent:',
      '  ann: call 3 to gpt-4o-mini, answered at 5s',
      '  ben: call 2 to gpt-4o-mini, failed (overloaded) at 2s',
      '  cem: call 4 to gpt-4o-mini, no answer since 5s',
    ].join('\n'),
  )
})
