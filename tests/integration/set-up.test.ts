import OpenAI from 'openai'
import { describe, expect, test, vi } from 'vitest'
import {
  actAs,
  explore,
  json,
  never,
  outage,
  sequence,
  toolCall,
  type FunctionOptions,
  type InvariantError,
  type ReplySource as Reply,
} from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const tools = [{ type: 'function' as const, function: { name: 'look_up', parameters: { type: 'object' } } }]

const ask = (agent: string, content = 'x', offered = tools) =>
  actAs(agent, () =>
    client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content }],
      ...(offered.length > 0 && { tools: offered }),
    }),
  )

const options = {
  agents: ['researcher', 'critic'],
  system: async ({ agents }) => {
    for (const agent of agents) await ask(agent)
  },
} satisfies FunctionOptions<void>

/** Runs once, and gives what it failed with. */
async function failureOf(more: Partial<FunctionOptions<void>>, work?: Parameters<typeof explore<void>>[3]) {
  const { failures } = await explore('set up', { ...options, ...more }, { seeds: 1, failRate: 0, maxShrunk: 0 }, work)
  return failures[0]?.error as InvariantError | undefined
}

describe('a name of the set-up that nobody has', () => {
  test.for([
    ['an agent', { agents: { reseacher: { latency: never() } } }, 'names the agent "reseacher"'],
    ['a model', { models: { 'gpt-4o-mni': { latency: '1s' } } }, 'names the model "gpt-4o-mni"'],
    ['a provider', { services: { opnai: { concurrency: 1 } } }, 'names the service "opnai"'],
    ['an outage', { windows: [outage({ from: 0, for: '1m', service: 'opnai' })] }, 'names the service "opnai"'],
    ['a reply', { replies: [{ agent: 'Critics', reply: 'No.' }] }, 'names the agent "Critics"'],
  ] as const)('is told where it is that of a caller, written wrongly: %s', async ([, provider, says]) => {
    const failure = await failureOf({ provider })
    expect(failure?.violations.map(({ check }) => check)).toEqual(['set-up'])
    expect(failure?.violations[0]!.what).toContain(says)
  })

  test.for([
    [
      'has only not called',
      { agents: ['researcher', 'researchers'], system: async () => void (await ask('researcher')) },
      { agents: { researchers: {} } },
    ],
    ['is much unlike', {}, { agents: { planner: {} } }],
    ['is one of several', {}, { agents: { researcher: {}, reseacher: {} } }],
    ['is a model that there is', {}, { models: { 'gpt-4o': {} } }],
    ['is a service that there is', {}, { services: { anthropic: {} } }],
  ] as const)('is no mistake where it %s', async ([, more, provider]) => {
    expect(await failureOf({ ...more, provider } as Partial<FunctionOptions<void>>)).toBeUndefined()
  })

  test('is waived by name', async () => {
    expect(await failureOf({ provider: { agents: { reseacher: {} } }, checks: { 'set-up': false } })).toBeUndefined()
  })

  test('is told beside what a test failed with, as is all that was set up and not seen', async () => {
    const failure = await failureOf(
      {
        provider: {
          agents: { reseacher: {}, planner: {} },
          replies: [
            { content: /vote/i, reply: 'Yes.' },
            { content: 'x', reply: 'No.' },
          ],
        },
      },
      async ({ run }) => {
        await run()
        throw new Error('nobody voted')
      },
    )
    expect(failure?.message).toMatch(
      /^nobody voted\n\nViolations that checks found, which may be the cause:\n {2}set-up, at .*"reseacher".*\n\nNo call of this run used this part of the set-up: agents reseacher, planner; replies to \{ content: \/vote\/i \}\.$/,
    )
  })
})

describe('what is set up and not used', () => {
  const unused = 'error'
  test.for([
    ['an agent', { agents: { planner: { latency: never() } } }, 'agents planner'],
    ['a model', { models: { 'gpt-4o': {} } }, 'models gpt-4o'],
    ['a service', { services: { anthropic: {} } }, 'services anthropic'],
    ['an outage that comes after the end', { windows: [outage({ from: '3h', for: '1m' })] }, 'windows from 3h for 1m'],
    [
      'an outage of a model',
      { windows: [outage({ from: 0, model: 'gpt-4o' })] },
      'windows from 0ms { model: "gpt-4o" }',
    ],
    ['a rule', { replies: [{ content: /vote/, reply: 'Yes.' }] }, 'replies { content: /vote/ }'],
  ] as const)('is an error where it is to be one: %s', async ([, provider, says]) => {
    const failure = await failureOf({ provider, unused })
    expect(failure?.violations.map(({ check }) => check)).toContain('set-up')
    expect(failure?.message).toContain(`no call used this part of the set-up: ${says}`)
  })

  test.for([
    ['calls that are to fail, of nobody', { agent: 'anna' }, 'failNext (2, \'overloaded\', { agent: "anna" })'],
    ['calls that are to fail, of a model', { model: 'gpt-4o' }, 'failNext (2, \'overloaded\', { model: "gpt-4o" })'],
  ] as const)('is an error where a test asks for it: %s', async ([, scope, says]) => {
    const failure = await failureOf({ unused }, async ({ run, provider }) => {
      provider.failNext(2, 'overloaded', scope)
      await run()
    })
    expect(failure?.message).toContain(`no call used this part of the set-up: ${says}`)
  })

  test('is an error where a scheduled fault is that of a call that never came', async () => {
    const failure = await failureOf({ unused, provider: { schedule: [{ agent: 'critic', nth: 7, fault: 'reset' }] } })
    expect(failure?.message).toContain('schedule { agent: "critic", nth: 7, fault: "reset" }')
  })

  test('is an error where the declared agents are not those that call', async () => {
    const system = async () => void (await ask('ann'))
    const failure = await failureOf({ unused, agents: ['anna'], system })
    expect(failure?.message).toContain('no call used this part of the set-up: declared anna')
  })

  test('is none where a declared agent has only not called', async () => {
    const system = async () => void (await ask('critic'))
    expect(await failureOf({ unused, system })).toBeUndefined()
  })

  test('is none where more calls are to fail than come', async () => {
    const failure = await failureOf({ unused }, async ({ run, provider, waive }) => {
      provider.failNext(20, 'overloaded', { agent: 'researcher' })
      waive('timeouts')
      await run()
    })
    expect(failure).toBeUndefined()
  })

  test.for(['warn', 'ignore', undefined] as const)('is none otherwise: %s', async (unused) => {
    const provider = { agents: { planner: {} } }
    expect(await failureOf({ provider, ...(unused && { unused }) })).toBeUndefined()
  })

  test('is none where all is used', async () => {
    const provider = { agents: { critic: {} }, windows: [outage({ from: 0, agent: 'critic' })] }
    const system = async () => void (await ask('critic').catch(() => {}))
    expect(await failureOf({ provider, unused, system })).toBeUndefined()
  })

  test('is written wrongly where a window means an agent that is set up', async () => {
    const failure = await failureOf({
      provider: { agents: { researcher: {} }, windows: [outage({ from: 0, agent: 'reseacher' })] },
    })
    expect(failure?.message).toContain('Did you mean "researcher"?')
  })

  test('is told by a simulation when it ends', async () => {
    const { createSimulation } = await import('longhaul')
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const simulation = createSimulation({ provider: { agents: { planner: {} } }, mount: true })
    await simulation.run(() => ask('ann'))
    await simulation.close()
    expect(write.mock.calls.join('')).toContain(
      'no call of the simulation used this part of the set-up: agents planner',
    )
    write.mockRestore()
  })

  test('may be an error, a warning, or nothing', async () => {
    await expect(failureOf({ unused: 'eror' as never })).rejects.toThrow('unused is "eror". Did you mean "error"?')
  })
})

describe('a list of replies that never comes past the first one', () => {
  /** Asks a judge about one draft after another, each in a conversation of its own, and fails. */
  const judged = (drafts: number) => async (): Promise<void> => {
    for (let draft = 1; draft <= drafts; draft++) await ask('judge', `Draft ${draft}?`)
    throw new Error('No draft was accepted.')
  }
  const messageOf = async (reply: Reply, drafts = 3): Promise<string | undefined> => {
    const provider = { agents: { judge: { reply } } }
    const failure = await failureOf({ provider, system: judged(drafts) }, async ({ run }) => {
      const { error } = await run()
      if (error) throw error
    })
    return failure?.message
  }

  test('is told of where the test fails, with what is likely meant', async () => {
    expect(await messageOf(['no', 'yes'])).toContain(
      'The list of replies of judge never came past its first reply in 3 calls, because each of their prompts begins a conversation of its own. ' +
        'If each call is to take the next reply, give sequence(…) in place of […].',
    )
  })

  test.for([
    ['a sequence', sequence('no', 'yes'), 3],
    ['a list of one reply', ['no'], 3],
    ['two calls', ['no', 'yes'], 2],
  ] as const)('is not told of where it is no mistake: %s', async ([, reply, drafts]) => {
    expect(await messageOf(reply, drafts)).not.toContain('The list of replies')
  })
})

test('an agent that is not there cannot be terminated', async () => {
  const failure = await failureOf({}, async ({ start }) => {
    const orchestration = await start()
    await orchestration.terminateAgent('critc').finally(() => orchestration.outcome())
  })
  expect(failure?.message).toContain('The orchestration has no agent "critc". Did you mean "critic"?')
})

describe('a reply that calls a tool', () => {
  const calling = { replies: [{ reply: { toolCalls: [{ name: 'lookup' }] } }] }

  test('is found out where the request does not offer it', async () => {
    const failure = await failureOf({ provider: calling })
    expect(failure?.violations[0]).toMatchObject({
      check: 'set-up',
      calls: [1],
      what: 'the reply to call 1 calls the tool "lookup", which the request does not offer; it offers look_up',
    })
  })

  test('is found out where the request offers none, and a function makes the reply', async () => {
    const failure = await failureOf({
      agents: ['researcher'],
      provider: { replies: () => ({ toolCalls: [{ name: 'lookup' }] }) },
      system: async () => void (await ask('researcher', 'x', [])),
    })
    expect(failure?.violations[0]!.what).toContain('it offers none')
  })

  test('is as it should be where the request offers it', async () => {
    expect(
      await failureOf({ provider: { replies: [{ reply: { toolCalls: [{ name: 'look_up' }] } }] } }),
    ).toBeUndefined()
  })
})

describe('a model that a service does not know', () => {
  const asked = (model: string, provider: FunctionOptions<void>['provider'], baseURL?: string) =>
    failureOf(
      {
        agents: [],
        provider: provider!,
        system: async () => {
          const own = new OpenAI({ apiKey: 'test', maxRetries: 0, ...(baseURL !== undefined && { baseURL }) })
          await own.chat.completions.create({ model, messages: [{ role: 'user', content: 'x' }] })
        },
      },
      async ({ run }) => {
        const { error } = await run()
        if (error) throw error
      },
    )
  const baseURLs = ['https://llm.corp.example/v1']

  test('is told with the set-up that names it', async () => {
    const failure = await asked('corp-large', { services: { gateway: { format: 'openai', baseURLs } } }, baseURLs[0])
    expect(failure?.message).toContain(
      'The simulated service "gateway" does not know the model "corp-large", and refused it as the real service refuses a name that does not exist. ' +
        "If the real service has this model, name it: provider: { models: { 'corp-large': {} } }. " +
        "Or let the service answer any model, free of charge: services: { gateway: { format: 'vllm', … } }.",
    )
  })

  test('is told with the model that may be meant', async () => {
    const failure = await asked('gpt-4o-mni', {})
    expect(failure?.message).toMatch(
      /The simulated service "openai" does not know the model "gpt-4o-mni", .* Did you mean "gpt-4o-mini"\?/,
    )
    expect(failure?.message).not.toContain('vllm')
  })

  test('is answered with either set-up', async () => {
    const services = (format: string) => ({ services: { gateway: { format, baseURLs } } })
    expect(
      await asked('corp-large', { models: { 'corp-large': {} }, ...services('openai') }, baseURLs[0]),
    ).toBeUndefined()
    expect(await asked('corp-large', services('vllm'), baseURLs[0])).toBeUndefined()
  })
})

describe('a reply and the strict schemas of its request', () => {
  const schema = {
    type: 'object',
    properties: { ok: { type: 'boolean' } },
    required: ['ok'],
    additionalProperties: false,
  }
  const format = (strict: boolean) => ({ type: 'json_schema' as const, name: 'verdict', strict, schema })
  const judge = (strict: boolean) => () =>
    actAs(
      'judge',
      async () =>
        void (await client.responses.create({ model: 'gpt-4o-mini', input: 'x', text: { format: format(strict) } })),
    )
  const found = async (reply: Reply, more: Partial<FunctionOptions<void>> = {}) => {
    const failure = await failureOf({ agents: ['judge'], system: judge(true), provider: { replies: reply }, ...more })
    return failure?.violations.map(({ check, what }) => `${check}: ${what}`) ?? []
  }
  const violated = [
    'set-up: in the reply to call 1, the JSON of the reply violates the strict schema of the request: ok is missing',
  ]

  test('must fit, as the service would make its model keep to them', async () => {
    expect(await found(json({ okay: 'yes' }))).toEqual(violated)
    expect(await found(sequence(json({ okay: 'yes' })))).toEqual(violated)
    expect(await found(() => json({ okay: 'yes' }))).toEqual(violated)
    expect(await found(json({ ok: true }))).toEqual([])
  })

  test('are compared at each API', async () => {
    const chat = async () => {
      const response_format = { type: 'json_schema' as const, json_schema: { name: 'verdict', strict: true, schema } }
      await client.chat.completions.create({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: 'x' }],
        response_format,
      })
    }
    expect(await found(json({ okay: 'yes' }), { system: () => actAs('judge', chat) })).toEqual(violated)
  })

  test('are not compared for a schema that is not strict, for a text, or where that is waived', async () => {
    expect(await found(json({ okay: 'yes' }), { system: judge(false) })).toEqual([])
    expect(await found('{"okay":"yes"}')).toEqual([])
    expect(await found({ refusal: true, text: 'No.' })).toEqual([])
    expect(await found(json({ okay: 'yes' }), { checks: { 'set-up': { schemas: false } } })).toEqual([])
  })

  test('are those of tools too', async () => {
    const look =
      (strict: boolean, choice: 'auto' | 'none' = 'auto') =>
      () =>
        actAs('judge', async () => {
          const tool = { type: 'function' as const, name: 'look_up', strict, parameters: schema }
          await client.responses.create({ model: 'gpt-4o-mini', input: 'x', tools: [tool], tool_choice: choice })
        })
    expect(await found(toolCall('look_up', { query: 'x' }), { system: look(true) })).toEqual([
      'set-up: in the reply to call 1, the arguments of "look_up" violate its strict schema: ok is missing',
    ])
    expect(await found(toolCall('look_up', { query: 'x' }), { system: look(false) })).toEqual([])
    expect(await found(toolCall('look_up', { ok: true }), { system: look(true) })).toEqual([])
    // A call that the request forbids is not made.
    expect(await found(toolCall('look_up', { query: 'x' }), { system: look(true, 'none') })).toEqual([])
  })
})
