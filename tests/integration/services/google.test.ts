import { createGoogle } from '@ai-sdk/google'
import {
  ApiError,
  FunctionCallingConfigMode,
  GoogleGenAI,
  Type,
  type Content,
  type GenerateContentResponse,
} from '@google/genai'
import { embed, generateObject, generateText, stepCountIs, streamText, tool } from 'ai'
import { describeOrchestration, startServer, type Fault, type SystemContext } from 'longhaul'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startClock } from '../../../src/clock/index.ts'
import { quickAnswer, quickProvider } from '../provider-under-test.ts'

const gemini = new GoogleGenAI({ apiKey: 'test' })
const vertex = new GoogleGenAI({ apiKey: 'test', vertexai: true })
const aiSdk = createGoogle({ apiKey: 'test' })
const model = 'gemini-2.5-flash'
const ANSWER = 'Red, then green, then blue.'
const contents = 'Name three colours.'

const weather = {
  name: 'weather',
  description: 'Tells the weather',
  parameters: {
    type: Type.OBJECT,
    properties: { city: { type: Type.STRING }, days: { type: Type.INTEGER, minimum: 1, maximum: 9 } },
    required: ['city', 'days'],
  },
}

const doing = ({ vars }: SystemContext) => (vars['work'] as () => Promise<unknown>)()
const asked = <Result>(work: () => Promise<Result>) => ({ vars: { work } })

describeOrchestration(
  'Gemini',
  { system: doing, provider: { latency: '4s', replies: [{ content: 'colours', reply: ANSWER }] } },
  (test) => {
    test('answers the official SDK, at the price of the table', async ({ run, expect, trace }) => {
      const outcome = await run(asked(() => gemini.models.generateContent({ model, contents })))
      expect(outcome.result).toMatchObject({
        text: ANSWER,
        modelVersion: model,
        candidates: [{ finishReason: 'STOP', index: 0 }],
        usageMetadata: { promptTokenCount: expect.any(Number), candidatesTokenCount: expect.any(Number) },
      })
      expect(outcome).toHaveElapsed({ atLeast: '4s', atMost: '5s' })
      expect(outcome).toHaveCost({ atLeast: '$0.000001' })
      expect(trace.ofType('call.arrived')).toMatchObject([{ provider: 'google', operation: 'generateContent', model }])
    })

    test('streams, with usage and the reason of the end in the last part', async ({ run, expect }) => {
      const read = async () => {
        const parts = []
        for await (const part of await gemini.models.generateContentStream({ model, contents })) parts.push(part)
        return {
          text: parts.map(({ text }) => text).join(''),
          parts: parts.length,
          finish: parts.map(({ candidates }) => candidates![0]!.finishReason).filter(Boolean),
          usage: parts.at(-1)!.usageMetadata,
        }
      }
      const { result } = await run(asked(read))
      expect(result).toMatchObject({
        text: ANSWER,
        finish: ['STOP'],
        usage: { totalTokenCount: expect.any(Number), candidatesTokenCount: expect.any(Number) },
      })
      expect((result as { parts: number }).parts).toBeGreaterThan(3)
    })

    test('streams the elements of an array to who does not ask for events', async ({ run, expect }) => {
      const url = `https://generativelanguage.googleapis.com/v1beta/models/${model}:streamGenerateContent?key=test`
      const body = JSON.stringify({ contents: [{ parts: [{ text: contents }] }] })
      const read = async () => (await fetch(url, { method: 'POST', body })).json() as Promise<unknown[]>
      const { result } = await run(asked(read))
      expect((result as unknown[]).length).toBeGreaterThan(3)
      expect((result as unknown[]).at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP' }] })
    })

    test('keeps a chat of two turns', async ({ run, expect, trace }) => {
      const talk = async () => {
        const chat = gemini.chats.create({ model, config: { systemInstruction: 'Be brief.' } })
        await chat.sendMessage({ message: contents })
        return (await chat.sendMessage({ message: 'And the colours of the sea?' })).text
      }
      expect((await run(asked(talk))).result).toBe(ANSWER)
      expect(trace.ofType('call.arrived')[1]).toMatchObject({ turn: 2 })
    })

    test('says that it was cut off at the limit of tokens', async ({ run, expect }) => {
      const work = () => gemini.models.generateContent({ model, contents, config: { maxOutputTokens: 2 } })
      expect((await run(asked(work))).result).toMatchObject({ candidates: [{ finishReason: 'MAX_TOKENS' }] })
    })

    test('gives several candidates, and stops at a sequence', async ({ run, expect }) => {
      const config = { candidateCount: 2, stopSequences: ['blue'] }
      const { result } = await run(asked(() => gemini.models.generateContent({ model, contents, config })))
      expect((result as { candidates: object[] }).candidates).toMatchObject([
        { index: 0, content: { parts: [{ text: 'Red, then green, then ' }] } },
        { index: 1 },
      ])
    })

    test('reads the names of fields in both spellings, and single values as lists', async ({ run, expect }) => {
      const body = JSON.stringify({
        system_instruction: { parts: { text: 'Be brief.' } },
        contents: { role: 'user', parts: { text: contents } },
        generation_config: { max_output_tokens: '2' },
      })
      const url = `https://generativelanguage.googleapis.com/v1beta/models/${model}:generateContent`
      const work = async () =>
        (await fetch(url, { method: 'POST', body, headers: { 'x-goog-api-key': 'test' } })).json()
      expect((await run(asked(work))).result).toMatchObject({ candidates: [{ finishReason: 'MAX_TOKENS' }] })
    })

    test('counts an image by its tiles', async ({ run, expect }) => {
      // A PNG of 1,000 by 800 pixels, as far as its header.
      const header = '89504e470d0a1a0a0000000d49484452000003e8000003200806000000'
      const data = Buffer.from(header, 'hex').toString('base64')
      const image = [{ inlineData: { mimeType: 'image/png', data } }, { text: contents }]
      const count = async () => {
        const [plain, seen] = await Promise.all([
          gemini.models.countTokens({ model, contents }),
          gemini.models.countTokens({ model, contents: [{ role: 'user', parts: image }] }),
        ])
        return seen.totalTokens! - plain.totalTokens!
      }
      expect((await run(asked(count))).result).toBe(4 * 258)
    })

    test('knows Vertex AI, in a project and without one', async ({ run, expect }) => {
      const url =
        'https://europe-west4-aiplatform.googleapis.com/v1/projects/mine/locations/europe-west4/publishers/google/models/' +
        `${model}:generateContent`
      const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: contents }] }] })
      const work = async () => [
        (await vertex.models.generateContent({ model, contents })).text,
        await (await fetch(url, { method: 'POST', body, headers: { authorization: 'Bearer test' } })).json(),
      ]
      expect((await run(asked(work))).result).toMatchObject([
        ANSWER,
        { candidates: [{ finishReason: 'STOP' }], usageMetadata: { trafficType: 'ON_DEMAND' } },
      ])
    })

    test("has Anthropic's models at Vertex AI by their own format", async ({ run, expect, trace }) => {
      const url =
        'https://us-east5-aiplatform.googleapis.com/v1/projects/mine/locations/us-east5/publishers/anthropic/models/' +
        'claude-sonnet-4-5@20250929:rawPredict'
      const messages = [{ role: 'user', content: contents }]
      const body = JSON.stringify({ anthropic_version: 'vertex-2023-10-16', max_tokens: 100, messages })
      const work = async () =>
        (await fetch(url, { method: 'POST', body, headers: { authorization: 'Bearer test' } })).json()
      expect((await run(asked(work))).result).toMatchObject({
        model: 'claude-sonnet-4-5-20250929',
        content: [{ type: 'text', text: ANSWER }],
      })
      expect(trace.ofType('call.arrived')).toMatchObject([{ provider: 'google', model: 'claude-sonnet-4-5@20250929' }])
    })

    test('answers the AI SDK, whole and as a stream', async ({ run, expect }) => {
      const work = async () => {
        const { text, usage, finishReason } = await generateText({ model: aiSdk(model), prompt: contents })
        const stream = streamText({ model: aiSdk(model), prompt: contents })
        return { text, finishReason, input: usage.inputTokens, streamed: await stream.text }
      }
      expect((await run(asked(work))).result).toMatchObject({
        text: ANSWER,
        finishReason: 'stop',
        input: expect.any(Number),
        streamed: ANSWER,
      })
    })

    test('is met at an address that is compatible with OpenAI', async ({ run, expect }) => {
      const { default: OpenAI } = await import('openai')
      const baseURL = 'https://generativelanguage.googleapis.com/v1beta/openai/'
      const client = new OpenAI({ apiKey: 'test', baseURL, maxRetries: 0 })
      const work = () => client.chat.completions.create({ model, messages: [{ role: 'user', content: contents }] })
      expect((await run(asked(work))).result).toMatchObject({ model, choices: [{ message: { content: ANSWER } }] })
      const wrong = () =>
        client.chat.completions.create({ model: 'gemini-0', messages: [{ role: 'user', content: '?' }] })
      expect(await run(asked(wrong))).toHaveFailedWith(OpenAI.NotFoundError)
    })
  },
)

describeOrchestration(
  'functions of Gemini',
  {
    system: doing,
    provider: {
      latency: '1s',
      replies: [
        { content: 'Rome', turn: 1, reply: { toolCalls: [{ name: 'weather', arguments: { city: 'Rome', days: 2 } }] } },
        { content: 'sun', reply: 'It is sunny.' },
      ],
    },
  },
  (test) => {
    const config = { tools: [{ functionDeclarations: [weather] }] }

    test('are called, and their results answered', async ({ run, expect }) => {
      const loop = async () => {
        const turns: Content[] = [{ role: 'user', parts: [{ text: 'The weather in Rome?' }] }]
        const first = await gemini.models.generateContent({ model, contents: turns, config })
        const [call] = first.functionCalls!
        turns.push(first.candidates![0]!.content!, {
          role: 'user',
          parts: [{ functionResponse: { id: call!.id!, name: call!.name!, response: { output: 'sun' } } }],
        })
        const second = await gemini.models.generateContent({ model, contents: turns, config })
        return { call, text: second.text }
      }
      expect((await run(asked(loop))).result).toMatchObject({
        call: { id: expect.any(String), name: 'weather', args: { city: 'Rome', days: 2 } },
        text: 'It is sunny.',
      })
    })

    test('are called in a loop by the AI SDK', async ({ run, expect }) => {
      const tools = {
        weather: tool({
          description: 'Tells the weather',
          inputSchema: z.object({ city: z.string(), days: z.number() }),
          execute: async () => 'sun',
        }),
      }
      const loop = async () => {
        const prompt = 'The weather in Rome?'
        const { text, steps } = await generateText({ model: aiSdk(model), prompt, tools, stopWhen: stepCountIs(3) })
        return { text, steps: steps.length }
      }
      expect((await run(asked(loop))).result).toEqual({ text: 'It is sunny.', steps: 2 })
    })

    test('come whole in a stream', async ({ run, expect }) => {
      const read = async () => {
        const calls = []
        const stream = await gemini.models.generateContentStream({ model, contents: 'The weather in Rome?', config })
        for await (const part of stream) calls.push(...(part.functionCalls ?? []))
        return calls
      }
      expect((await run(asked(read))).result).toMatchObject([{ name: 'weather', args: { city: 'Rome', days: 2 } }])
    })

    test('get arguments that fit their schema where they must be called', async ({ run, expect }) => {
      const toolConfig = { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } }
      const call = () => gemini.models.generateContent({ model, contents: 'Hello.', config: { ...config, toolConfig } })
      const { result } = await run(asked(async () => (await call()).functionCalls))
      expect(result).toMatchObject([{ name: 'weather', args: { city: expect.any(String) } }])
      const [{ args }] = result as [{ args: { days: number } }]
      expect(args.days).toBeGreaterThanOrEqual(1)
      expect(args.days).toBeLessThanOrEqual(9)
    })
  },
)

describeOrchestration('what Gemini makes by a schema', { system: doing, provider: { latency: '1s' } }, (test) => {
  test('fits a schema of its own dialect', async ({ run, expect }) => {
    const responseSchema = {
      type: Type.OBJECT,
      properties: {
        names: { type: Type.ARRAY, items: { type: Type.STRING }, minItems: '2', maxItems: '2' },
        mood: { type: Type.STRING, enum: ['calm', 'wild'] },
      },
      required: ['names', 'mood'],
    }
    const config = { responseMimeType: 'application/json', responseSchema }
    const { result } = await run(
      asked(async () => JSON.parse((await gemini.models.generateContent({ model, contents: 'A ship', config })).text!)),
    )
    expect(result).toEqual({
      names: [expect.any(String), expect.any(String)],
      mood: expect.stringMatching(/^(calm|wild)$/),
    })
  })

  test('fits a schema of the AI SDK', async ({ run, expect }) => {
    const schema = z.object({ name: z.string(), length: z.number().int() })
    const work = async () => (await generateObject({ model: aiSdk(model), prompt: 'A ship', schema })).object
    expect((await run(asked(work))).result).toEqual({ name: expect.any(String), length: expect.any(Number) })
  })

  test('are vectors of the length that is asked for', async ({ run, expect }) => {
    const work = async () => {
      const of = { model: 'gemini-embedding-001', config: { outputDimensionality: 64 } }
      const [one, other] = (await gemini.models.embedContent({ ...of, contents: ['Red.', 'Blue.'] })).embeddings!
      const [vertexOne] = (await vertex.models.embedContent({ ...of, contents: 'Red.' })).embeddings!
      const sdk = await embed({ model: aiSdk.embeddingModel(of.model), value: 'Red.' })
      return [one!.values!.length, other!.values!.length, vertexOne!.values!.length, sdk.embedding.length]
    }
    expect((await run(asked(work))).result).toEqual([64, 64, 64, 3_072])
  })
})

describeOrchestration(
  'what Gemini does before and beside its answer',
  { system: doing, provider: { latency: '4s', replies: [{ content: 'colours', reply: ANSWER }] } },
  (test) => {
    const thinkingConfig = { includeThoughts: true, thinkingBudget: 1_024 }

    test('are thoughts, told where they are asked for, and counted apart', async ({ run, expect }) => {
      const whole = () => gemini.models.generateContent({ model, contents, config: { thinkingConfig } })
      const { result } = await run(asked(whole))
      const { candidates, usageMetadata: usage, text } = result as GenerateContentResponse
      expect(candidates![0]!.content!.parts).toMatchObject([
        { thought: true, text: expect.any(String) },
        { text: ANSWER },
      ])
      expect(text).toBe(ANSWER)
      expect(usage!.thoughtsTokenCount).toBeGreaterThan(0)
      expect(usage!.thoughtsTokenCount).toBeLessThanOrEqual(1_024)
      expect(usage!.totalTokenCount).toBe(
        usage!.promptTokenCount! + usage!.thoughtsTokenCount! + usage!.candidatesTokenCount!,
      )
    })

    test('are thoughts in a stream, before the text', async ({ run, expect }) => {
      const read = async () => {
        const kinds: string[] = []
        const stream = await gemini.models.generateContentStream({ model, contents, config: { thinkingConfig } })
        for await (const { candidates } of stream)
          for (const { thought, text } of candidates![0]!.content!.parts!)
            if (text) kinds.push(thought ? 'thought' : 'text')
        return kinds
      }
      const kinds = (await run(asked(read))).result as string[]
      expect(new Set(kinds)).toEqual(new Set(['thought', 'text']))
      expect(kinds.indexOf('text')).toBe(kinds.filter((kind) => kind === 'thought').length)
    })

    test('are no thoughts without a budget for them', async ({ run, expect }) => {
      const config = { thinkingConfig: { thinkingBudget: 0 } }
      const { result } = await run(asked(() => gemini.models.generateContent({ model, contents, config })))
      expect((result as GenerateContentResponse).usageMetadata).not.toHaveProperty('thoughtsTokenCount')
    })

    const news = 'What is new in Rome?'
    test('are searches, with what the text rests on', async ({ run, expect }) => {
      const config = { tools: [{ googleSearch: {} }] }
      const { result } = await run(asked(() => gemini.models.generateContent({ model, contents: news, config })))
      const { candidates } = result as GenerateContentResponse
      expect(candidates![0]!.groundingMetadata).toMatchObject({
        webSearchQueries: [news],
        groundingChunks: [{ web: { uri: expect.stringMatching(/^https:/) } }],
        groundingSupports: [{ groundingChunkIndices: [0], segment: { text: expect.any(String) } }],
      })
    })

    test('is code that it runs', async ({ run, expect }) => {
      const config = { tools: [{ codeExecution: {} }] }
      const { result } = await run(asked(() => gemini.models.generateContent({ model, contents: news, config })))
      expect((result as GenerateContentResponse).candidates![0]!.content!.parts).toMatchObject([
        { executableCode: { language: 'PYTHON' } },
        { codeExecutionResult: { outcome: 'OUTCOME_OK' } },
        { text: expect.any(String) },
      ])
    })
  },
)

describeOrchestration(
  'signatures of Gemini 3',
  {
    system: doing,
    provider: { latency: '1s', replies: [{ turn: 1, reply: { toolCalls: [{ name: 'weather' }] } }, { reply: 'Sun.' }] },
  },
  (test) => {
    test('come with calls and are taken back', async ({ run, expect }) => {
      const three = 'gemini-3-pro-preview'
      const config = { tools: [{ functionDeclarations: [weather] }] }
      const loop = async () => {
        const turns: Content[] = [{ role: 'user', parts: [{ text: 'Rome?' }] }]
        const { candidates } = await gemini.models.generateContent({ model: three, contents: turns, config })
        const turn = candidates![0]!.content!
        turns.push(turn, { role: 'user', parts: [{ functionResponse: { name: 'weather', response: {} } }] })
        const { text } = await gemini.models.generateContent({ model: three, contents: turns, config })
        return { parts: turn.parts, text }
      }
      expect((await run(asked(loop))).result).toMatchObject({
        parts: [{ functionCall: { name: 'weather' }, thoughtSignature: expect.any(String) }],
        text: 'Sun.',
      })
    })
  },
)

describeOrchestration(
  'what Gemini lists and counts',
  { system: doing, provider: { models: { 'my-own': { contextWindow: 1_000 } } } },
  (test) => {
    test('are its models, page by page', async ({ run, expect }) => {
      const work = async () => {
        const names: string[] = []
        for await (const { name } of await gemini.models.list({ config: { pageSize: 20 } })) names.push(name!)
        const { inputTokenLimit } = await gemini.models.get({ model: 'my-own' })
        return { names, inputTokenLimit }
      }
      const { result } = await run(asked(work))
      expect(result).toMatchObject({ inputTokenLimit: 1_000 })
      expect((result as { names: string[] }).names).toEqual(
        expect.arrayContaining(['models/gemini-2.5-flash', 'models/my-own']),
      )
    })

    test('is what a prompt is then billed for', async ({ run, expect }) => {
      const work = async () => {
        const { totalTokens } = await gemini.models.countTokens({ model, contents })
        const { usageMetadata } = await gemini.models.generateContent({ model, contents })
        return [totalTokens, usageMetadata!.promptTokenCount]
      }
      const [counted, billed] = (await run(asked(work))).result as number[]
      expect(counted).toBe(billed)
    })
  },
)

/** What the SDK says of each fault: the status, and a word of the service's own. */
const FAULTS: [Fault, number, RegExp][] = [
  ['rate_limited', 429, /RESOURCE_EXHAUSTED.*google\.rpc\.RetryInfo/s],
  ['overloaded', 503, /The model is overloaded.*UNAVAILABLE/s],
  ['server_error', 500, /INTERNAL/],
  ['bad_gateway', 502, /Bad Gateway/],
  ['quota_exhausted', 429, /RESOURCE_EXHAUSTED.*PerDay/s],
  ['model_retired', 404, /no longer available/],
]

describeOrchestration(
  'what goes wrong at Gemini',
  { system: doing, provider: { latency: '4s', replies: ANSWER, rateLimits: { requestsPerMinute: 100 } } },
  (test) => {
    for (const [fault, status, words] of FAULTS)
      for (const [name, client] of Object.entries({ gemini, vertex }))
        test(`${fault} of ${name} is an error of the SDK`, async ({ run, provider, expect }) => {
          provider.failNext(1, fault)
          const { error } = await run(asked(() => client.models.generateContent({ model, contents })))
          expect(error).toBeInstanceOf(ApiError)
          expect((error as ApiError).status).toBe(status)
          if (name === 'gemini') expect((error as ApiError).message).toMatch(words)
          else if (status === 429) expect((error as ApiError).message).toMatch(/Resource exhausted/)
        })

    test('a key that is no longer valid is 400 at Gemini and 401 at Vertex AI', async ({ run, provider, expect }) => {
      provider.failNext(2, 'unauthorized')
      const work = () =>
        Promise.all(
          [gemini, vertex].map(({ models }) =>
            models.generateContent({ model, contents }).catch((error: ApiError) => error),
          ),
        )
      expect((await run(asked(work))).result).toMatchObject([
        { status: 400, message: expect.stringContaining('API_KEY_INVALID') },
        { status: 401, message: expect.stringContaining('UNAUTHENTICATED') },
      ])
    })

    test('an answer that the filter catches ends for SAFETY and says nothing', async ({ run, provider, expect }) => {
      provider.failNext(1, 'content_filter')
      const { result } = await run(asked(() => gemini.models.generateContent({ model, contents })))
      const [candidate] = (result as GenerateContentResponse).candidates!
      expect(candidate).toMatchObject({ finishReason: 'SAFETY', safetyRatings: expect.arrayContaining([]) })
      expect(candidate).not.toHaveProperty('content')
    })

    test('a prompt that the filter catches is told beside no candidates, also in a stream', async ({
      run,
      provider,
      expect,
    }) => {
      provider.failNext(2, 'prompt_filtered')
      const work = async () => {
        const feedbacks = [(await gemini.models.generateContent({ model, contents })).promptFeedback]
        for await (const { promptFeedback } of await gemini.models.generateContentStream({ model, contents }))
          feedbacks.push(promptFeedback)
        return feedbacks
      }
      const blocked = { blockReason: 'PROHIBITED_CONTENT' }
      expect((await run(asked(work))).result).toEqual([blocked, blocked])
    })

    test('an error within a stream is one of the SDK', async ({ run, provider, expect }) => {
      provider.failNext(1, 'stream_error')
      const read = async () => {
        for await (const _ of await gemini.models.generateContentStream({ model, contents })) continue
      }
      expect(`${(await run(asked(read))).error}`).toMatch(/UNAVAILABLE/)
    })

    test('an array that an error ends is whole JSON', async ({ run, provider, expect }) => {
      provider.failNext(1, 'stream_error')
      const url = `https://generativelanguage.googleapis.com/v1beta/models/${model}:streamGenerateContent?key=test`
      const body = JSON.stringify({ contents: [{ parts: [{ text: contents }] }] })
      const work = async () => (await fetch(url, { method: 'POST', body })).json() as Promise<unknown[]>
      expect(((await run(asked(work))).result as unknown[]).at(-1)).toMatchObject({ error: { status: 'UNAVAILABLE' } })
    })

    test('how long to wait is told, and honoured by the AI SDK', async ({ run, provider, expect }) => {
      provider.failNext(1, 'rate_limited')
      const outcome = await run(asked(() => generateText({ model: aiSdk(model), prompt: contents })))
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveCalls(2)
    })

    test('a stream that is cut off is one for the SDK', async ({ run, provider, expect }) => {
      provider.failNext(1, 'reset_midway')
      const read = async () => {
        for await (const _ of await gemini.models.generateContentStream({ model, contents })) continue
      }
      expect((await run(asked(read))).status).toBe('failed')
    })

    const WRONG: [string, object, number, RegExp][] = [
      ['an unknown model', { model: 'gemini-0' }, 404, /models\/gemini-0 is not found/],
      ['no contents', { contents: [] }, 400, /contents is not specified|contents are required/],
      ['a temperature of 3', { config: { temperature: 3 } }, 400, /temperature/],
      ['a role that there is not', { contents: [{ role: 'tool', parts: [{ text: 'x' }] }] }, 400, /valid role/],
      ['an empty turn', { contents: [{ role: 'user', parts: [] }] }, 400, /parts must not be empty/],
      [
        'a result without a call',
        { contents: [{ role: 'user', parts: [{ functionResponse: { name: 'weather', response: {} } }] }] },
        400,
        /comes immediately after a function call turn/,
      ],
      [
        'too few results',
        {
          contents: [
            { role: 'user', parts: [{ text: 'Rome?' }] },
            {
              role: 'model',
              parts: [{ functionCall: { name: 'weather' } }, { functionCall: { name: 'weather' } }],
            },
            { role: 'user', parts: [{ functionResponse: { name: 'weather', response: {} } }] },
          ],
        },
        400,
        /number of function response parts is equal/,
      ],
      [
        'a call that lost its signature',
        {
          model: 'gemini-3-pro-preview',
          contents: [
            { role: 'user', parts: [{ text: 'Rome?' }] },
            { role: 'model', parts: [{ functionCall: { name: 'weather' } }] },
            { role: 'user', parts: [{ functionResponse: { name: 'weather', response: {} } }] },
          ],
        },
        400,
        /missing a thought_signature/,
      ],
      [
        'a budget of thoughts above the limit',
        { config: { thinkingConfig: { thinkingBudget: 50_000 } } },
        400,
        /50000/,
      ],
      ['more tokens than the model gives', { config: { maxOutputTokens: 70_000 } }, 400, /65537 \(exclusive\)/],
      [
        'two functions by one name',
        { config: { tools: [{ functionDeclarations: [weather, weather] }] } },
        400,
        /Duplicate function declaration/,
      ],
      [
        'six sequences to stop at',
        { config: { stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] } },
        400,
        /stop_sequences.*limit of 5/,
      ],
      ['chat at an embedding model', { model: 'gemini-embedding-001' }, 404, /not supported for generateContent/],
    ]
    for (const [name, more, status, words] of WRONG)
      test(`${name} is refused in the service's words`, async ({ run, expect }) => {
        const { error } = await run(asked(() => gemini.models.generateContent({ model, contents, ...more })))
        expect(`${error}`).toMatch(words)
        if (error instanceof ApiError) expect(error.status).toBe(status)
      })

    test('a field that nobody knows is refused with its place', async ({ run, expect }) => {
      const url = `https://generativelanguage.googleapis.com/v1beta/models/${model}:generateContent?key=test`
      const body = JSON.stringify({ contents: [{ parts: [{ text: 'x', colour: 'red' }] }] })
      const work = async () => (await fetch(url, { method: 'POST', body })).json()
      expect((await run(asked(work))).result).toMatchObject({
        error: {
          code: 400,
          status: 'INVALID_ARGUMENT',
          message: expect.stringContaining(`Unknown name "colour" at 'contents[0].parts[0]': Cannot find field.`),
          details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest' }],
        },
      })
    })

    test('a request without a key is refused', async ({ run, expect }) => {
      const url = `https://generativelanguage.googleapis.com/v1beta/models/${model}:generateContent`
      const body = JSON.stringify({ contents: [{ parts: [{ text: 'x' }] }] })
      const work = async () => (await fetch(url, { method: 'POST', body })).status
      expect((await run(asked(work))).result).toBe(403)
    })
  },
)

test('the server answers the official SDK', async () => {
  const clock = startClock({ kind: 'real' })
  const server = await startServer(quickProvider(clock))
  const baseUrl = server.baseURLs['google']!
  const client = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl } })
  const said = await client.models.generateContent({ model, contents })
  let streamed = ''
  for await (const { text } of await client.models.generateContentStream({ model, contents })) streamed += text ?? ''
  await server.close()
  expect([said.text, streamed]).toEqual([quickAnswer, quickAnswer])
})
