import { afterEach, describe, expect, test } from 'vitest'
import type { CallRequest } from '../../../src/provider/call.ts'
import { composeReply } from '../../../src/provider/compose.ts'
import { NO_CONTENT, type Content } from '../../../src/provider/content.ts'
import type { FaultKind } from '../../../src/provider/faults/index.ts'
import type { ProviderConfig, ReplySpec } from '../../../src/provider/index.ts'
import { tokenizerFor } from '../../../src/provider/tokens.ts'
import { provide, replyIn, request } from './provider-under-test.ts'

let stop = (): void => {}
afterEach(() => stop())

async function answer(over: Partial<CallRequest> = {}, config: ProviderConfig = {}, seed = 1) {
  stop()
  const { ask, clock, trace } = provide({ latency: 0, ...config }, seed)
  stop = () => clock.stop()
  const reply = replyIn(await ask(over))
  return { ...reply, choice: reply.choices[0], trace }
}
const saying = (reply: ReplySpec | string): ProviderConfig => ({ replies: [{ reply }] })
const tool = (name: string, parameters: object = {}) => ({
  name,
  description: '',
  parameters: parameters as Record<string, unknown>,
})
const { count } = tokenizerFor('openai', 'gpt-4o-mini')

describe('the limit of tokens', () => {
  const long = { name: 'paint', arguments: { colours: 'red green blue yellow purple orange black white grey' } }

  test('cuts the arguments of a tool', async () => {
    const { choice, usage } = await answer(
      { tools: [tool('paint')], maxOutputTokens: 6 },
      saying({ toolCalls: [long] }),
    )
    expect(choice.finish).toBe('length')
    expect(usage.output).toBe(6)
    const [call] = choice.toolCalls
    expect(JSON.stringify(long.arguments).startsWith(call!.arguments)).toBe(true)
    expect(count('paint') + count(call!.arguments)).toBe(6)
  })

  test('leaves no calls where the text has taken all of it', async () => {
    const text = 'First I think about what you have asked me.'
    const { choice } = await answer({ tools: [tool('paint')], maxOutputTokens: 4 }, saying({ text, toolCalls: [long] }))
    expect(choice).toMatchObject({ finish: 'length', toolCalls: [] })
    expect(text.startsWith(choice.text)).toBe(true)
  })

  test('cuts none of the calls before the one that it is reached in', async () => {
    const short = { name: 'paint', arguments: { colour: 'red' } }
    const { choice } = await answer(
      { tools: [tool('paint')], maxOutputTokens: count('paint') * 2 + count(JSON.stringify(short.arguments)) + 3 },
      saying({ toolCalls: [short, long] }),
    )
    expect(choice.toolCalls[0]!.arguments).toBe(JSON.stringify(short.arguments))
    expect(count(choice.toolCalls[1]!.arguments)).toBe(3)
  })
})

describe('tools that are offered', () => {
  test('one without parameters gets none', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { choice } = await answer({ tools: [tool('now')], toolChoice: { kind: 'required' } }, {}, seed)
      expect(choice.toolCalls).toMatchObject([{ name: 'now', arguments: '{}' }])
    }
  })

  test('arguments are an object, whatever the schema', async () => {
    for (const parameters of [{ type: 'string' }, { description: 'x' }, { type: ['object', 'null'] }]) {
      const { choice } = await answer({ tools: [tool('now', parameters)], toolChoice: { kind: 'required' } })
      expect(JSON.parse(choice.toolCalls[0]!.arguments)).toBeTypeOf('object')
      expect(choice.toolCalls[0]!.arguments).toMatch(/^\{/)
    }
  })

  test('a custom tool gets a text', async () => {
    const tools = [{ ...tool('write'), custom: true as const }]
    const { choice } = await answer({ tools, toolChoice: { kind: 'required' } })
    expect(choice.toolCalls[0]).toMatchObject({ custom: true, arguments: expect.stringMatching(/^[A-Z]/) })
  })

  test('among which it has to choose: the first of them', async () => {
    const tools = [tool('a'), tool('b'), tool('c')]
    const { choice } = await answer({ tools, toolChoice: { kind: 'required', among: ['b', 'c'] } })
    expect(choice.toolCalls).toMatchObject([{ name: 'b' }])
  })
})

describe('a script that calls tools', () => {
  const tools = [tool('a'), tool('b')]
  const both = saying({ toolCalls: [{ name: 'a' }, { name: 'b' }] })

  test('calls none where the request forbids it, and says something in their place', async () => {
    const { choice } = await answer({ tools, toolChoice: { kind: 'none' } }, both)
    expect(choice).toMatchObject({ toolCalls: [], finish: 'stop' })
    expect(choice.text).not.toBe('')
  })

  test('keeps its text where its calls are forbidden', async () => {
    const said = saying({ text: 'I look.', toolCalls: [{ name: 'a' }] })
    const { choice } = await answer({ tools, toolChoice: { kind: 'none' } }, said)
    expect(choice).toMatchObject({ text: 'I look.', toolCalls: [], finish: 'stop' })
  })

  test('calls one at a time where the request wants no parallel calls', async () => {
    const { choice } = await answer({ tools, parallelToolCalls: false }, both)
    expect(choice.toolCalls.map(({ name }) => name)).toEqual(['a'])
  })

  test('calls only those that the request allows', async () => {
    const among = await answer({ tools, toolChoice: { kind: 'auto', among: ['b'] } }, both)
    expect(among.choice.toolCalls.map(({ name }) => name)).toEqual(['b'])
    const named = await answer(
      { tools, toolChoice: { kind: 'tool', name: 'b' } },
      saying({ toolCalls: [{ name: 'a' }] }),
    )
    expect(named.choice.toolCalls.map(({ name }) => name)).toEqual(['b'])
  })

  test('is told of where it calls what nobody offers, hosted tools included', async () => {
    const said = saying({ toolCalls: [{ name: 'c' }], hosted: [{ kind: 'web_search', query: 'x' }] })
    const { trace } = await answer({ tools }, said)
    expect(trace.ofType('setUp.toolNotOffered').map((event) => event.tool)).toEqual(['web_search', 'c'])
    const offered = await answer({ hosted: [{ kind: 'web_search', name: 'web_search' }], tools: [tool('c')] }, said)
    expect(offered.trace.ofType('setUp.toolNotOffered')).toEqual([])
  })
})

describe('thoughts', () => {
  const thoughtsAt = async (effort: string, seed: number) =>
    (await answer({ reasoning: { effort } }, saying('Yes.'), seed)).usage.reasoning
  const meanAt = async (effort: string): Promise<number> => {
    let sum = 0
    for (let seed = 1; seed <= 40; seed++) sum += await thoughtsAt(effort, seed)
    return sum / 40
  }

  test('are more the higher the effort, and none for none', async () => {
    const means: number[] = []
    for (const effort of ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']) means.push(await meanAt(effort))
    expect(means[0]).toBe(0)
    expect(means).toEqual(means.toSorted((a, b) => a - b))
    expect(new Set(means).size).toBe(means.length)
  })

  test('count as output, and are told of in text before the answer', async () => {
    const { choice, usage } = await answer({ reasoning: {} }, saying('Yes.'))
    expect(usage.reasoning).toBeGreaterThan(0)
    expect(choice.reasoningTokens).toBe(usage.reasoning)
    expect(usage.output).toBe(usage.reasoning + count('Yes.'))
    expect(choice.reasoning).toMatch(/\w/)
    expect(choice.text).toBe('Yes.')
  })

  test('stay within their budget', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { usage, choice } = await answer({ reasoning: { effort: 'high', budget: 20 } }, saying('Yes.'), seed)
      expect(usage.reasoning).toBeLessThanOrEqual(20)
      expect(count(choice.reasoning!)).toBeLessThanOrEqual(20)
    }
  })

  test('may take all tokens, so that nothing is left for an answer', async () => {
    const { choice, usage } = await answer({ reasoning: { effort: 'high' }, maxOutputTokens: 10 }, saying('Yes.'))
    expect(choice).toMatchObject({ text: '', finish: 'length', reasoningTokens: 10 })
    expect(usage).toMatchObject({ output: 10, reasoning: 10 })
  })

  test('are those of the script where it has some, and none where the request asks for none', async () => {
    const said = saying({ reasoning: 'Let me see.', text: 'Yes.' })
    const { choice } = await answer({ reasoning: {} }, said)
    expect(choice).toMatchObject({ reasoning: 'Let me see.', reasoningTokens: count('Let me see.') })
    expect((await answer({}, said)).choice).not.toHaveProperty('reasoning')
  })

  test('stream before the answer, in a block of their own', async () => {
    stop()
    const { ask, clock } = provide({ latency: '1s', ...saying('Yes, sure.') })
    stop = () => clock.stop()
    const parts = await ask({ reasoning: {}, stream: true, hosted: [{ kind: 'web_search', name: 'web_search' }] })
    const pieces = parts.flatMap((part) => (part.kind === 'piece' ? [part.piece] : []))
    const blocks = pieces.map(({ kind, block }) => `${kind} ${block}`)
    expect([...new Set(blocks)]).toEqual(['reasoning 0', 'text 1'])
    const thoughts = pieces.filter(({ kind }) => kind === 'reasoning')
    expect([thoughts[0]!.opens, thoughts.at(-1)!.closes]).toEqual([true, true])
  })
})

describe('tools that the service runs itself', () => {
  const hosted = [{ kind: 'web_search', name: 'web_search' }]

  test('are used once where no rule answers, with what was asked', async () => {
    const { choice } = await answer({ hosted })
    expect(choice.hosted).toMatchObject([{ kind: 'web_search', name: 'web_search', query: 'What now?' }])
    expect(choice.text).not.toBe('')
    expect(choice.finish).toBe('stop')
  })

  test('are used as the script says', async () => {
    const said = saying({ text: 'Rain.', hosted: [{ kind: 'web_search', query: 'weather' }] })
    expect((await answer({ hosted }, said)).choice.hosted).toMatchObject([{ name: 'web_search', query: 'weather' }])
    expect((await answer({ hosted }, saying('Rain.'))).choice).not.toHaveProperty('hosted')
  })

  test('are left alone where the request forbids tools', async () => {
    expect((await answer({ hosted, toolChoice: { kind: 'none' } })).choice).not.toHaveProperty('hosted')
  })
})

test('images, sounds and documents count as input, and tell prompts apart', async () => {
  const message = { role: 'user' as const, text: 'What is it?', toolCalls: [], cacheBreakpoint: false }
  const plain = await answer({ messages: [message] })
  const seen = await answer({ messages: [{ ...message, mediaTokens: 765 }] })
  expect(seen.usage.input).toBe(plain.usage.input + 765)
  const conversation = ({ trace }: typeof plain) => trace.ofType('call.arrived')[0]!.conversation
  expect(conversation(seen)).not.toBe(conversation(plain))
})

test('an answer that pauses says so', async () => {
  expect((await answer({}, saying({ text: 'Wait.', pause: true }))).choice.finish).toBe('pause')
})

describe('a reply', () => {
  const content = (over: Partial<Content>): Content => ({ ...NO_CONTENT[0], ...over })
  const INPUT = { input: 10, cachedInput: 4, cacheWrite: 2 }
  /** A reply of a model whose tokens are estimated: 3.5 characters each. */
  const made = (
    over: Partial<CallRequest>,
    contents: readonly [Partial<Content>, ...Partial<Content>[]],
    fault?: FaultKind,
  ) =>
    composeReply(request({ provider: 'anthropic', model: 'm', ...over }), contents.map(content) as [Content], {
      id: 'r',
      createdAt: 5,
      fault,
      input: INPUT,
    })
  const look = { id: 'c', name: 'look', arguments: '{"at":1}' }

  test('is what the model says, counted', () => {
    expect(made({}, [{ text: 'seventy' }])).toEqual({
      id: 'r',
      model: 'm',
      createdAt: 5,
      choices: [{ text: 'seventy', toolCalls: [], finish: 'stop', stopSequence: undefined, tokens: 2 }],
      usage: { ...INPUT, output: 2, reasoning: 0 },
    })
  })

  test('of several choices is billed for all of them, with their thoughts', () => {
    const { choices, usage } = made({ choices: 2 }, [
      { text: 'seventy' },
      { text: 'one', reasoning: 'I think.', reasoningTokens: 3, toolCalls: [look] },
    ])
    expect(choices).toMatchObject([
      { text: 'seventy', tokens: 2 },
      { text: 'one', tokens: 1 + 2 + 3 + 3, reasoning: 'I think.', reasoningTokens: 3 },
    ])
    expect(choices[0]).not.toHaveProperty('reasoningTokens')
    expect(usage).toEqual({ ...INPUT, output: 11, reasoning: 3 })
  })

  test.each([
    ['the first place of a stop sequence', 'one, two, three', [','], 'one', ','],
    ['the stop sequence that comes first in the text', 'one, two; three', [';', ','], 'one', ','],
    ['the same, in whatever order they are given', 'one, two; three', [',', ';'], 'one', ','],
    ['a stop sequence at the beginning', ', two', [','], '', ','],
  ])('ends at %s', (_, text, stop, said, stopSequence) => {
    expect(made({ stop }, [{ text, toolCalls: [look] }]).choices[0]).toMatchObject({
      text: said,
      finish: 'stop_sequence',
      stopSequence,
      // What would have come after it is not said.
      toolCalls: [],
    })
  })

  test('that has no stop sequence in it stays as it is', () => {
    expect(made({ stop: [';'] }, [{ text: 'one', toolCalls: [look], finish: 'tool_calls' }]).choices[0]).toMatchObject({
      text: 'one',
      finish: 'tool_calls',
      stopSequence: undefined,
      toolCalls: [look],
    })
  })

  test('is cut above the limit of tokens, thoughts last of all', () => {
    const limited = (maxOutputTokens: number) =>
      made({ maxOutputTokens }, [{ text: 'fourteen chars', reasoning: 'seventy', reasoningTokens: 2 }]).choices[0]
    expect(limited(6)).toMatchObject({ text: 'fourteen chars', finish: 'stop', tokens: 6 })
    expect(limited(4)).toMatchObject({ text: 'fourtee', finish: 'length', tokens: 4, reasoningTokens: 2 })
    expect(limited(1)).toMatchObject({ text: '', finish: 'length', tokens: 1, reasoningTokens: 1, reasoning: 'sev' })
    const [none] = made({ maxOutputTokens: 0 }, [{ text: 'x', reasoning: 'y', reasoningTokens: 1 }]).choices
    expect(none).toEqual({ text: '', toolCalls: [], finish: 'length', stopSequence: undefined, tokens: 0 })
  })

  test('is billed as its script says', () => {
    const usage = { input: 1, cachedInput: 0, cacheWrite: 0, output: 50, reasoning: 7 }
    expect(made({}, [{ text: 'seventy', usage }]).usage).toEqual(usage)
    expect(made({}, [{ text: 'seventy', usage: { output: 50 } }]).usage).toEqual({ ...INPUT, output: 50, reasoning: 0 })
    expect(made({}, [{ text: 'seventy', usage: { reasoning: 7 } }]).usage).toEqual({
      ...INPUT,
      output: 9,
      reasoning: 7,
    })
  })

  test('is changed by its fault in each choice, and an embedding is not', () => {
    const fault = { content: (given: Content) => ({ ...given, text: `${given.text}?` }) } as unknown as FaultKind
    expect(made({ choices: 2 }, [{ text: 'a' }, { text: 'b' }], fault).choices.map(({ text }) => text)).toEqual([
      'a?',
      'b?',
    ])
    const embedded = made({ dimensions: 3 }, [{}], fault)
    expect(embedded.choices[0].text).toBe('')
    expect(embedded.vectors).toEqual([[expect.any(Number), expect.any(Number), expect.any(Number)]])
  })

  test('tells what was used and thought only where something was', () => {
    const use = { id: 'u', kind: 'web_search', name: 'web_search', query: 'tides' }
    expect(made({}, [{ hosted: [use] }]).choices[0]).toMatchObject({ hosted: [use], tokens: 3 + 2 })
    const [silent] = made({}, [{ reasoning: 'x', reasoningTokens: 0 }]).choices
    expect(Object.keys(silent)).toEqual(['text', 'toolCalls', 'finish', 'stopSequence', 'tokens'])
    const [secret] = made({}, [{ reasoning: '', reasoningTokens: 9 }]).choices
    expect(secret).not.toHaveProperty('reasoning')
    expect(secret.reasoningTokens).toBe(9)
  })
})
