import { createAzure } from '@ai-sdk/azure'
import { generateText } from 'ai'
import OpenAI, { AzureOpenAI } from 'openai'
import { describeOrchestration, startServer, type Fault, type SystemContext } from 'longhaul'
import { expect, test } from 'vitest'
import { startClock } from '../../../src/clock/index.ts'
import { quickAnswer, quickProvider } from '../provider-under-test.ts'

const endpoint = 'https://mine.openai.azure.com'
const client = new AzureOpenAI({ apiKey: 'test', endpoint, apiVersion: '2024-10-21', maxRetries: 0 })
const entra = new AzureOpenAI({
  azureADTokenProvider: async () => 'token',
  endpoint: 'https://mine.cognitiveservices.azure.com',
  apiVersion: '2025-04-01-preview',
  maxRetries: 0,
})
const v1 = new OpenAI({ apiKey: 'test', baseURL: 'https://mine.services.ai.azure.com/openai/v1/', maxRetries: 0 })
const aiSdk = createAzure({ resourceName: 'mine', apiKey: 'test' })
const ANSWER = 'Red, then green, then blue.'
const messages = [{ role: 'user' as const, content: 'Name three colours.' }]
const chat = { model: 'gpt-4o', messages }

const doing = ({ vars }: SystemContext) => (vars['work'] as () => Promise<unknown>)()
const asked = <Result>(work: () => Promise<Result>) => ({ vars: { work } })

describeOrchestration(
  'Azure OpenAI',
  {
    system: doing,
    provider: {
      latency: '4s',
      models: { 'our-own-name': { prices: { input: 1, output: 2 } } },
      replies: [{ content: 'colours', reply: ANSWER }],
      rateLimits: { requestsPerMinute: 60 },
    },
  },
  (test) => {
    test("answers AzureOpenAI at a deployment's address", async ({ run, expect, trace }) => {
      const outcome = await run(asked(() => client.chat.completions.create(chat)))
      const safe = { filtered: false, severity: 'safe' }
      expect(outcome.result).toMatchObject({
        choices: [{ message: { content: ANSWER }, content_filter_results: { hate: safe, violence: safe } }],
        prompt_filter_results: [{ prompt_index: 0, content_filter_results: { jailbreak: { detected: false } } }],
      })
      expect(outcome).toHaveCost({ atLeast: '$0.000001' })
      expect(trace.ofType('call.arrived')).toMatchObject([{ provider: 'azure', operation: 'chat.completions' }])
    })

    test('takes the name of a deployment from the path, and a token of Entra', async ({ run, expect, trace }) => {
      const work = () => entra.chat.completions.create({ ...chat, model: 'our-own-name' })
      expect((await run(asked(work))).result).toMatchObject({ model: 'our-own-name' })
      expect(trace.ofType('call.arrived')).toMatchObject([{ model: 'our-own-name' }])
    })

    test('streams, the word of the filter first', async ({ run, expect }) => {
      const read = async () => {
        const chunks: OpenAI.ChatCompletionChunk[] = []
        for await (const chunk of await client.chat.completions.create({ ...chat, stream: true })) chunks.push(chunk)
        return chunks
      }
      const chunks = (await run(asked(read))).result as OpenAI.ChatCompletionChunk[]
      expect(chunks[0]).toMatchObject({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] })
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(ANSWER)
      expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: 'stop', content_filter_results: {} }] })
    })

    test('has all that OpenAI has below its v1', async ({ run, expect }) => {
      const work = async () => {
        const { output_text: said } = await v1.responses.create({ model: 'gpt-4o', input: 'Name three colours.' })
        const { data } = await v1.embeddings.create({ model: 'text-embedding-3-small', input: 'Red.', dimensions: 64 })
        const { text } = await generateText({ model: aiSdk('gpt-4o'), prompt: 'Name three colours.' })
        const chatText = (await generateText({ model: aiSdk.chat('gpt-4o'), prompt: 'Name three colours.' })).text
        return { said, length: data[0]!.embedding.length, text, chatText }
      }
      expect((await run(asked(work))).result).toEqual({ said: ANSWER, length: 64, text: ANSWER, chatText: ANSWER })
    })

    test('embeds at a deployment, and answers to Responses of a version', async ({ run, expect }) => {
      const work = async () => {
        const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: 'Red.' })
        const { output_text: said } = await entra.responses.create({ model: 'gpt-4o', input: 'Name three colours.' })
        return { length: data[0]!.embedding.length, said }
      }
      expect((await run(asked(work))).result).toEqual({ length: 1_536, said: ANSWER })
    })

    test('tells its limits and its own ids in headers', async ({ run, expect }) => {
      const work = async () => {
        const { response } = await client.chat.completions.create(chat).withResponse()
        return Object.fromEntries(response.headers)
      }
      const { result } = await run(asked(work))
      expect(result).toMatchObject({ 'apim-request-id': expect.any(String), 'x-ratelimit-limit-requests': '60' })
      expect(Object.keys(result as object)).not.toContain('openai-organization')
    })
  },
)

type ErrorClass = new (...args: never[]) => Error
const FAULTS: [Fault, ErrorClass, number, string | null][] = [
  ['rate_limited', OpenAI.RateLimitError, 429, '429'],
  ['overloaded', OpenAI.InternalServerError, 503, 'ServiceUnavailable'],
  ['server_error', OpenAI.InternalServerError, 500, 'InternalServerError'],
  ['quota_exhausted', OpenAI.RateLimitError, 429, '429'],
  ['unauthorized', OpenAI.AuthenticationError, 401, '401'],
  ['model_retired', OpenAI.APIError, 410, 'ModelDeprecated'],
  ['prompt_filtered', OpenAI.BadRequestError, 400, 'content_filter'],
]

describeOrchestration(
  'what goes wrong at Azure',
  { system: doing, provider: { latency: '4s', replies: ANSWER } },
  (test) => {
    for (const [fault, kind, status, code] of FAULTS)
      test(`${fault} is an error of the SDK in Azure's words`, async ({ run, provider, expect }) => {
        provider.failNext(1, fault)
        const { error } = await run(asked(() => client.chat.completions.create(chat)))
        expect(error).toBeInstanceOf(kind)
        expect(error).toMatchObject({ status, code })
      })

    test('the 400 of the filter says what it has caught', async ({ run, provider, expect }) => {
      provider.failNext(1, 'prompt_filtered')
      expect((await run(asked(() => client.chat.completions.create(chat)))).error).toMatchObject({
        param: 'prompt',
        error: {
          innererror: {
            code: 'ResponsibleAIPolicyViolation',
            content_filter_result: { violence: { filtered: true }, hate: { filtered: false } },
          },
        },
      })
    })

    test('an answer that the filter catches says so beside its end', async ({ run, provider, expect }) => {
      provider.failNext(1, 'content_filter')
      expect((await run(asked(() => client.chat.completions.create(chat)))).result).toMatchObject({
        choices: [{ finish_reason: 'content_filter', content_filter_results: { violence: { filtered: true } } }],
      })
    })

    test('an unknown deployment is DeploymentNotFound', async ({ run, expect }) => {
      const { error } = await run(asked(() => client.chat.completions.create({ ...chat, model: 'nobodys' })))
      expect(error).toBeInstanceOf(OpenAI.NotFoundError)
      expect(error).toMatchObject({ code: 'DeploymentNotFound' })
    })

    test('a request without a version finds nothing, one without a key is kept out', async ({ run, expect }) => {
      const url = `${endpoint}/openai/deployments/gpt-4o/chat/completions`
      const body = JSON.stringify({ messages })
      const work = async () => {
        const bare = await fetch(url, { method: 'POST', body, headers: { 'api-key': 'test' } })
        const keyless = await fetch(`${url}?api-version=2024-10-21`, { method: 'POST', body })
        return [bare.status, await bare.json(), keyless.status, await keyless.json()]
      }
      expect((await run(asked(work))).result).toMatchObject([
        404,
        { error: { code: '404', message: 'Resource not found' } },
        401,
        { error: { code: '401' } },
      ])
    })

    test("a wrong request is refused in OpenAI's words", async ({ run, expect }) => {
      const { error } = await run(asked(() => client.chat.completions.create({ ...chat, temperature: 3 })))
      expect(error).toBeInstanceOf(OpenAI.BadRequestError)
      expect((error as Error).message).toMatch(/decimal above maximum value/)
    })

    test("Azure's own fields are taken", async ({ run, expect }) => {
      const more = { data_sources: [{ type: 'azure_search', parameters: {} }] }
      expect(await run(asked(() => client.chat.completions.create({ ...chat, ...more })))).toHaveCompleted()
    })
  },
)

test('the server answers AzureOpenAI', async () => {
  const clock = startClock({ kind: 'real' })
  const server = await startServer(quickProvider(clock))
  const near = new AzureOpenAI({ apiKey: 'test', endpoint: server.baseURLs['azure']!, apiVersion: '2024-10-21' })
  const said = await near.chat.completions.create(chat)
  await server.close()
  expect(said.choices[0]!.message.content).toBe(quickAnswer)
})
