import Anthropic from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import type { Choice, Piece, Reply } from '../../../../src/provider/index.ts'
import type { MessagesAsked } from '../../../../src/wire/anthropic/asked.ts'
import { messages } from '../../../../src/wire/anthropic/messages.ts'

const CHOICE: Choice = {
  reasoning: 'The harbour is full, so the ship has to wait.',
  hosted: [
    { kind: 'web_search', name: 'web_search', id: 'a', query: 'tides in Bremen' },
    { kind: 'web_fetch', name: 'web_fetch', id: 'b', query: 'https://example.com/tides' },
    { kind: 'code_interpreter', name: 'bash_code_execution', id: 'c', query: 'echo 42' },
    { kind: 'mcp', name: 'harbour', id: 'd', query: 'berths' },
  ],
  text: 'High water is at noon.',
  toolCalls: [{ id: 'toolu_own', name: 'dock', arguments: '{"berth":7}' }],
  finish: 'tool_calls',
  stopSequence: undefined,
  tokens: 40,
}
const replyOf = (choice: Partial<Choice> = {}): Reply => ({
  id: '0123456789abcdef',
  model: 'claude-opus-4-6',
  createdAt: Date.UTC(2026, 0, 1),
  choices: [{ ...CHOICE, ...choice }],
  usage: { input: 2_000, cachedInput: 500, cacheWrite: 300, output: 40, reasoning: 12 },
})
const ASKED: MessagesAsked = {
  stream: true,
  thoughts: 'shown',
  citations: [],
  container: undefined,
  cachedForHours: false,
  estimates: false,
  beta: false,
}

/** The pieces of an answer, each block of it in two. */
function piecesOf({ reasoning = '', hosted = [], text, toolCalls }: Choice): Piece[] {
  let block = -1
  const halves = (whole: string): [string, boolean, boolean][] => {
    if (whole === '') return []
    block += 1
    const middle = Math.ceil(whole.length / 2)
    return [
      [whole.slice(0, middle), true, false],
      [whole.slice(middle), false, true],
    ]
  }
  const of = (opens: boolean, closes: boolean) => ({ choice: 0, block, opens, closes })
  return [
    ...halves(reasoning).map(([part, ...ends]): Piece => ({ kind: 'reasoning', text: part, ...of(...ends) })),
    ...hosted.map((use): Piece => ({ kind: 'hosted', use, choice: 0, block: (block += 1), opens: true, closes: true })),
    ...halves(text).map(([part, ...ends]): Piece => ({ kind: 'text', text: part, ...of(...ends) })),
    ...toolCalls.flatMap((call, tool) =>
      halves(call.arguments).map(([part, ...ends]): Piece => ({
        kind: 'tool',
        tool,
        call,
        arguments: part,
        ...of(...ends),
      })),
    ),
  ]
}

/** What the official SDK makes of the stream of an answer. */
async function streamed(reply: Reply, asked: MessagesAsked): Promise<Anthropic.Beta.BetaMessage> {
  const encoder = messages.stream(reply, asked)
  const body = [encoder.head(), ...piecesOf(reply.choices[0]).map((piece) => encoder.piece(piece)), encoder.tail()]
  const headers = { 'content-type': 'text/event-stream' }
  const fetch = async (): Promise<Response> => new Response(body.join(''), { headers })
  const client = new Anthropic({ apiKey: 'test', fetch })
  return client.beta.messages
    .stream({ model: 'claude-opus-4-6', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] })
    .finalMessage()
}

const WAYS: Record<string, [Partial<Choice>, Partial<MessagesAsked>]> = {
  'thoughts, tools of the service, text and a tool': [{}, {}],
  'thoughts that are not shown': [{}, { thoughts: 'omitted' }],
  'redacted thoughts': [{}, { thoughts: 'redacted' }],
  'a turn that is paused': [{ finish: 'pause', text: '', toolCalls: [] }, {}],
  'a refusal': [{ finish: 'refusal', toolCalls: [], hosted: [], reasoning: '' }, {}],
  'citations of a document': [
    {},
    { citations: [{ type: 'char_location', cited_text: 'Noon.', document_index: 0, start_char_index: 0 }] },
  ],
  'a container that is used again': [{}, { container: 'container_1' }],
}

test.each(Object.entries(WAYS))('%s: the SDK makes the same of a stream as of the whole answer', async (_, way) => {
  const [choice, asked] = way
  const reply = replyOf(choice)
  const whole = JSON.parse(messages.whole(reply, { ...ASKED, ...asked }) as string) as Anthropic.Message
  expect(JSON.parse(JSON.stringify(await streamed(reply, { ...ASKED, ...asked })))).toMatchObject(
    JSON.parse(JSON.stringify(whole)),
  )
})

test('an answer has every field that its type has', () => {
  const whole = JSON.parse(messages.whole(replyOf(), ASKED) as string) as Anthropic.Message
  expect(whole.content.map(({ type }) => type)).toEqual([
    'thinking',
    'server_tool_use',
    'web_search_tool_result',
    'server_tool_use',
    'web_fetch_tool_result',
    'server_tool_use',
    'bash_code_execution_tool_result',
    'mcp_tool_use',
    'mcp_tool_result',
    'text',
    'tool_use',
  ])
  expect(whole).toMatchObject({ stop_reason: 'tool_use', stop_details: null, diagnostics: null })
  expect(whole.container).toMatchObject({ id: 'container_0123456789abcdef' })
  expect(whole.usage).toEqual({
    input_tokens: 1_200,
    cache_creation_input_tokens: 300,
    cache_read_input_tokens: 500,
    cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 0 },
    output_tokens: 40,
    output_tokens_details: { thinking_tokens: 12 },
    server_tool_use: { web_search_requests: 1, web_fetch_requests: 1 },
    service_tier: 'standard',
    inference_geo: null,
    speed: null,
  })
})

test('a paused turn ends with a tool of the service that has no result', () => {
  const reply = replyOf({ finish: 'pause', text: '', toolCalls: [], hosted: CHOICE.hosted!.slice(0, 1) })
  const { content, stop_reason: reason } = JSON.parse(messages.whole(reply, ASKED) as string) as Anthropic.Message
  expect(reason).toBe('pause_turn')
  expect(content.at(-1)).toMatchObject({ type: 'server_tool_use', input: { query: 'tides in Bremen' } })
})

test('arguments that were cut are no reason to fail', () => {
  const cut = replyOf({ toolCalls: [{ id: 'x', name: 'dock', arguments: '{"ber' }], finish: 'length' })
  const { content } = JSON.parse(messages.whole(cut, ASKED) as string) as Anthropic.Message
  expect(content.at(-1)).toMatchObject({ type: 'tool_use', id: 'toolu_x', input: {} })
})
