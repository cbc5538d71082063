import Anthropic from '@anthropic-ai/sdk'
import { describeOrchestration } from 'longhaul'

const client = new Anthropic({ apiKey: 'test', maxRetries: 0 })
const MODEL = 'claude-haiku-4-5'
type Params = Anthropic.MessageCreateParamsNonStreaming
type Said = Anthropic.MessageParam[]
const ask = (more: object = {}) =>
  client.messages.create({ model: MODEL, max_tokens: 200, messages: [{ role: 'user', content: 'A name?' }], ...more })
const saying = (messages: unknown, more: object = {}) => ask({ messages: messages as Said, ...more })

const dock: Anthropic.Tool = {
  name: 'dock',
  description: 'Docks the ship.',
  input_schema: { type: 'object', properties: { berth: { type: 'integer' } }, required: ['berth'] },
}
const user = (content: unknown) => ({ role: 'user', content })
const assistant = (content: unknown) => ({ role: 'assistant', content })
const use = (id: string) => ({ type: 'tool_use', id, name: 'dock', input: { berth: 1 } })
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'Docked.' })
const text = (said: string) => ({ type: 'text', text: said })

/** Requests that Anthropic refuses, and what it says of them. */
const WRONG: Record<string, [object, RegExp]> = {
  'a call of a tool that is not answered': [
    { messages: [user('x'), assistant([use('a')]), user('Well?')] },
    /messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: a\./,
  ],
  'one of two calls that is not answered': [
    { messages: [user('x'), assistant([use('a'), use('b')]), user([result('b')])] },
    /immediately after: a\./,
  ],
  'a call at the end': [{ messages: [user('x'), assistant([use('a')])] }, /messages\.1: `tool_use` ids were found/],
  'a result after a text': [
    { messages: [user('x'), assistant([use('a')]), user([text('Here:'), result('a')])] },
    /messages\.1: `tool_use` ids were found without/,
  ],
  'a result without a call': [
    { messages: [user([result('a')])] },
    /messages\.0\.content\.0: unexpected `tool_use_id` found in `tool_result` blocks: a\./,
  ],
  'a result of an earlier turn': [
    {
      messages: [user('x'), assistant([use('a')]), user([result('a')]), assistant('Fine.'), user([result('a')])],
    },
    /messages\.4\.content\.0: unexpected `tool_use_id`/,
  ],
  'two results of one call': [
    { messages: [user('x'), assistant([use('a')]), user([result('a'), result('a')])] },
    /each tool_use must have a single result/,
  ],
  'two calls with one id': [
    { messages: [user('x'), assistant([use('a'), use('a')]), user([result('a')])] },
    /messages\.1\.content\.1: `tool_use` ids must be unique/,
  ],
  'a call by the user': [{ messages: [user([use('a')])] }, /`tool_use` blocks can only be in `assistant` messages/],
  'a result by the assistant': [
    { messages: [user('x'), assistant([result('a')])] },
    /`tool_result` blocks can only be in `user` messages/,
  ],
  'an empty question': [{ messages: [user('')] }, /messages\.0: user messages must have non-empty content/],
  'an empty list of blocks': [{ messages: [user([])] }, /non-empty content/],
  'an empty answer in between': [
    { messages: [user('x'), assistant(''), user('y')] },
    /messages\.1: all messages must have non-empty content except for the optional final assistant message/,
  ],
  'an empty text': [{ messages: [user([text('')])] }, /text content blocks must be non-empty/],
  blanks: [{ messages: [user([text(' \n')])] }, /text content blocks must contain non-whitespace text/],
  'an empty system prompt': [{ system: [text('')] }, /system: text content blocks must be non-empty/],
  'an answer that comes first': [{ messages: [assistant('x'), user('y')] }, /first message must use the .*user.* role/],
  'blanks at the end of a prefill': [
    { messages: [user('x'), assistant('The name is ')] },
    /final assistant content cannot end with trailing whitespace/,
  ],
  'a prefill at a model that takes none': [
    { model: 'claude-opus-4-6', messages: [user('x'), assistant('The name is')] },
    /does not support assistant message prefill/,
  ],
  'more tokens than the model can say': [
    { max_tokens: 64_001, stream: true },
    /max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for claude-haiku-4-5/,
  ],
  'a budget of thoughts that is too small': [
    { thinking: { type: 'enabled', budget_tokens: 1_000 }, max_tokens: 2_000 },
    /thinking\.enabled\.budget_tokens: Input should be greater than or equal to 1024/,
  ],
  'a budget of thoughts as large as the answer': [
    { thinking: { type: 'enabled', budget_tokens: 2_000 }, max_tokens: 2_000 },
    /`max_tokens` must be greater than `thinking\.budget_tokens`/,
  ],
  'no budget of thoughts': [{ thinking: { type: 'enabled' } }, /thinking\.enabled\.budget_tokens: Field required/],
  'thoughts of a kind that there is not': [
    { thinking: { type: 'auto' } },
    /thinking: Input tag 'auto' found using 'type' does not match any of the expected tags/,
  ],
  'thoughts and a temperature': [
    { thinking: { type: 'enabled', budget_tokens: 1_024 }, max_tokens: 2_000, temperature: 0.5 },
    /`temperature` may only be set to 1 when thinking is enabled/,
  ],
  'thoughts and top_k': [
    { thinking: { type: 'enabled', budget_tokens: 1_024 }, max_tokens: 2_000, top_k: 5 },
    /`top_k` must be unset when thinking is enabled/,
  ],
  'thoughts and a tool that must be called': [
    {
      thinking: { type: 'enabled', budget_tokens: 1_024 },
      max_tokens: 2_000,
      tools: [dock],
      tool_choice: { type: 'any' },
    },
    /Thinking may not be enabled when tool_choice forces tool use/,
  ],
  'a turn with tools that has lost its thoughts': [
    {
      thinking: { type: 'enabled', budget_tokens: 1_024 },
      max_tokens: 2_000,
      tools: [dock],
      messages: [user('x'), assistant([use('a')]), user([result('a')])],
    },
    /messages\.1\.content\.0\.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
  ],
  'adaptive thoughts at an older model': [
    { thinking: { type: 'adaptive' } },
    /adaptive thinking is not supported on this model/,
  ],
  'a temperature and top_p': [{ temperature: 0.5, top_p: 0.9 }, /`temperature` and `top_p` cannot both be specified/],
  'two tools of one name': [{ tools: [dock, dock] }, /tools: Tool names must be unique/],
  'a tool without a schema': [{ tools: [{ name: 'dock' }] }, /tools\.0\.custom\.input_schema: Field required/],
  'a tool whose name has blanks': [
    { tools: [{ ...dock, name: 'dock it' }] },
    /tools\.0\.custom\.name: String should match pattern/,
  ],
  'a tool of a kind that there is not': [{ tools: [{ type: 'oven_20250101', name: 'oven' }] }, /tools\.0: Input tag/],
  'a choice of a tool that is not there': [
    { tools: [dock], tool_choice: { type: 'tool', name: 'sail' } },
    /Tool 'sail' not found in provided tools/,
  ],
  'a choice without tools': [
    { tool_choice: { type: 'any' } },
    /tool_choice may only be specified while providing tools/,
  ],
  'a blank stop sequence': [{ stop_sequences: [' '] }, /each stop sequence must contain non-whitespace/],
  'five breakpoints of the cache': [
    { messages: [user(Array.from({ length: 5 }, () => ({ ...text('x'), cache_control: { type: 'ephemeral' } })))] },
    /A maximum of 4 blocks with cache_control may be provided\. Found 5/,
  ],
  'an image that is none': [
    { messages: [user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGVsbG8=' } }])] },
    /Could not process image/,
  ],
  'an image of a kind that Claude does not read': [
    { messages: [user([{ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'x' } }])] },
    /messages\.0\.content\.0\.image\.source\.base64\.media_type: Input should be 'image\/jpeg', .* or 'image\/webp'/,
  ],
  'a block of a beta that is not announced': [
    { messages: [user([{ type: 'mcp_tool_result', tool_use_id: 'a', content: [] }])] },
    /messages\.0\.content\.0: Input tag 'mcp_tool_result' found using 'type'/,
  ],
  'a field of a beta that is not announced': [{ mcp_servers: [] }, /mcp_servers: Extra inputs are not permitted/],
  'a field that there is not': [{ colour: 'blue' }, /colour: Extra inputs are not permitted/],
  'a block without its text': [
    { messages: [user([{ type: 'text' }])] },
    /messages\.0\.content\.0\.text\.text: Field required/,
  ],
}

/** Requests that Anthropic takes. */
const RIGHT: Record<string, object> = {
  'two questions in a row': { messages: [user('x'), user('y')] },
  'results in two messages': {
    messages: [user('x'), assistant([use('a'), use('b')]), user([result('a')]), user([result('b')])],
  },
  'a text after the results': { messages: [user('x'), assistant([use('a')]), user([result('a'), text('Well?')])] },
  'a prefill': { messages: [user('x'), assistant('The name is')] },
  'an empty answer at the end': { messages: [user('x'), assistant('')] },
  'a turn that was paused': {
    messages: [user('x'), assistant([{ type: 'server_tool_use', id: 'srvtoolu_a', name: 'web_search', input: {} }])],
    tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 5 }],
  },
  'thoughts, and temperature 1': {
    thinking: { type: 'enabled', budget_tokens: 1_024 },
    max_tokens: 2_000,
    temperature: 1,
  },
  'tools of Anthropic’s own': {
    tools: [
      { type: 'bash_20250124', name: 'bash' },
      { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' },
      { type: 'code_execution_20250825', name: 'code_execution' },
    ],
  },
  'a system prompt in blocks': { system: [{ ...text('Be brief.'), cache_control: { type: 'ephemeral' } }] },
  'a user as Claude Code tells it': { metadata: { user_id: '{"device_id":"a","session_id":"b"}' } },
  'a container': { container: 'container_1' },
}

describeOrchestration(
  'requests to Anthropic',
  {
    system: async ({ vars }) => (vars['work'] as () => Promise<unknown>)(),
    provider: { latency: '1s', failRate: 0 },
  },
  (test) => {
    for (const [name, [more, message]] of Object.entries(WRONG))
      test(`${name} is refused in its own words`, async ({ run, expect }) => {
        const outcome = await run({ vars: { work: () => ask(more) } })
        expect(outcome).toHaveFailedWith(Anthropic.BadRequestError)
        expect(outcome).toHaveFailedWith(message)
      })

    for (const [name, more] of Object.entries(RIGHT))
      test(`${name}: answered`, async ({ run, expect }) => {
        expect(await run({ vars: { work: () => ask(more) } })).toHaveCompleted()
      })

    test('a beta brings fields, blocks and tools of its own', async ({ run, expect }) => {
      const betas = ['mcp-client-2025-11-20', 'context-management-2025-06-27']
      const params = {
        model: MODEL,
        max_tokens: 100,
        betas,
        messages: [
          user([text('x'), { type: 'container_upload', file_id: 'f' }]),
          assistant([
            { type: 'mcp_tool_use', id: 'm', name: 'berths', server_name: 'harbour', input: {} },
            { type: 'mcp_tool_result', tool_use_id: 'm', is_error: false, content: [] },
          ]),
          { ...user('y'), output_config: { effort: 'low' } },
        ],
        mcp_servers: [{ type: 'url', name: 'harbour', url: 'https://harbour.example' }],
        tools: [{ type: 'mcp_toolset', mcp_server_name: 'harbour' }],
        context_management: { edits: [] },
        thread: { type: 'new' },
      } as unknown as Anthropic.Beta.MessageCreateParamsNonStreaming
      const { result: answer } = await run({ vars: { work: () => client.beta.messages.create(params) } })
      expect(answer).toMatchObject({ type: 'message', context_management: null })
    })

    test('a message has every field of its type, and its own headers', async ({ expect }) => {
      const { data, response } = await ask().withResponse()
      expect(data).toMatchObject({
        container: null,
        stop_details: null,
        stop_reason: 'end_turn',
        usage: { cache_creation: { ephemeral_5m_input_tokens: 0 }, server_tool_use: null, service_tier: 'standard' },
      })
      expect(response.headers.get('request-id')).toMatch(/^req_/)
      expect(response.headers.get('anthropic-organization-id')).toMatch(/^[\da-f-]{36}$/)
    })

    test('a tool that the model has to look for is no part of the prompt', async ({ expect }) => {
      const search = { type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' }
      const inputOf = async (...tools: object[]) => (await ask({ tools: [search, ...tools] })).usage.input_tokens
      const without = await inputOf()
      expect(await inputOf({ ...dock, defer_loading: true })).toBe(without)
      expect(await inputOf(dock)).toBeGreaterThan(without)
    })
  },
)

describeOrchestration(
  'a conversation with tools at Anthropic',
  {
    provider: {
      latency: '1s',
      replies: [
        {
          turn: 1,
          content: 'Dock',
          reply: { text: 'One moment.', toolCalls: [{ name: 'dock', arguments: { berth: 3 } }] },
        },
        { reply: 'She is docked.' },
      ],
    },
    system: async () => {
      const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Dock the ship.' }]
      const params = { model: MODEL, max_tokens: 200, tools: [dock] }
      const first = await client.messages.stream({ ...params, messages }).finalMessage()
      const call = first.content.find((block) => block.type === 'tool_use')!
      messages.push({ role: 'assistant', content: first.content })
      messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'ok' }] })
      const second = await client.messages.stream({ ...params, messages }).finalMessage()
      return { first, second }
    },
  },
  (test) => {
    test('takes back what it has streamed', async ({ run, expect }) => {
      const { first, second } = (await run()).result!
      expect(first.content).toMatchObject([
        { type: 'text', text: 'One moment.' },
        { type: 'tool_use', name: 'dock', input: { berth: 3 } },
      ])
      expect(second).toMatchObject({ content: [{ text: 'She is docked.' }], stop_reason: 'end_turn' })
      expect(second.usage.input_tokens).toBeGreaterThan(first.usage.input_tokens)
    })
  },
)

describeOrchestration(
  'what else is asked of Anthropic',
  { provider: { latency: '1s', failRate: 0 }, system: async () => undefined },
  (test) => {
    const counted = async (content: unknown) =>
      (await client.messages.countTokens({ model: MODEL, messages: [user(content)] as Said })).input_tokens
    const image = (data: string) => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } })
    const png = (width: number, height: number): string => {
      const head = Buffer.alloc(33)
      head.write('\u0089PNG\r\n\u001a\n', 'latin1')
      head.writeUInt32BE(width, 16)
      head.writeUInt32BE(height, 20)
      return head.toString('base64')
    }

    test('tokens are counted, free of charge, as a call counts them', async ({ expect, provider }) => {
      const question = 'How many berths has the harbour?'
      const { usage } = await saying([user(question)])
      expect(await counted(question)).toBe(usage.input_tokens)
      expect(provider.ledger.total.calls).toBe(1)
    })

    test('images and documents have tokens', async ({ expect }) => {
      const base = await counted('x')
      const of = async (block: unknown) => (await counted([text('x'), block])) - base
      expect(await of(image(png(1_000, 750)))).toBe(1_000)
      expect(await of(image(png(200, 200)))).toBe(54)
      expect(await of({ type: 'image', source: { type: 'url', url: 'https://x.example/y.png' } })).toBe(1_600)
      const pdf = Buffer.from('%PDF-1.4 /Type /Pages /Type /Page /Type/Page').toString('base64')
      const source = { type: 'base64', media_type: 'application/pdf', data: pdf }
      expect(await of({ type: 'document', source })).toBe(4_500)
    })

    test('a model that there is not is a 404, also where its tokens are to be counted', async ({ expect }) => {
      const asked = client.messages.countTokens({ model: 'claude-none', messages: [user('x')] as Said })
      await expect(asked).rejects.toBeInstanceOf(Anthropic.NotFoundError)
      await expect(client.models.retrieve('claude-none')).rejects.toThrow(/model: claude-none/)
    })

    test('models are listed page by page', async ({ expect }) => {
      const ids: string[] = []
      for await (const { id } of client.models.list({ limit: 3 })) ids.push(id)
      expect(ids.length).toBeGreaterThan(10)
      expect(new Set(ids).size).toBe(ids.length)
      const first = await client.models.list({ limit: 2 })
      expect(first).toMatchObject({ has_more: true, first_id: ids[0], last_id: ids[1] })
      expect((await client.models.list({ before_id: ids[3]!, limit: 2 })).data.map(({ id }) => id)).toEqual(
        ids.slice(1, 3),
      )
      expect(await client.models.retrieve(MODEL)).toMatchObject({ type: 'model', id: MODEL, max_tokens: 64_000 })
      await expect(client.models.list({ limit: 0 })).rejects.toBeInstanceOf(Anthropic.BadRequestError)
    })

    test('a service without a key says so', async ({ expect }) => {
      const response = await fetch('https://api.anthropic.com/v1/models')
      expect(response.status).toBe(401)
      expect(response.headers.get('x-should-retry')).toBe('false')
      expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } })
    })
  },
)

const request = (id: string, more: Partial<Params> = {}) => ({
  custom_id: id,
  params: { model: MODEL, max_tokens: 100, messages: [{ role: 'user' as const, content: `Say ${id}.` }], ...more },
})
const resultsOf = async (id: string) => {
  const results: Record<string, Anthropic.Messages.MessageBatchResult> = {}
  for await (const { custom_id: name, result: said } of await client.messages.batches.results(id)) results[name] = said
  return results
}

describeOrchestration(
  'a batch of messages',
  {
    provider: { latency: '10m', replies: ({ prompt }) => `You asked: ${prompt}` },
    system: async () => {
      const { id } = await client.messages.batches.create({
        requests: [request('a'), request('b'), request('wrong', { model: 'claude-none' })],
      })
      for (;;) {
        const batch = await client.messages.batches.retrieve(id)
        if (batch.processing_status === 'ended') return { batch, results: await resultsOf(id) }
        await new Promise((resolve) => setTimeout(resolve, 60_000))
      }
    },
  },
  (test) => {
    test('ends when all of it is answered', async ({ run, expect }) => {
      const outcome = await run()
      const { batch, results } = outcome.result!
      expect(outcome).toHaveElapsed({ atLeast: '10m', atMost: '12m' })
      expect(batch.request_counts).toEqual({ processing: 0, succeeded: 2, errored: 1, canceled: 0, expired: 0 })
      expect(results['a']).toMatchObject({
        type: 'succeeded',
        message: { content: [{ text: 'You asked: Say a.' }], usage: { service_tier: 'batch' } },
      })
      expect(results['wrong']).toMatchObject({ type: 'errored', error: { error: { type: 'not_found_error' } } })
    })

    test('costs half', async ({ run, provider, expect }) => {
      await run()
      const { input, output } = provider.ledger.total.usage
      // A dollar for a million tokens in, five for a million out.
      expect(provider.ledger.total.cost).toBe(BigInt(Math.round((input * 1e6 + output * 5e6) / 2)))
    })

    test('asks again where there was no capacity', async ({ run, provider, expect }) => {
      provider.failNext(2, 'overloaded')
      const outcome = await run()
      expect(outcome.result!.batch.request_counts.succeeded).toBe(2)
    })

    test('that is cancelled ends at once, and keeps what it has', async ({ expect }) => {
      const { id } = await client.messages.batches.create({ requests: [request('a'), request('b')] })
      const batch = await client.messages.batches.cancel(id)
      expect(batch).toMatchObject({ processing_status: 'ended', request_counts: { canceled: 2 } })
      expect(batch.cancel_initiated_at).not.toBeNull()
      expect((await resultsOf(id))['b']).toEqual({ type: 'canceled' })
      expect(await client.messages.batches.delete(id)).toMatchObject({ type: 'message_batch_deleted' })
      await expect(client.messages.batches.retrieve(id)).rejects.toBeInstanceOf(Anthropic.NotFoundError)
    })

    test('expires after a day where no answer comes', async ({ provider, expect }) => {
      provider.failNext(1, 'hang')
      const { id } = await client.messages.batches.create({ requests: [request('a')] })
      await new Promise((resolve) => setTimeout(resolve, 24 * 3_600_000))
      expect(await client.messages.batches.retrieve(id)).toMatchObject({ request_counts: { expired: 1 } })
    })

    test('is listed, the newest first', async ({ expect }) => {
      const one = await client.messages.batches.create({ requests: [request('a')] })
      const other = await client.messages.batches.create({ requests: [request('a')] })
      expect((await client.messages.batches.list()).data.map(({ id }) => id)).toEqual([other.id, one.id])
    })

    test('in which two requests have one name is refused', async ({ expect }) => {
      const twice = client.messages.batches.create({ requests: [request('a'), request('a')] })
      await expect(twice).rejects.toThrow(/custom_id must be unique/)
      await expect(client.messages.batches.create({ requests: [] })).rejects.toBeInstanceOf(Anthropic.BadRequestError)
    })
  },
)

const THINKING = { thinking: { type: 'enabled' as const, budget_tokens: 2_000 }, max_tokens: 4_000 }

describeOrchestration(
  'an answer of Anthropic’s that was thought about',
  {
    provider: {
      latency: '1s',
      replies: [
        {
          content: 'Dock',
          reply: {
            reasoning: 'Berth three is free.',
            text: 'One moment.',
            toolCalls: [{ name: 'dock', arguments: { berth: 3 } }],
          },
        },
        { content: 'tides', reply: { hosted: [{ kind: 'web_search', query: 'tides in Bremen' }], text: 'Noon.' } },
        { content: 'forbidden', reply: { refusal: true, text: 'No.' } },
      ],
    },
    system: async () => {
      const asked: Said = [{ role: 'user', content: 'Dock the ship.' }]
      const first = await client.messages
        .stream({ model: MODEL, ...THINKING, tools: [dock], messages: asked })
        .finalMessage()
      const call = first.content.find((block) => block.type === 'tool_use')!
      const messages: Said = [
        ...asked,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'done' }] },
      ]
      const second = await client.messages.create({ model: MODEL, ...THINKING, tools: [dock], messages })
      return { first, second, messages }
    },
  },
  (test) => {
    test('begins with signed thoughts, which are sent back with the result of its tool', async ({ run, expect }) => {
      const { first, second } = (await run()).result!
      expect(first.content).toMatchObject([
        { type: 'thinking', thinking: 'Berth three is free.', signature: expect.stringMatching(/./) },
        { type: 'text' },
        { type: 'tool_use', input: { berth: 3 } },
      ])
      expect(first.usage.output_tokens_details!.thinking_tokens).toBeGreaterThan(0)
      expect(second.content.map(({ type }) => type)).toEqual(['text'])
    })

    test('thinks between its tools where a beta announces it', async ({ run, expect }) => {
      const { messages } = (await run()).result!
      const betas = ['interleaved-thinking-2025-05-14']
      const { content } = await client.beta.messages.create({
        model: MODEL,
        ...THINKING,
        tools: [dock],
        betas,
        messages: messages as Anthropic.Beta.BetaMessageParam[],
      })
      expect(content[0]).toMatchObject({ type: 'thinking' })
    })

    test('whose thoughts were changed is not taken back', async ({ run, expect }) => {
      const { messages } = (await run()).result!
      const [, { content }] = messages as [unknown, { content: Anthropic.ContentBlock[] }]
      ;(content[0] as Anthropic.ThinkingBlock).thinking = 'Berth four is free.'
      await expect(ask({ ...THINKING, tools: [dock], messages })).rejects.toThrow(
        /messages\.1\.content\.0: Invalid `signature` in `thinking` block/,
      )
    })

    test('hides its thoughts where that is asked for', async ({ expect }) => {
      const omitted = { ...THINKING, thinking: { ...THINKING.thinking, display: 'omitted' } }
      const { content } = await saying([user('Dock?')], { ...omitted, tools: [dock] })
      expect(content[0]).toMatchObject({ type: 'thinking', thinking: '', signature: expect.stringMatching(/./) })
    })

    test('comes from a search that the service has made', async ({ expect }) => {
      const tools = [{ type: 'web_search_20250305', name: 'web_search' }]
      const { content, usage } = await saying([user('When are the tides?')], { tools })
      expect(content).toMatchObject([
        { type: 'server_tool_use', name: 'web_search', input: { query: 'tides in Bremen' } },
        { type: 'web_search_tool_result', content: [{ type: 'web_search_result' }, {}] },
        { type: 'text', text: 'Noon.', citations: [{ type: 'web_search_result_location' }] },
      ])
      expect(usage.server_tool_use).toMatchObject({ web_search_requests: 1 })
      // It is a turn that may be gone on with.
      expect(
        (
          await saying([user('When are the tides?'), assistant(content), user('Dock, then.')], {
            tools: [...tools, dock],
          })
        ).stop_reason,
      ).toBe('tool_use')
    })

    test('that is refused says so', async ({ expect }) => {
      const { stop_reason: reason, stop_details: details } = await saying([user('Something forbidden.')])
      expect([reason, details]).toEqual(['refusal', { type: 'refusal', category: null, explanation: null }])
    })

    test('cites the documents that it was given', async ({ expect }) => {
      const source = { type: 'text', media_type: 'text/plain', data: 'High water is at noon. Low water is at six.' }
      const document = { type: 'document', source, title: 'Log', citations: { enabled: true } }
      const stream = client.messages.stream({
        model: MODEL,
        max_tokens: 100,
        messages: [user([document, text('When?')])] as Said,
      })
      const { content } = await stream.finalMessage()
      expect(content).toMatchObject([
        {
          type: 'text',
          citations: [{ type: 'char_location', cited_text: 'High water is at noon.', document_title: 'Log' }],
        },
      ])
    })
  },
)
