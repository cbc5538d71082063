import { describe, expect, test } from 'vitest'
import type { TraceEvent } from '../../../src/trace/events.ts'
import { wrongValueIn } from '../../../src/trace/shape.ts'

const USAGE = { input: 1, cachedInput: 0, cacheWrite: 0, output: 1, reasoning: 0 }
const CALL = { call: 1 }
const NAMED = { agent: 'ann', model: 'gpt-4o' }

/** An event of each type with all its values, and the names of those that may be left out. */
const EVENTS: Readonly<Record<TraceEvent['type'], readonly [values: object, ...optional: string[]]>> = {
  'run.started': [{ name: 'vote', vars: {} }],
  'run.ended': [{ status: 'failed', error: 'Error', message: 'No.' }, 'error', 'message'],
  'run.cancelled': [{}],
  'call.arrived': [
    {
      ...CALL,
      ...NAMED,
      conversation: 'ann/1',
      turn: 1,
      provider: 'openai',
      operation: 'chat.completions',
      stream: true,
      inputTokens: 1,
      attempt: 1,
      request: 'r',
      prompt: 1,
      continues: 0,
      holds: [0],
      overtakes: 0,
      questions: 2,
      repeated: 2,
      repeatedTools: ['search'],
      run: 0,
      ownTime: true,
    },
    'prompt',
    'continues',
    'holds',
    'overtakes',
    'questions',
    'repeated',
    'repeatedTools',
    'run',
    'ownTime',
  ],
  'call.retried': [{ ...CALL, of: 0, afterMs: 1 }],
  'call.replayed': [CALL],
  'call.left': [CALL],
  'call.dequeued': [{ ...CALL, waitedMs: 1 }],
  'call.firstToken': [{ ...CALL, afterMs: 1 }],
  'call.ended': [{ ...CALL, afterMs: 1, finish: 'stop', fault: 'empty', usage: USAGE, cost: 1 }, 'fault'],
  'call.failed': [
    { ...CALL, afterMs: 1, fault: 'reset', message: 'No.', retryAfterMs: 1, usage: USAGE, cost: 1 },
    'retryAfterMs',
  ],
  'call.refused': [
    {
      ...CALL,
      ...NAMED,
      provider: 'openai',
      host: 'api.openai.com',
      method: 'POST',
      path: '/',
      status: 404,
      reason: 'outside',
      message: 'No.',
      request: 'r',
    },
    'call',
    'agent',
    'provider',
    'model',
    'status',
    'request',
  ],
  'resource.answered': [
    { provider: 'openai', operation: 'models.list', method: 'GET', path: '/', status: 200, agent: 'ann' },
    'agent',
  ],
  'agent.spawned': [{ agent: 'ann' }],
  'agent.terminated': [{ agent: 'ann', reason: 'done' }],
  'gather.started': [
    { gather: 1, name: 'votes', expected: ['ann'], atLeast: 0.5, timeoutMs: 1, tasks: 1 },
    'timeoutMs',
    'tasks',
  ],
  'gather.received': [{ gather: 1, agent: 'ann', late: false }],
  'gather.ended': [{ gather: 1, received: ['ann'], missing: [] }],
  'run.resumed': [{ run: 'r', uncertain: 0 }],
  'agent.hung': [{ agent: 'ann', sinceMs: 1, restarts: 0 }],
  'agent.restarted': [{ agent: 'ann', restarts: 1 }],
  'task.assigned': [{ gather: 1, task: 0, agent: 'ann', instead: 'ben' }, 'instead'],
  'effect.started': [{ effect: 1, line: 1, kind: 'ask' }],
  'effect.ended': [{ effect: 1, ok: false, failure: 'timeout' }, 'failure'],
  'cost.claimed': [
    { ...NAMED, known: 1, uncertain: 0, inputTokens: 1, outputTokens: 1 },
    'inputTokens',
    'outputTokens',
  ],
  'completion.traced': [
    {
      ...NAMED,
      prompt: 'p',
      answer: 'a',
      tookMs: 1,
      waitedMs: 0,
      inputTokens: 1,
      outputTokens: 1,
      cost: 1,
      cached: false,
    },
  ],
  'cost.checked': [{ spent: '-12', limit: '12' }, 'limit'],
  'budget.refused': [{ ...NAMED, worst: 1, left: 0 }],
  'attempt.started': [{ ...NAMED, provider: 'openai' }],
  'attempt.ended': [
    {
      ...NAMED,
      provider: 'openai',
      tookMs: 1,
      failure: 'timeout',
      message: 'No.',
      inputTokens: 1,
      cachedInputTokens: 0,
      outputTokens: 1,
      cost: 1,
    },
    'failure',
  ],
  'attempt.failed': [
    { agent: 'ann', target: 'openai/gpt-4o', attempt: 1, kind: 'timeout', message: 'No.', retryInMs: 1 },
    'retryInMs',
  ],
  'call.hedged': [{ agent: 'ann', target: 'openai/gpt-4o' }],
  'breaker.changed': [{ target: 'openai/gpt-4o', state: 'open' }],
  'model.fellBack': [{ ...NAMED, reason: 'budget' }],
  'cache.hit': [{ agent: 'ann', similarity: 0.98, saved: 1 }],
  'cache.missed': [{ agent: 'ann' }],
  'conversation.pruned': [{ agent: 'ann', messages: 2 }],
  'message.sent': [{ from: 'ann', to: 'ben' }],
  'event.emitted': [{ event: 'done', from: 'ann', hops: 0 }],
  'event.dropped': [{ event: 'done', hops: 9 }],
  log: [{ line: 1, text: 'Hello' }],
  'clock.slept': [{ ms: 1 }],
  'clock.stuck': [{ code: 'DEADLOCK', message: 'No.' }],
  'calls.leaked': [{ calls: [1] }],
  'timers.leaked': [{ everyMs: [1_000] }],
  'setUp.misspelt': [{ part: 'agents', name: 'an', called: 'ann' }],
  'setUp.toolNotOffered': [{ ...CALL, tool: 'paint', offered: ['draw'] }],
  'setUp.replyMisfit': [{ ...CALL, problem: 'ok is missing' }],
  'setUp.unused': [{ part: 'agents', name: 'ann' }],
  'span.ended': [
    {
      name: 'chat gpt-4o',
      operation: 'chat',
      agent: 'ann',
      provider: 'openai',
      model: 'gpt-4o',
      answeredBy: 'gpt-4o-2024-08-06',
      error: 'timeout',
      tookMs: 1,
      inputTokens: 1,
      outputTokens: 1,
    },
    'operation',
    'agent',
    'provider',
    'model',
    'answeredBy',
    'error',
    'inputTokens',
    'outputTokens',
  ],
  note: [{ text: 'Hello' }],
  'watch.called': [{ name: 'fetch', nth: 1 }],
  'watch.returned': [{ name: 'fetch', nth: 1, afterMs: 1 }],
  'watch.threw': [{ name: 'fetch', nth: 1, afterMs: 1, message: 'No.' }],
}

const of = (type: string, values: object) => ({ seq: 0, at: 0, causes: [], type, ...values })

describe.for(Object.entries(EVENTS))('%s', ([type, [values, ...optional]]) => {
  test('is right with all its values, and without those that may be missing', () => {
    expect(wrongValueIn(of(type, values))).toBeUndefined()
    for (const none of [null, undefined]) {
      const without = { ...values, ...Object.fromEntries(optional.map((name) => [name, none])) }
      expect(wrongValueIn(of(type, without))).toBeUndefined()
    }
  })

  test('is wrong with any value of another kind, or without one that it needs', () => {
    for (const name of Object.keys(values)) {
      // No value of an event is a function, or a list of one.
      for (const wrong of [() => {}, [() => {}]])
        expect(wrongValueIn(of(type, { ...values, [name]: wrong }))).toBe(name)
      if (!optional.includes(name)) expect(wrongValueIn(of(type, { ...values, [name]: undefined }))).toBe(name)
    }
  })
})

describe('what all events have', () => {
  test.each([
    ['seq', 1.5],
    ['seq', '1'],
    ['at', -1],
    ['at', Number.NaN],
    ['at', '0'],
    ['at', Number.MAX_SAFE_INTEGER + 1],
    ['causes', 0],
    ['causes', ['0']],
  ])('%s is not %j', (name, value) => {
    expect(wrongValueIn({ ...of('note', { text: 'x' }), [name]: value })).toBe(name)
  })

  test('causes may be left out', () => {
    expect(wrongValueIn({ seq: 0, at: 0, type: 'note', text: 'x' })).toBeUndefined()
  })

  test('is all that is asked of a type that nobody knows', () => {
    expect(wrongValueIn(of('weather.changed', { to: 'rain' }))).toBeUndefined()
    // A name that every object has is no type of event.
    expect(wrongValueIn(of('toString', {}))).toBeUndefined()
    expect(wrongValueIn({ ...of('weather.changed', {}), at: -1 })).toBe('at')
  })
})

describe('kinds of values', () => {
  test.each([
    ['a duration is not infinite', 'clock.slept', { ms: Number.POSITIVE_INFINITY }, 'ms'],
    ['a duration is not negative', 'clock.slept', { ms: -1 }, 'ms'],
    ['a number is finite', 'cache.hit', { similarity: Number.NaN }, 'similarity'],
    ['a whole number has no fraction', 'cache.hit', { saved: 0.5 }, 'saved'],
    ['digits are text', 'cost.checked', { spent: 12 }, 'spent'],
    ['digits have no fraction', 'cost.checked', { spent: '1.5' }, 'spent'],
    ['digits are some', 'cost.checked', { spent: '' }, 'spent'],
    ['digits have nothing before them', 'cost.checked', { spent: 'x1' }, 'spent'],
    ['digits are not endless', 'cost.checked', { spent: '1'.repeat(101) }, 'spent'],
    ['texts are a list', 'gather.ended', { missing: 'ann' }, 'missing'],
    ['texts are all text', 'gather.ended', { missing: ['ann', 1] }, 'missing'],
    ['whole numbers are a list', 'call.arrived', { holds: 1 }, 'holds'],
    ['times are a list', 'timers.leaked', { everyMs: 1 }, 'everyMs'],
    ['times are all times', 'timers.leaked', { everyMs: [1, -1] }, 'everyMs'],
    ['a block is no list', 'run.started', { vars: [] }, 'vars'],
    ['a block is not null', 'run.started', { vars: null }, 'vars'],
    ['a block is no text', 'run.started', { vars: 'x' }, 'vars'],
    ['usage is whole', 'call.ended', { usage: { ...USAGE, output: 0.5 } }, 'usage'],
    ['usage is not negative', 'call.ended', { usage: { ...USAGE, input: -1 } }, 'usage'],
    ...Object.keys(USAGE).map(
      (part) => [`usage has ${part}`, 'call.ended', { usage: { ...USAGE, [part]: undefined } }, 'usage'] as const,
    ),
  ] as const)('%s', (_, type, values, name) => {
    expect(wrongValueIn(of(type, { ...EVENTS[type][0], ...values }))).toBe(name)
  })

  test.each([
    ['cost.checked', { spent: '1'.repeat(100) }],
    ['timers.leaked', { everyMs: [0, Number.MAX_SAFE_INTEGER] }],
    ['run.started', { seed: 'any' }],
    ['run.started', { seed: 7 }],
    ['call.ended', { usage: { ...USAGE, input: 0 } }],
    ['gather.ended', { missing: [] }],
  ] as const)('%s may have %j', (type, values) => {
    expect(wrongValueIn(of(type, { ...EVENTS[type][0], ...values }))).toBeUndefined()
  })
})
