import { describe, expect, test } from 'vitest'
import type { CallRequest } from '../../../src/provider/call.ts'
import { Replies } from '../../../src/provider/replies.ts'
import { areRules, type ReplyFunction, type ReplyRule } from '../../../src/provider/reply-rules.ts'
import { KeyedRandom } from '../../../src/random/index.ts'

const request = (prompt: string, over: Partial<CallRequest> = {}): CallRequest =>
  ({
    provider: 'openai',
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', text: prompt, toolCalls: [], cacheBreakpoint: false }],
    tools: [],
    toolChoice: { kind: 'auto' },
    responseSchema: undefined,
    ...over,
  }) as unknown as CallRequest

const caller = (agent = 'ann', turn = 1) => ({ agent, conversation: `${agent}/1`, turn })
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
    expect(await text(given, 'x', caller('ben'))).toBe('one')
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
