import { describe, expect, test } from 'vitest'
import type { PatternError } from '../../../../src/strategy/index.ts'
import { strategy } from '../../../given/strategy.ts'
import { runStrategy } from '../../../given/strategy-run.ts'

const VARIABLES = {
  agents: ['ann', 'ben'],
  boss: 'cem',
  answer_of_ann: { agent: 'ann', text: 'Yes.' },
  spawned: { agent_id: 'worker_1' },
  round: 3,
  timeout_s: 90,
}

const requested = (text: string): unknown => {
  const { requests, status } = runStrategy(text, VARIABLES)
  expect(status).toEqual({ kind: 'completed', result: null })
  expect(requests).toHaveLength(1)
  return requests[0]
}

const failure = (text: string): { kind: string; message: string; line: number; column?: number } => {
  const { requests, status } = runStrategy(text, VARIABLES)
  expect(requests).toEqual([])
  if (status.kind !== 'failed') throw new Error(`It ended as ${status.kind}.`)
  return status.failure
}

describe('what a statement asks for', () => {
  test.each([
    ['SEND "Go." TO ann', { kind: 'send', message: 'Go.', to: ['ann'] }],
    ['SEND { task: round } TO boss', { kind: 'send', message: { task: 3 }, to: ['cem'] }],
    ['SEND "Go." TO agents', { kind: 'send', message: 'Go.', to: ['ann', 'ben'] }],
    ['SEND "Go." TO [boss, dan]', { kind: 'send', message: 'Go.', to: ['cem', 'dan'] }],
    ['SEND "Go." TO answer_of_ann', { kind: 'send', message: 'Go.', to: ['ann'] }],
    ['TERMINATE spawned', { kind: 'terminate', agents: ['worker_1'] }],
    ['SEND "Go." TO { role: "worker" }', { kind: 'send', message: 'Go.', to: { role: 'worker' } }],
    ['SEND { to: ben, message: "Go." }', { kind: 'send', message: 'Go.', to: ['ben'] }],
    ['BROADCAST "Round {{round}}"', { kind: 'broadcast', message: 'Round 3', agents: null, options: {} }],
    [
      'BROADCAST "Hello" TO agents WITH urgent: true',
      { kind: 'broadcast', message: 'Hello', agents: ['ann', 'ben'], options: { urgent: true } },
    ],
    ['EMIT "round:over"', { kind: 'emit', event: 'round:over', to: null, data: {} }],
    [
      'EMIT round:over TO { profile: "worker" } WITH round: round + 1',
      { kind: 'emit', event: 'round:over', to: { profile: 'worker' }, data: { round: 4 } },
    ],
    ['EMIT over TO boss WITH [1, round]', { kind: 'emit', event: 'over', to: ['cem'], data: [1, 3] }],
    ['SPAWN helper WITH role: "critic"', { kind: 'spawn', agent: 'helper', options: { role: 'critic' } }],
    [
      'SPAWN { profile: "helper", count: 2 } AS helpers',
      { kind: 'spawn', agent: null, options: { profile: 'helper', count: 2 } },
    ],
    ['TERMINATE boss', { kind: 'terminate', agents: ['cem'] }],
    ['TERMINATE [ann, "ben"]', { kind: 'terminate', agents: ['ann', 'ben'] }],
    ['TERMINATE { role: "worker" }', { kind: 'terminate', agents: { role: 'worker' } }],
    ['TERMINATE [ann, { role: "worker" }]', { kind: 'terminate', agents: ['ann', { role: 'worker' }] }],
    [
      'SEND "Go." TO { agent: "ann", agent_id: "run_ann", role: null, load: 0 }',
      { kind: 'send', message: 'Go.', to: ['ann'] },
    ],
    [
      'BROADCAST "Hello" TO { role: "worker" }',
      { kind: 'broadcast', message: 'Hello', agents: { role: 'worker' }, options: {} },
    ],
    ['CHECKPOINT', { kind: 'checkpoint', name: null }],
    ['CHECKPOINT "after {{round}}"', { kind: 'checkpoint', name: 'after 3' }],
    ['CHECKPOINT after_all', { kind: 'checkpoint', name: 'after_all' }],
    ['LOG round * 2', { kind: 'log', text: '6' }],
    ['LOG { round }', { kind: 'log', text: '{"round":3}' }],
    ['WAIT 2 seconds', { kind: 'sleep', ms: 2_000 }],
    ['WAIT 1.5', { kind: 'sleep', ms: 1_500 }],
    ['PAUSE 100ms', { kind: 'sleep', ms: 100 }],
    ['WAIT timeout_s', { kind: 'sleep', ms: 90_000 }],
    ['WAIT for replies', { kind: 'waitFor', name: 'replies', timeoutMs: null }],
    ['WAIT for replies OR timeout', { kind: 'waitFor', name: 'replies', timeoutMs: null }],
    ['WAIT for replies OR 5 minutes', { kind: 'waitFor', name: 'replies', timeoutMs: 300_000 }],
    [
      'GATHER votes FROM agents WITH timeout: 15s, at_least: 2, late: "keep"',
      {
        kind: 'gather',
        name: 'votes',
        agents: ['ann', 'ben'],
        options: { timeout: 15, at_least: 2, late: 'keep' },
      },
    ],
    ['GATHER votes FROM boss', { kind: 'gather', name: 'votes', agents: ['cem'], options: {} }],
    [
      'GATHER votes FROM { role: "worker" }',
      { kind: 'gather', name: 'votes', agents: { role: 'worker' }, options: {} },
    ],
    [
      'AWAIT completion FROM { capability: "math" }',
      { kind: 'completion', agent: { capability: 'math' }, options: {} },
    ],
    [
      'vote = AWAIT completion FROM boss WITH prompt: "Vote."',
      { kind: 'completion', agent: 'cem', options: { prompt: 'Vote.' } },
    ],
    ['AWAIT completion FROM ann', { kind: 'completion', agent: 'ann', options: {} }],
    [
      'AWAIT { from: agents, event_pattern: "vote:*", min_responses: 1 } AS votes',
      { kind: 'events', options: { from: ['ann', 'ben'], event_pattern: 'vote:*', min_responses: 1 } },
    ],
    ['x = CALL score(round, [1, boss])', { kind: 'call', function: 'score', arguments: [3, [1, 'cem']] }],
    ['CALL score()', { kind: 'call', function: 'score', arguments: [] }],
    ['PROCESS answer_of_ann AS summary', { kind: 'process', value: { agent: 'ann', text: 'Yes.' } }],
    [
      'AGGREGATE { data: [1, 2], method: "statistical", options: { metric: "mean" } } AS mean',
      { kind: 'aggregate', request: { data: [1, 2], method: 'statistical', options: { metric: 'mean' } } },
    ],
    [
      'COORDINATE { type: "barrier", agents: agents, timeout: 60s } AS ready',
      { kind: 'coordinate', request: { type: 'barrier', agents: ['ann', 'ben'], timeout: 60 } },
    ],
    ['TRACK { type: "decision", data: { round } }', { kind: 'track', entry: { type: 'decision', data: { round: 3 } } }],
    [
      'QUERY { query_type: "agents", limit: 1 } AS some',
      { kind: 'query', request: { query_type: 'agents', limit: 1 } },
    ],
  ])('%s', (text, request) => {
    expect(requested(text)).toEqual(request)
  })

  test('WAIT for … OR timeout is the variable of that name where there is one', () => {
    const { requests } = runStrategy('WAIT for replies OR timeout', { timeout: 20 })
    expect(requests).toEqual([{ kind: 'waitFor', name: 'replies', timeoutMs: 20_000 }])
  })
})

describe('what a statement refuses, before anything is asked', () => {
  test.each([
    ['SEND "" TO ann', 6, 'SEND needs a message that is not empty, not ""'],
    ['SEND null TO ann', 6, 'SEND needs a message that is not empty, not null'],
    ['BROADCAST null', 11, 'BROADCAST needs a message that is not empty, not null'],
    ['PROCESS null AS x', 9, 'PROCESS needs a message that is not empty, not null'],
    ['SEND "Go." TO round', 15, 'Give the name of an agent, not 3'],
    ['SEND "Go." TO ["ann", 7, 8]', undefined, 'Give the name of an agent, not 7'],
    ['SEND "Go." TO ""', 15, 'Give the name of an agent, not ""'],
    ['SEND "Go." TO { rolle: "worker" }', undefined, 'an agent has no criterion "rolle". Did you mean "role"?'],
    ['EMIT round', 6, 'EMIT needs the name of an event, not 3'],
    ['EMIT "  "', 6, 'EMIT needs the name of an event, not "  "'],
    ['AWAIT completion FROM agents', undefined, 'asks one agent. To ask several agents, use GATHER'],
    ['AWAIT completion FROM []', undefined, 'asks one agent'],
    ['WAIT answer_of_ann', 6, 'WAIT'],
    ['WAIT 0 - round', 6, 'WAIT'],
    ['GATHER votes FROM agents WITH at_least: round - 4', 41, 'at_least'],
    ['GATHER votes FROM agents WITH enough: round - 3', 39, 'enough'],
    ['GATHER votes FROM agents WITH max_tokens: round * 100000000', 43, 'max_tokens'],
    ['SPAWN { count: round * 5000 }', 16, 'count'],
    ['RETRY round - 3:\n  LOG 1', 7, 'RETRY needs'],
    ['FOR x IN round:\n  LOG x', 10, 'FOR x IN needs a list, not 3'],
    ['COLLECT 1 INTO round', undefined, 'COLLECT INTO round: the variable is not a list'],
    ['AGGREGATE { data: [1], method: "statistical", options: { metric: boss } } AS x', undefined, 'metric'],
    [
      'AGGREGATE { data: [1], method: "merge", options: { trim_percent: 0.17 * round } } AS x',
      undefined,
      'trim_percent',
    ],
  ])('%s', (text, column, message) => {
    const failed = failure(text)
    expect(failed).toMatchObject({ kind: 'type', line: 1, message: expect.stringContaining(message) as string })
    if (column !== undefined) expect(failed.column).toBe(column)
  })

  test('numbers at their limits are taken', () => {
    for (const text of [
      'GATHER votes FROM agents WITH at_least: 0',
      'GATHER votes FROM agents WITH enough: 1',
      'GATHER votes FROM agents WITH max_tokens: 1',
      'GATHER votes FROM agents WITH max_tokens: 100000000',
      'SPAWN { count: 0 }',
      'SPAWN { count: 10000 }',
      'AGGREGATE { data: [1], method: "merge", options: { trim_percent: 0.5, threshold: 1 } } AS x',
      'QUERY { query_type: "tracked", limit: 1 } AS x',
    ])
      requested(text)
  })
})

test('a gather leaves its answers, and who is missing, of its own and of the newest', () => {
  const { variables } = runStrategy(
    strategy`
      GATHER first FROM agents
      GATHER second FROM agents
    `,
    VARIABLES,
    (request) => ({
      ok: true,
      value:
        request.kind === 'gather' && request.name === 'first'
          ? { responses: ['a'], missing: ['ben'] }
          : { responses: ['a', 'b'], missing: [] },
    }),
  )
  expect(variables).toMatchObject({
    first: ['a'],
    'first.missing': ['ben'],
    second: ['a', 'b'],
    'second.missing': [],
    missing: [],
  })
})

test('a variable with another value says nothing of the gather before', () => {
  const { status } = runStrategy(
    strategy`
      GATHER votes FROM agents
      SET before = votes.missing
      SET votes = [1]
      RETURN [before, votes.missing]
    `,
    VARIABLES,
    () => ({ ok: true, value: { responses: [], missing: ['ann'] } }),
  )
  expect(status).toMatchObject({ kind: 'failed', failure: { kind: 'type', line: 4 } })
})

test('a gather that fails leaves what there is', () => {
  const { status } = runStrategy(
    strategy`
      GATHER votes FROM agents
      ON failure:
        RETURN [votes, votes.missing, failure.kind]
    `,
    VARIABLES,
    () => ({
      ok: false,
      failure: { kind: 'timeout', message: 'late' },
      partial: { responses: ['a'], missing: ['ben'] },
    }),
  )
  expect(status).toEqual({ kind: 'completed', result: [['a'], ['ben'], 'timeout'] })
})

describe('what is refused when a strategy is compiled, with its place and the form', () => {
  test.each([
    ['RETRY 0:\n  LOG 1', 7, 'RETRY'],
    ['RETRY 1.5:\n  LOG 1', 7, 'RETRY'],
    ['RETRY 2 WITH backoff: "soon":\n  LOG 1', 14, 'backoff of RETRY is "soon"'],
    ['WAIT "soon"', 6, 'WAIT'],
    ['WAIT for replies OR "soon"', 21, 'WAIT for'],
    ['GATHER votes FROM agents WITH prompt: null', 31, 'prompt of GATHER is null; it needs a text'],
    ['SPAWN helper WITH purpose: null', 19, 'purpose of SPAWN is null'],
    ['TRACK { type: null }', 9, 'type of TRACK is null'],
    ['GATHER FROM agents', 1, 'GATHER needs a name for the answers'],
    ['GATHER FROM agents', 1, 'The form is: GATHER responses FROM agents WITH timeout: 15s, at_least: 2'],
    ['SEND "Go."', 1, 'SEND needs a recipient'],
    ['SEND "Go."', 1, 'The form is: SEND "text" TO agent, or SEND { to: agent, message: "text" }'],
    ['SPAWN { count: 2 } WITH count: 3', 1, 'SPAWN has its options twice'],
    ['SPAWN { count: 2 } WITH count: 3', 1, 'The form is: SPAWN "helper" WITH model:'],
    ['TRY:\n  LOG 1', 1, 'This TRY has no ON failure'],
    ['TRY:\n  LOG 1', 1, 'below the block, with the same indentation as TRY'],
    ['BREAK', 1, 'Write it in the block of a FOR, FOREACH or WHILE'],
    ['CONTINUE', 1, 'CONTINUE is outside of a loop.'],
  ])('%s', (text, column, message) => {
    let error: PatternError | undefined
    try {
      runStrategy(text, VARIABLES)
    } catch (thrown) {
      error = thrown as PatternError
    }
    expect(error).toMatchObject({ name: 'PatternError', line: 1, column })
    expect(error!.message).toContain(message)
  })
})
