import { describe, expect, test } from 'vitest'
import type { CallRequest } from '../../../src/provider/call.ts'
import type { Content } from '../../../src/provider/content.ts'
import { sequence, withinRun } from '../../../src/provider/index.ts'
import { Replies, type Fate } from '../../../src/provider/replies.ts'
import {
  areRules,
  type ReplyContext,
  type ReplyFunction,
  type ReplyRule,
  type ReplySpec,
} from '../../../src/provider/reply-rules.ts'
import { KeyedRandom } from '../../../src/random/index.ts'

const request = (prompt: string, over: Partial<CallRequest> = {}): CallRequest =>
  ({
    provider: 'openai',
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', text: prompt, toolCalls: [], cacheBreakpoint: false }],
    tools: [],
    toolChoice: { kind: 'auto' },
    responseSchema: undefined,
    choices: 1,
    ...over,
  }) as unknown as CallRequest

const caller = (agent = 'ann', turn = 1, conversation = 1) => ({
  agent,
  conversation: `${agent}/${conversation}`,
  turn,
})
const replies = (rules: readonly ReplyRule[] = [], seed = 1): Replies => new Replies(rules, new KeyedRandom(seed))
const text = async (from: Replies, prompt: string, who = caller(), nth = 0): Promise<string> =>
  (await from.contentFor(request(prompt), who, nth)).text

describe('rules', () => {
  test('the first that fits answers: by agent, content, pattern, turn', async () => {
    const given = replies([
      { agent: 'ben', reply: 'I am Ben' },
      { content: 'weather', reply: 'rain' },
      { content: /^\d+$/, reply: 'a number' },
      { turn: 2, reply: 'again' },
      { reply: 'else' },
    ])
    expect(await text(given, 'x', caller('ben'))).toBe('I am Ben')
    expect(await text(given, 'the weather?')).toBe('rain')
    expect(await text(given, '42')).toBe('a number')
    expect(await text(given, 'x', caller('ann', 2))).toBe('again')
    expect(await text(given, 'x')).toBe('else')
  })

  test('a list is said turn by turn in each conversation, and its last stays', async () => {
    const given = replies([{ reply: ['one', 'two'] }])
    expect([await text(given, 'x'), await text(given, 'x'), await text(given, 'x')]).toEqual(['one', 'two', 'two'])
    expect([await text(given, 'x', caller('ben')), await text(given, 'x', caller('ann', 1, 2))]).toEqual(['one', 'one'])
  })

  test('a function has the conversation’s state, and may be asynchronous', async () => {
    const given = replies([
      {
        reply: async ({ state, prompt }) => {
          state['seen'] = Number(state['seen'] ?? 0) + 1
          return `${prompt} ${String(state['seen'])}`
        },
      },
    ])
    expect([await text(given, 'a'), await text(given, 'b')]).toEqual(['a 1', 'b 2'])
  })

  test('tool calls and JSON', async () => {
    const given = replies([
      { content: 'tool', reply: { toolCalls: [{ name: 'look', arguments: { at: 'sky' } }] } },
      { reply: { json: { a: 1 } } },
    ])
    expect(await given.contentFor(request('tool'), caller(), 0)).toMatchObject({
      finish: 'tool_calls',
      toolCalls: [{ name: 'look', arguments: '{"at":"sky"}' }],
    })
    expect(await text(given, 'x')).toBe('{"a":1}')
  })
})

describe('without a rule', () => {
  test('an agent says the same for the same seed, and something else for another', async () => {
    expect(await text(replies(), 'x')).toBe(await text(replies(), 'x'))
    expect(await text(replies(), 'x')).not.toBe(await text(replies([], 2), 'x'))
    expect(replies().persona('ann')).toEqual(replies().persona('ann'))
  })

  test('JSON fits the schema', async () => {
    const responseSchema = {
      type: 'object',
      properties: { vote: { enum: ['yes', 'no'] }, weight: { type: 'integer', minimum: 1, maximum: 3 } },
      required: ['vote', 'weight'],
      additionalProperties: false,
    }
    for (let nth = 0; nth < 50; nth++) {
      const content = await replies().contentFor(request('x', { responseSchema }), caller(), nth)
      const made = JSON.parse(content.text) as { vote: string; weight: number }
      expect(['yes', 'no']).toContain(made.vote)
      expect([1, 2, 3]).toContain(made.weight)
    }
  })

  test('a required tool is called', async () => {
    const tools = [{ name: 'vote', description: '', parameters: { type: 'object', properties: {} } }]
    const content = await replies().contentFor(request('x', { tools, toolChoice: { kind: 'required' } }), caller(), 0)
    expect(content.toolCalls.map(({ name }) => name)).toEqual(['vote'])
  })
})

describe('a sequence', () => {
  const steps = (by: 'call' | 'conversation') => replies([{ reply: sequence(['one', 'two', 'three'], { by }) }])
  const said = async (from: Replies, who = caller(), fate?: Fate): Promise<string> =>
    (await from.contentFor(request('x'), who, 0, 0, fate)).text
  const fate = (succeeds = true): Fate => ({ succeeds, putBacks: [] })

  test('of calls goes on with each call of an agent, in whatever conversation', async () => {
    const from = steps('call')
    expect([await said(from), await said(from, caller('ann', 1, 2)), await said(from)]).toEqual(['one', 'two', 'three'])
    expect([await said(from), await said(from, caller('ben'))]).toEqual(['three', 'one'])
  })

  test('of turns begins anew in each conversation', async () => {
    const from = steps('conversation')
    expect([await said(from), await said(from), await said(from, caller('ann', 1, 2))]).toEqual(['one', 'two', 'one'])
  })

  test('begins anew in each run', async () => {
    for (const by of ['call', 'conversation'] as const) {
      const from = steps(by)
      const first = [await said(from), await said(from)]
      const inRun = [await withinRun(5, () => said(from)), await withinRun(9, () => said(from))]
      expect([first, inRun, await withinRun(5, () => said(from))]).toEqual([['one', 'two'], ['one', 'one'], 'two'])
    }
  })

  test.each(['call', 'conversation'] as const)(
    'by %s is not moved on by a call that fails, and put back by a client that goes away',
    async (by) => {
      const from = steps(by)
      expect([await said(from, caller(), fate(false)), await said(from, caller(), fate(false))]).toEqual(['one', 'one'])
      const left = fate()
      expect([await said(from, caller(), left), await said(from, caller(), fate())]).toEqual(['one', 'two'])
      for (const putBack of left.putBacks) putBack()
      expect([await said(from, caller(), fate()), await said(from, caller(), fate())]).toEqual(['one', 'three'])
    },
  )

  test('of turns begins again with its conversation, one of calls goes on', async () => {
    const again = async (by: 'call' | 'conversation'): Promise<string[]> => {
      const from = steps(by)
      const threads = [{}, { continues: 1 }, { repeats: 1 }].map((thread, index) => ({
        call: index + 1,
        continues: undefined,
        repeats: undefined,
        ...thread,
      }))
      const texts: string[] = []
      for (const thread of threads) texts.push(await said(from, caller(), { ...fate(), thread }))
      return texts
    }
    expect(await again('conversation')).toEqual(['one', 'two', 'one'])
    expect(await again('call')).toEqual(['one', 'two', 'three'])
  })

  test('is remembered for the last twenty thousand agents', async () => {
    const from = steps('call')
    await said(from, caller('first'))
    await said(from, caller('second'))
    for (let nth = 2; nth < 20_000; nth++) await said(from, caller(`agent_${nth}`))
    expect(await said(from, caller('first'))).toBe('two')
    await said(from, caller('one more'))
    expect([await said(from, caller('second')), await said(from, caller('first'))]).toEqual(['two', 'one'])
  })
})

describe('several choices', () => {
  const texts = async (from: Replies, over: Partial<CallRequest>): Promise<string[]> =>
    (await from.contentsFor(request('x', over), caller(), 0)).map((content) => content.text)

  test('take the replies of a list in turn', async () => {
    expect(await texts(replies([{ reply: ['one', 'two'] }]), { choices: 3 })).toEqual(['one', 'two', 'two'])
  })

  test('are different where they are made up, and the first is what one alone would be', async () => {
    const made = await texts(replies(), { choices: 3 })
    expect(new Set(made).size).toBe(3)
    expect(made.slice(0, 1)).toEqual(await texts(replies(), { choices: 1 }))
  })

  test('answer prompts of their own, each prompt an equal share', async () => {
    const messages = ['a', 'b', 'c'].map((of) => request(of).messages[0]!)
    const echo = replies([{ reply: ({ prompt, choice, messages: given }) => `${prompt}${choice} of ${given.length}` }])
    expect(await texts(echo, { choices: 6, messages, separate: true })).toEqual([
      'a0 of 1',
      'a1 of 1',
      'b2 of 1',
      'b3 of 1',
      'c4 of 1',
      'c5 of 1',
    ])
    expect(await texts(echo, { choices: 2, messages })).toEqual(['c0 of 3', 'c1 of 3'])
  })

  test('are waited for where only one of them takes time', async () => {
    const late: ReplyFunction = ({ choice }) => (choice === 1 ? Promise.resolve('late') : 'at once')
    expect(await texts(replies([{ reply: late }]), { choices: 2 })).toEqual(['at once', 'late'])
    expect(await texts(replies([{ reply: () => Promise.resolve('alone') }]), { choices: 1 })).toEqual(['alone'])
  })
})

describe('a reply function', () => {
  /** What a reply function is given for a call. */
  async function given(over: Partial<CallRequest> = {}, { choice = 0, nth = 0, seed = 1 } = {}): Promise<ReplyContext> {
    const seen: ReplyContext[] = []
    await replies([{ reply: (context) => (seen.push(context), 'x') }], seed).contentFor(
      request('Why?', over),
      caller('ann', 2),
      nth,
      choice,
    )
    return seen[0]!
  }

  test('is given the call, and who makes it', async () => {
    const tools = [{ name: 'look', description: '', parameters: {} }]
    const { random, persona, ...call } = await given({ tools }, { choice: 1, nth: 4 })
    expect(call).toEqual({
      agent: 'ann',
      conversation: 'ann/1',
      turn: 2,
      service: 'openai',
      provider: 'openai',
      model: 'gpt-4o-mini',
      messages: request('Why?').messages,
      tools,
      prompt: 'Why?',
      nth: 4,
      choice: 1,
      state: {},
    })
    expect(persona.name).toBe(replies().persona('ann').name)
    expect(random()).toBe(random(0))
  })

  test('is given the empty prompt where there is no message', async () => {
    expect((await given({ messages: [] })).prompt).toBe('')
  })

  test('draws numbers that are the same for the same answer, and others for others', async () => {
    const draws = async (...of: Parameters<typeof given>) => {
      const { random } = await given(...of)
      return [random(), random(1)]
    }
    const drawn = await Promise.all([draws(), draws({}, { nth: 1 }), draws({}, { choice: 1 }), draws({}, { seed: 2 })])
    expect(drawn[0]).toEqual(await draws())
    expect(new Set(drawn.flat()).size).toBe(8)
    for (const number of drawn.flat()) {
      expect(number).toBeGreaterThanOrEqual(0)
      expect(number).toBeLessThan(1)
    }
  })

  test('has the state of the last twenty thousand conversations', async () => {
    const counts = replies([{ reply: ({ state }) => String((state['asked'] = Number(state['asked'] ?? 0) + 1)) }])
    for (let nth = 0; nth < 20_000; nth++) await text(counts, 'x', caller('ann', 1, nth))
    expect(await text(counts, 'x', caller('ann', 1, 0))).toBe('2')
    await text(counts, 'x', caller('ann', 1, 20_000))
    expect(await text(counts, 'x', caller('ann', 1, 1))).toBe('2')
    expect(await text(counts, 'x', caller('ann', 1, 0))).toBe('1')
  })
})

test('rules that have answered nobody are told of', async () => {
  const rules: ReplyRule[] = [{ content: 'a', reply: 'A' }, { content: 'b', reply: 'B' }, { reply: 'else' }]
  const given = replies(rules)
  expect(given.unused).toEqual(rules)
  await text(given, 'b')
  expect(given.unused).toEqual([rules[0], rules[2]])
})

describe('what a reply leaves out', () => {
  const tools = [{ name: 'look', description: '', parameters: {} }]
  const said = (reply: ReplySpec, over: Partial<CallRequest> = {}): Content =>
    replies([{ reply }]).contentFor(request('Why?', over), caller(), 0) as Content
  const own = (over: Partial<CallRequest> = {}) => replies().contentFor(request('Why?', over), caller(), 0) as Content

  test('is made up, as without a rule', () => {
    expect(said({ usage: { input: 90 } })).toEqual({ ...own(), usage: { input: 90 } })
    expect(said({ toolCalls: [] }, { responseSchema: true })).toEqual(own({ responseSchema: true }))
    expect(said({ pause: true })).toEqual({ ...own(), finish: 'pause' })
    const required = { tools, toolChoice: { kind: 'required' } } as const
    expect(said({ usage: {} }, required)).toEqual(own(required))
    expect(said({ refusal: true }, required)).toEqual({ ...own(), finish: 'refusal' })
  })

  test('is made up beside the tools of the service that it uses', () => {
    const hosted = [{ kind: 'web_search', name: 'web_search' }]
    expect(said({ hosted: [{ kind: 'web_search', query: 'tides', id: 'w1' }] }, { hosted })).toEqual({
      ...own(),
      hosted: [{ kind: 'web_search', name: 'web_search', query: 'tides', id: 'w1' }],
    })
  })

  test('is no text where the reply calls tools, or says nothing', () => {
    expect(said({ toolCalls: [{ name: 'look' }] }, { tools }).text).toBe('')
    expect(said({ text: '' })).toMatchObject({ text: '', toolCalls: [], finish: 'stop', usage: {} })
  })

  test.each<[ReplySpec, Content['finish']]>([
    [{ text: 'No.', refusal: true }, 'refusal'],
    [{ text: 'Wait.', pause: true }, 'pause'],
    [{ text: 'I look.', toolCalls: [{ name: 'look' }], pause: true }, 'tool_calls'],
    [{ json: null }, 'stop'],
  ])('%j ends as %s', (reply, finish) => {
    expect(said(reply).finish).toBe(finish)
  })

  test('of a call or a use is an id, unlike all others', () => {
    const use = { kind: 'web_search' }
    const idsOf = ({ toolCalls, hosted }: Content) => [...toolCalls, ...hosted].map(({ id }) => id)
    const reply = { toolCalls: [{ name: 'look' }, { name: 'look' }, { name: 'look', id: 'mine' }], hosted: [use, use] }
    const ids = (agent: string, nth: number) =>
      idsOf(replies([{ reply }]).contentFor(request('x'), caller(agent), nth) as Content)
    const made = [...ids('ann', 0), ...ids('ann', 1), ...ids('ben', 0)].filter((id) => id !== 'mine')
    expect(made).toHaveLength(12)
    expect(new Set(made).size).toBe(12)
    const more = Array.from({ length: 100 }, (_, nth) => ids('cem', nth)[0]!)
    for (const id of [...made, ...more]) expect(id).toMatch(/^[0-9a-z]{24}$/)
    expect(ids('ann', 0)[2]).toBe('mine')
    expect(ids('ann', 0)).toEqual(ids('ann', 0))
    expect(said({ hosted: [use] }).hosted).toMatchObject([{ kind: 'web_search', name: 'web_search', query: '' }])
  })

  test('a call of a custom tool is one, a call of another is not', () => {
    const both = [...tools, { name: 'write', description: '', parameters: {}, custom: true as const }]
    const { toolCalls } = said({ toolCalls: [{ name: 'look' }, { name: 'write', arguments: 'Dear' }] }, { tools: both })
    const id = expect.any(String)
    expect(toolCalls).toEqual([
      { id, name: 'look', arguments: '{}' },
      { id, name: 'write', arguments: 'Dear', custom: true },
    ])
  })

  test('thoughts are counted, up to their budget', () => {
    const reasoning = 'I think about it for a while, and then for another while.'
    expect(said({ reasoning, text: 'x' }, { reasoning: { effort: 'max' } })).toMatchObject({
      reasoning,
      reasoningTokens: 14,
    })
    const within = { effort: 'max', budget: 5 }
    expect(said({ reasoning, text: 'x' }, { reasoning: within })).toMatchObject({ reasoning, reasoningTokens: 5 })
    expect(said({ reasoning, text: 'x' })).toMatchObject({ reasoning: '', reasoningTokens: 0 })
  })
})

describe('what a model says of itself', () => {
  const own = (prompt: string, over: Partial<CallRequest> = {}, nth = 0, agent = 'ann') =>
    replies().contentFor(request(prompt, over), caller(agent), nth) as Content

  test('is two phrases of its persona, others in each call', () => {
    const { name, jobTitle } = replies().persona('ann')
    const { text: said } = own('x')
    expect(said.startsWith(`${name}, ${jobTitle}: `)).toBe(true)
    const phrases = (agent: string, nth: number) => own('x', {}, nth, agent).text.replace(/^.*?: /, '')
    expect(new Set([phrases('ann', 0), phrases('ann', 1), phrases('ben', 0)]).size).toBe(3)
    expect(own('x', { messages: [] }).text).toBe(said)
  })

  test('is yes or no where it is asked for one of them, each about as often', () => {
    const answers = Array.from({ length: 200 }, (_, nth) => own('Is it so? Answer Yes or No.', {}, nth).text)
    expect(new Set(answers)).toEqual(new Set(['Yes.', 'No.']))
    const yes = answers.filter((answer) => answer === 'Yes.').length
    expect(yes).toBeGreaterThan(60)
    expect(yes).toBeLessThan(140)
    const ofBen = answers.map((_, nth) => own('Answer Yes or No.', {}, nth, 'ben').text)
    expect(ofBen).not.toEqual(answers)
  })

  test('is an object with an answer where any JSON will do', () => {
    expect(JSON.parse(own('x', { responseSchema: true }).text)).toEqual({ answer: own('x').text })
  })

  test('fits a schema in a way of its own in each call, and for each agent', () => {
    const responseSchema = { type: 'integer', minimum: 0, maximum: 1_000_000_000 }
    const made = ['ann', 'ben'].flatMap((agent) => [0, 1].map((nth) => own('x', { responseSchema }, nth, agent).text))
    expect(new Set(made).size).toBe(4)
  })

  test('is the arguments of the tool that it has to call', () => {
    const tool = (name: string, parameters: object) => ({ name, description: '', parameters: { ...parameters } })
    const size = { type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] }
    const called = (parameters: object) =>
      own('x', {
        tools: [tool('other', {}), tool('cut', parameters)],
        toolChoice: { kind: 'tool', name: 'cut' },
      }).toolCalls.map(({ name, arguments: made }) => [name, JSON.parse(made)])
    expect(called(size)).toEqual([['cut', { size: expect.any(Number) }]])
    expect(called({})).toEqual([['cut', {}]])
    expect(called({ type: 'array', items: { type: 'integer' }, minItems: 2 })).toEqual([['cut', {}]])
    expect(called({ type: 'null' })).toEqual([['cut', {}]])
  })

  test('is a text where the tool that it has to call is not there', () => {
    const tools = [{ name: 'look', description: '', parameters: {} }]
    for (const over of [
      { tools, toolChoice: { kind: 'tool', name: 'sing' } },
      { tools, toolChoice: { kind: 'required', among: ['sing'] } },
      { tools: [], toolChoice: { kind: 'required' } },
    ] as const)
      expect(own('x', over)).toEqual(own('x'))
  })

  test('is a text of its own for a custom tool, in each call and for each agent', () => {
    const tools = [{ name: 'write', description: '', parameters: {}, custom: true as const }]
    const written = ['ann', 'ben'].flatMap((agent) =>
      [0, 1].map((nth) => own('x', { tools, toolChoice: { kind: 'required' } }, nth, agent).toolCalls[0]!.arguments),
    )
    expect(new Set(written).size).toBe(4)
  })
})

describe('the replies of a provider', () => {
  test.each([
    [[{ agent: 'ann', reply: 'Yes.' }], true],
    [[{ content: /x/, reply: { text: 'Yes.' } }], true],
    [[], true],
    // Mistakes in a rule are told as such.
    [[{ agent: 'ann' }], true],
    [['Yes.', { agent: 'ann', reply: 'No.' }], true],
    ['Yes.', false],
    [['Yes.', 'No.'], false],
    [['Yes.', { toolCalls: [{ name: 'search' }] }], false],
    [{ json: { a: 1 } }, false],
    [{ sequence: ['Yes.'], by: 'call' }, false],
    [() => 'Yes.', false],
  ])('%j are rules: %s', (given, are) => {
    expect(areRules(given)).toBe(are)
  })

  test.each([[undefined], [null], [5], [['Yes.']]])('a function that returns %j is refused by name', (given) => {
    const from = replies([{ reply: (() => given) as unknown as ReplyFunction }])
    expect(() => from.contentFor(request('x'), caller('ann'), 0)).toThrow(
      /^The reply function returned .* for the agent ann/,
    )
  })
})
