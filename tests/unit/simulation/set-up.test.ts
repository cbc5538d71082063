import { describe, expect, test } from 'vitest'
import type { Provider, ProviderConfig, ReplyRule } from '../../../src/provider/index.ts'
import { resolveWindow } from '../../../src/provider/fault-windows.ts'
import { misspeltIn, unmatchedText } from '../../../src/simulation/set-up.ts'
import type { Trace } from '../../../src/trace/index.ts'
import { call, event, story } from '../../given/story.ts'

const asked = story(call(1, { agent: 'researcher', from: 0, to: 1 }), call(2, { agent: 'writer', from: 0, to: 1 }))
const misspelt = (config: ProviderConfig, { trace = asked, declared = [] as string[] } = {}) =>
  misspeltIn(config, trace, declared)

describe('a name of the set-up is written wrongly', () => {
  test('where a caller for whom nothing is set up has nearly that name', () => {
    expect(misspelt({ agents: { reseacher: {}, writer: {} } })).toEqual([
      { part: 'agents', name: 'reseacher', called: 'researcher' },
    ])
    expect(misspelt({ models: { 'gpt-4o-mni': {} } })).toEqual([
      { part: 'models', name: 'gpt-4o-mni', called: 'gpt-4o-mini' },
    ])
    expect(misspelt({ services: { opnai: {} } })).toEqual([{ part: 'services', name: 'opnai', called: 'openai' }])
  })

  test('also in a rule for replies, or in a window', () => {
    expect(misspelt({ replies: [{ agent: 'wirter', reply: 'x' }] })).toEqual([
      { part: 'agents', name: 'wirter', called: 'writer' },
    ])
    const window = { from: 0, for: 1, failRate: 1, agent: 'wirter' }
    expect(misspelt({ windows: [window] })).toHaveLength(1)
  })

  test('also in the option agents, where nothing names the caller', () => {
    expect(misspelt({}, { declared: ['reseacher', 'writer'] })).toEqual([
      { part: 'declared', name: 'reseacher', called: 'researcher' },
    ])
    expect(misspelt({ agents: { researcher: {} } }, { declared: ['reseacher', 'writer'] })).toEqual([])
  })

  test('also in a schedule, or where a test lets the next calls fail', () => {
    expect(misspelt({ schedule: [{ agent: 'wirter', nth: 0, fault: 'reset' }] })).toHaveLength(1)
    expect(misspeltIn({}, asked, [], [{ agent: 'wirter' }])).toEqual([
      { part: 'agents', name: 'wirter', called: 'writer' },
    ])
  })

  test.each<[string, ProviderConfig, { trace?: Trace; declared?: string[] }]>([
    ['who has called has his own name', { agents: { researcher: {}, writer: {} } }, {}],
    ['both are set up', { agents: { reseacher: {}, researcher: {} } }, {}],
    ['nobody has nearly that name', { agents: { planner: {} } }, {}],
    [
      'it is declared, and has not called',
      { agents: { reseacher: {} } },
      { declared: ['reseacher', 'researcher', 'writer'] },
    ],
    [
      'it is known in the run',
      { agents: { reseacher: {} } },
      {
        trace: story(
          call(1, { agent: 'researcher', from: 0 }),
          event(1, { type: 'agent.spawned', agent: 'reseacher' }),
        ),
      },
    ],
    ['it is a model that there is', { models: { 'gpt-4o': {} } }, {}],
    ['nothing is set up', {}, {}],
  ])('not where %s', (_, config, more) => {
    expect(misspelt(config, more)).toEqual([])
  })
})

describe('what was set up and not seen', () => {
  const text = (config: ProviderConfig, unusedReplies: ReplyRule[] = [], trace = asked) =>
    unmatchedText({
      config,
      trace,
      windows: (config.windows ?? []).map(resolveWindow),
      unusedReplies,
      unmetFailures: [],
      unreachedFaults: [],
    } as unknown as Provider)

  test('is told by its parts', () => {
    expect(text({ agents: { planner: {}, writer: {} }, models: { own: {} } })).toBe(
      'No call of this run used this part of the set-up: agents planner; models own.',
    )
  })

  test('is told of eight names at most', () => {
    const agents = (count: number) =>
      text({ agents: Object.fromEntries(Array.from({ length: count }, (_, nth) => [`a${nth}`, {}])) })
    expect(agents(8)).toBe('No call of this run used this part of the set-up: agents a0, a1, a2, a3, a4, a5, a6, a7.')
    expect(agents(10)).toMatch(/a7 and 2 more\.$/)
  })

  test('is told of rules by what they ask for, those for all aside', () => {
    const rules: ReplyRule[] = [
      { agent: 'ann', content: /plan/i, reply: 'x' },
      { model: 'gpt-4o', turn: 2, reply: 'x' },
      { agent: 'ann', reply: 'x' },
      { reply: 'x' },
    ]
    expect(text({}, rules)).toBe(
      'No call of this run used this part of the set-up: replies to { agent: "ann", content: /plan/i }, { model: "gpt-4o", turn: 2 }.',
    )
  })

  test('is nothing where all was seen, or nobody has called', () => {
    expect(text({ agents: { writer: {} } })).toBe('')
    expect(text({ agents: { planner: {} } }, [], story())).toBe('')
  })
})
