import { describe as suite } from 'vitest'
import { constant, describeOrchestration, type PatternOptions } from 'longhaul'
import { PatternSettingError } from 'longhaul/pattern'
import { strategy } from '../given/strategy.ts'

const calm = {
  latency: constant('5s'),
  failRate: 0,
  services: { openai: { failRate: 0 }, anthropic: { failRate: 0 } },
}
const pattern = (text: string, options: Omit<PatternOptions, 'pattern'> = {}): PatternOptions => ({
  pattern: { text: `name: inline\n${text}` },
  ...options,
  provider: { ...calm, ...options.provider },
})
const logic = (text: string): string => `orchestration_logic:\n  strategy: |\n${text.replaceAll(/^(?=.)/gm, '    ')}\n`

suite('plain language', () => {
  describeOrchestration(
    'heads with blocks',
    pattern(
      `variables: { max_rounds: 2 }
agents:
  lead: { profile: base_orchestrator }
  ann: { profile: worker }
${logic(`EXECUTE the game:
  FOR round IN 1..{{max_rounds}}:
    GATHER moves FROM agents WITH prompt: "Move {{round}}"
    JUDGE the moves:
      - by fairness
FINISH it:
  COLLECT round INTO ends
RETURN ends`)}`,
    ),
    (test) => {
      test.for([[2], [7]])('are asked, and their blocks run: %i rounds', async ([rounds], { run, expect }) => {
        const outcome = await run({ vars: { max_rounds: rounds! } })
        expect(outcome.result!.result).toEqual([rounds])
        expect(outcome).toHaveCalls(rounds!, { agent: 'ann' })
        // Twice for the heads, and once a round.
        expect(outcome).toHaveCalls(rounds! + 2, { agent: 'lead' })
      })
    },
  )

  describeOrchestration(
    'what a sketch does not define',
    pattern(
      logic(`PLAY the game
distance = distance_to_balance()
IF distance < threshold:
  EMIT game:balanced WITH { distance, details }
FOR each player:
  COLLECT player INTO players
RETURN { distance: distance, players: players }`),
      {
        provider: {
          replies: [
            { content: 'distance_to_balance', reply: '0.25, I would say: [0.25]' },
            { content: 'Answer with yes or no: distance < threshold', reply: 'Yes.' },
            { content: 'FOR each player', reply: '["ann", "ben"]' },
            { content: 'details', reply: '{"event": "game:balanced", "data": {"distance": 0.25}}' },
            { reply: 'Done.' },
          ],
        },
      },
    ),
    (test) => {
      test('is said by the orchestrating agent, and what it emits is emitted', async ({ run, trace, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toEqual({ distance: [0.25], players: ['ann', 'ben'] })
        expect(trace.ofType('event.emitted')).toContainEqual(
          expect.objectContaining({ event: 'game:balanced', from: 'orchestrator' }),
        )
      })
    },
  )

  describeOrchestration(
    'the agent that leads',
    pattern(
      `agents:
  ann: { profile: worker }
  boss: { profile: tournament_orchestrator, role: assistant }
${logic(strategy`
  THINK about it
  GATHER votes FROM agents
  GATHER again FROM all_agents
  RETURN { votes: pluck(votes, "agent"), id: "{{agent_id}}", of: orchestration_id }
`)}`,
    ),
    (test) => {
      test('is the one that its profile says, and none is made', async ({ run, trace, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toEqual({ votes: ['ann'], id: 'run_1_boss', of: 'run_1' })
        expect(outcome).toHaveCalls(1, { agent: 'boss' })
        expect(trace.ofType('agent.spawned').map(({ agent }) => agent)).toEqual(['ann', 'boss'])
      })
    },
  )

  describeOrchestration(
    'a check in words',
    pattern(
      logic(strategy`
        MAKE a plan
        ASSERT the plan is sound
        RETURN 1
      `),
      {
        provider: { replies: [{ content: 'the plan is sound', reply: 'No: it has no end.' }, { reply: 'A plan.' }] },
      },
    ),
    (test) => {
      test('fails where the agent says no', async ({ run, expect }) => {
        expect(await run()).toHaveFailedWith('ASSERT the plan is sound does not hold: No: it has no end.')
      })
    },
  )
})

suite('patterns without a strategy', () => {
  const TALK = `agents:
  ann: { profile: talker, vars: { initial_prompt: "You are {{agent_name}}. Begin." } }
  ben: { profile: talker }
routing:
  rules:
    - { pattern: 'talk:message', from: ann, to: ben }
    - { pattern: 'talk:message', from: ben, to: ann }
`
  describeOrchestration(
    'a talk in turns',
    pattern(
      `${TALK}coordination:\n  turn_taking: { mode: strict_alternation }\n  termination:\n    conditions:\n      - { event: 'talk:ended' }\n      - { rounds: 10 }\n      - { timeout: 10m }\n`,
    ),
    (test) => {
      test('goes on for its rounds, one after the other', async ({ run, trace, expect }) => {
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(outcome.result!.reason).toBe('rounds')
        const spoken = outcome.calls.map(({ agent }) => agent)
        expect(spoken).toEqual(Array.from({ length: 20 }, (_, turn) => (turn % 2 === 0 ? 'ann' : 'ben')))
        expect(outcome).toHaveElapsed({ atLeast: '100s', atMost: '100s' })
        expect(trace.ofType('event.dropped')).toEqual([])
      })
    },
  )

  describeOrchestration(
    'a talk that says its end',
    pattern(`${TALK}coordination: { termination: { conditions: [{ event: 'talk:ended' }] } }\n`, {
      provider: { agents: { ben: { reply: 'Goodbye. {"event": "talk:ended", "data": {}}' } } },
    }),
    (test) => {
      test('ends with the event', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result!.reason).toBe('event')
        expect(outcome.calls.map(({ agent }) => agent)).toEqual(['ann', 'ben'])
      })
    },
  )

  describeOrchestration('a talk that nothing ends', pattern(TALK), (test) => {
    test('ends by itself, and is no runaway', async ({ run, trace, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.reason).toBe('returned')
      expect(outcome.calls.length).toBeGreaterThan(5)
      expect(trace.ofType('event.dropped')).toEqual([])
    })
  })

  describeOrchestration(
    'agents without a word to begin with',
    pattern(
      'description: Two say hello.\nagents: { hello: {}, goodbye: {} }\nrouting: { rules: [{ from: hello, to: goodbye, pattern: greeting }] }\n',
    ),
    (test) => {
      test('have the first one begin', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.calls.map(({ agent }) => agent)).toEqual(['hello', 'goodbye'])
      })
    },
  )

  describeOrchestration(
    'a leader and its workers',
    pattern(
      `agents:
  lead: { profile: base_orchestrator, initial_prompt: Lead. }
  ann: { role: player }
  ben: { role: player }
  cem: { role: judge }
routing_rules:
  - { event: 'game:move', to: { role: player }, message: 'Your move, {{round}} {{unknown}}' }
  - { event: 'game:moved', to: { agent_id: '{{judge}}' }, forward: true }
  - { event: 'game:judged', to: '{{missing}}' }
routing: { default: lead }
`,
      {
        provider: {
          agents: {
            lead: {
              reply: [
                'Play.\n{"event": "game:move", "data": {"round": 1}}',
                'Thanks.\n{"event": "orchestration:request_termination", "data": {"reason": "over"}}',
              ],
            },
            ann: { reply: '{"event": "game:moved", "data": {"judge": "run_1_cem", "move": "rock"}}' },
            ben: { reply: '{"event": "orchestration:request_termination", "data": {}}' },
            cem: { reply: '{"event": "game:judged", "data": {"winner": "ann"}}\n{"event": "done", "data": {}}' },
          },
        },
      },
    ),
    (test) => {
      test('run by messages, to whom the rules say, until the leader ends it', async ({ run, trace, expect }) => {
        const outcome = await run()
        expect(outcome.result!.reason).toBe('event')
        expect(outcome.calls.map(({ agent }) => agent)).toEqual(['lead', 'ann', 'ben', 'cem', 'lead'])
        const told = trace.ofType('message.sent').map(({ from, to }) => `${from} > ${to}`)
        expect(told).toEqual(['orchestration > lead', 'lead > ann', 'lead > ben', 'ann > cem', 'cem > lead'])
        // What reaches nobody, and who may not end it, is said.
        expect(trace.ofType('log').map(({ text }) => text)).toEqual([
          expect.stringMatching(/^ben requested the end of the orchestration/),
          expect.stringMatching(/^game:judged from cem has no recipient/),
        ])
      })
    },
  )

  describeOrchestration(
    'agents that ask for agents',
    pattern('agents:\n  lead: { profile: coordinator, initial_prompt: Lead. }\n', {
      provider: {
        agents: {
          lead: {
            reply: [
              '{"event": "agent:spawn", "data": {"agent_id": "run_1_dora", "profile": "worker", "model": "haiku"}}\n{"event": "agent:send_message", "data": {"agent_id": "run_1_dora", "message": {"role": "user", "content": "Work."}}}',
              'Good. {"event": "agent:terminate", "data": {"agent_id": "dora"}}',
            ],
          },
          dora: { reply: '{"event": "orchestration:send", "data": {"to": "lead", "message": "Done."}}' },
        },
      },
    }),
    (test) => {
      test('have them made, told and taken away', async ({ run, trace, expect }) => {
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(outcome.calls.map(({ agent, model }) => [agent, model])).toEqual([
          ['lead', 'gpt-4o-mini'],
          ['dora', 'claude-haiku-4-5'],
          ['lead', 'gpt-4o-mini'],
        ])
        expect(trace.ofType('agent.terminated')).toMatchObject([{ agent: 'dora', reason: 'terminated by lead' }])
      })
    },
  )

  describeOrchestration(
    'an agent whose service is gone',
    pattern(TALK, { orchestrator: { retry: { attempts: 1 } } }),
    (test) => {
      test('is a failure where nobody has answered', async ({ run, provider, expect }) => {
        provider.failNext(1, 'server_error')
        expect(await run()).toHaveFailedWith('server_error')
      })
    },
  )

  describeOrchestration(
    'a talk that is killed and goes on',
    pattern(
      `${TALK}coordination:\n  turn_taking: { mode: strict_alternation }\n  termination: { conditions: [{ rounds: 4 }] }\n`,
      { orchestrator: { store: ':memory:' } },
    ),
    (test) => {
      test.for([['12s'], ['20s'], ['33s']] as const)('after %s', async ([after], { start, sleep, expect }) => {
        const orchestration = await start()
        await sleep(after)
        await orchestration.restart()
        const outcome = await orchestration.outcome()
        expect(outcome.result!.reason).toBe('rounds')
        const answered = outcome.calls.filter(({ status }) => status === 'ended').map(({ agent }) => agent)
        expect(answered).toEqual(['ann', 'ben', 'ann', 'ben', 'ann', 'ben', 'ann', 'ben'])
      })
    },
  )

  describeOrchestration('one without agents', pattern('variables: { n: 1 }\n'), (test) => {
    test('is there to be extended, and says so when it is started', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.error).toBeInstanceOf(PatternSettingError)
      expect(outcome).toHaveFailedWith('it cannot run')
    })
  })
})

suite('statements', () => {
  describeOrchestration(
    'SPAWN, TRACK, QUERY, AGGREGATE, COORDINATE and SEND',
    pattern(
      logic(`SPAWN { profile: "analyzer", count: 2, role: "analyzer", capabilities: ["read"], prompt: "You read." } AS analyzers
SPAWN chief WITH profile:
  name: "scale_chief"
  role: "chief"
  variant: "calm"
FOR i IN 1..3:
  TRACK { type: "score", data: { n: i, of: i % 2 == 0 ? "a" : "b" } }
QUERY { query_type: "tracked", filters: { type: "score", n: { ">": 1 } } } AS late
AGGREGATE { data: late, method: "statistical", options: { extract_field: "data.n", group_by: "data.of" } } AS scores
SEND { to: { role: "analyzer", capability: "read" }, message: { task: "analyze" } }
EMIT work:begin TO "all" WITH at: now() > 0
WAIT for answers OR timeout
QUERY { query_type: "agents", filters: { role: "analyzer", load: "minimal" } } AS free
COORDINATE { type: "turns", agents: analyzers, options: { task: "sum up", max_rounds: 2 } } AS turns
COORDINATE { type: "barrier", agents: "all", timeout: 10s } AS ready
QUERY { query_type: "context" } AS context
RETURN { analyzers: analyzers, chief: chief, late: late.count, mean: scores.mean, groups: keys(scores.groups), answered: sort(pluck(answers, "agent")), free: pluck(free, "agent_id"), turns: pluck(turns.responses, "agent"), ready: ready.coordinated.count, out: ready.timed_out, id: context.orchestration_id }`),
      { provider: { agents: { scale_chief: { latency: constant('30s') } } }, orchestrator: { gatherTimeout: '40s' } },
    ),
    (test) => {
      test('do what they say', async ({ run, expect }) => {
        const { result, error } = await run()
        expect(error).toBeUndefined()
        expect(result!.result).toEqual({
          analyzers: ['analyzer_1', 'analyzer_2'],
          chief: 'scale_chief',
          late: 2,
          mean: 2.5,
          groups: ['a', 'b'],
          answered: ['analyzer_1', 'analyzer_2', 'scale_chief'],
          free: ['run_1_analyzer_1', 'run_1_analyzer_2'],
          turns: ['analyzer_1', 'analyzer_2', 'analyzer_1', 'analyzer_2'],
          ready: 2,
          out: true,
          id: 'run_1',
        })
      })
    },
  )

  describeOrchestration(
    'what is tracked',
    pattern(
      logic(
        strategy`
          TRACK { type: "a", data: 1 }
          WAIT 10s
          TRACK { type: "a", data: 2 }
          QUERY { query_type: "tracked" } AS all
          RETURN pluck(all, "data")
        `,
      ),
      { orchestrator: { store: ':memory:' } },
    ),
    (test) => {
      test('survives the process', async ({ start, sleep, expect }) => {
        const orchestration = await start()
        await sleep('5s')
        await orchestration.restart()
        expect((await orchestration.outcome()).result!.result).toEqual([1, 2])
      })
    },
  )

  describeOrchestration(
    'AWAIT with most responses',
    pattern(
      `agents: { ann: {}, ben: {}, cem: {} }\n${logic(strategy`
        BROADCAST "Vote." TO agents
        AWAIT { from: "all", event_pattern: "vote", min_responses: 1, max_responses: 3, timeout: 20s } AS votes
        RETURN votes.count
      `)}`,
      { provider: { replies: '{"event": "vote"}', agents: { cem: { latency: constant('60s') } } } },
    ),
    (test) => {
      test('waits for all of them, and has enough with the least when the time is up', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toBe(2)
        expect(outcome).toHaveElapsed({ atLeast: '20s', atMost: '20s' })
      })
    },
  )

  describeOrchestration(
    'strict alternation in a strategy',
    pattern(
      `agents: { ann: {}, ben: {} }\ncoordination: { turn_taking: { mode: strict_alternation } }\n${logic(strategy`
        GATHER views FROM agents
        RETURN pluck(views, "agent")
      `)}`,
    ),
    (test) => {
      test('asks one after another', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result!.result).toEqual(['ann', 'ben'])
        expect(outcome).toHaveElapsed({ atLeast: '10s', atMost: '10s' })
      })
    },
  )
})

suite('models by their short names', () => {
  describeOrchestration(
    'of agents',
    pattern(
      `agents:
  a: { model: sonnet }
  b: { model: claude-cli/opus }
  c: { model: litellm/gpt-4o }
  d: { model: claude-cli/claude-sonnet-4-20250514 }
${logic(strategy`
  GATHER views FROM agents
  RETURN pluck(views, "model")
`)}`,
    ),
    (test) => {
      test('are known', async ({ run, expect }) => {
        expect((await run()).result!.result).toEqual([
          'anthropic/claude-sonnet-4-5',
          'anthropic/claude-opus-4-5',
          'openai/gpt-4o',
          'anthropic/claude-sonnet-4-20250514',
        ])
      })
    },
  )
})
