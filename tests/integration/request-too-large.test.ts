import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import Groq from 'groq-sdk'
import OpenAI, { AzureOpenAI } from 'openai'
import { expect, test as plain } from 'vitest'
import { actAs, describeOrchestration, explore, type InvariantError } from 'longhaul'

const content = 'lorem ipsum '.repeat(2_000)
const messages = [{ role: 'user' as const, content }]
const openai = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const anthropic = new Anthropic({ apiKey: 'test', maxRetries: 0 })
const groq = new Groq({ apiKey: 'test', maxRetries: 0 })
const google = new GoogleGenAI({ apiKey: 'test' })
const azure = new AzureOpenAI({
  apiKey: 'test',
  endpoint: 'https://longhaul.openai.azure.com',
  apiVersion: '2024-10-21',
  maxRetries: 0,
})
const chat = (more: object = {}) => openai.chat.completions.create({ model: 'gpt-4o-mini', messages, ...more })

type Told = Error & { status?: number; headers?: Headers; error?: unknown; code?: unknown }

/** The error of a call. */
const told = async (work: Promise<unknown>): Promise<Told> =>
  work.then(
    () => Promise.reject(new Error('The request was answered.')),
    (error: unknown) => error as Told,
  )

describeOrchestration(
  'a request of more tokens than the limit of a minute',
  {
    system: ({ vars }) => actAs('reader', vars['work'] as () => Promise<unknown>),
    provider: { latency: '2s', rateLimits: { tokensPerMinute: 1_000 } },
    checks: false,
  },
  (test) => {
    test('OpenAI refuses with its own 429, whose numbers do not change with time', async ({ run, trace, expect }) => {
      const work = async () => {
        const first = await told(chat())
        await new Promise((done) => setTimeout(done, 3_600_000))
        return [first, await told(chat())]
      }
      const [first, second] = (await run({ vars: { work } })).result as [Told, Told]
      expect(first).toMatchObject({ status: 429, error: { type: 'tokens', code: 'rate_limit_exceeded', param: null } })
      expect(first.message).toMatch(
        /^429 Request too large for gpt-4o-mini in organization org-\w+ on tokens per min \(TPM\): Limit 1000, Requested \d{4}\. The input or output tokens must be reduced in order to run successfully\. /,
      )
      expect(second.message).toBe(first.message)
      expect(first.headers!.get('retry-after')).toBeNull()
      expect(first.headers!.get('retry-after-ms')).toBeNull()
      expect(trace.ofType('call.failed')).toMatchObject([
        { fault: 'request_too_large', retryAfterMs: null },
        { fault: 'request_too_large', retryAfterMs: null },
      ])
    })

    test('OpenAI counts the larger of the prompt and the requested maximum', async ({ run, expect }) => {
      const short = [{ role: 'user' as const, content: 'Hi.' }]
      const work = async () => {
        await chat({ messages: short, max_completion_tokens: 990 })
        return told(chat({ messages: short, max_completion_tokens: 4_096 }))
      }
      const error = (await run({ vars: { work } })).result as Told
      expect(error.message).toContain('Limit 1000, Requested 4096')
    })

    test('Anthropic refuses with its own 429, and counts no maximum', async ({ run, expect }) => {
      const create = (body: Anthropic.MessageParam[]) =>
        anthropic.messages.create({ model: 'claude-haiku-4-5', max_tokens: 8_000, messages: body })
      const work = async () => {
        await create([{ role: 'user', content: 'Hi.' }])
        return told(create(messages))
      }
      const error = (await run({ vars: { work } })).result as Told
      expect(error).toMatchObject({ status: 429, error: { error: { type: 'rate_limit_error' } } })
      expect(error.message).toContain(
        "This request would exceed your organization's rate limit of 1,000 tokens per minute",
      )
      expect(error.headers!.get('retry-after')).toBeNull()
    })

    test('Groq refuses with 413, and Azure with the words of its gateway', async ({ run, expect }) => {
      const work = async () => [
        await told(groq.chat.completions.create({ model: 'llama-3.1-8b-instant', messages })),
        await told(azure.chat.completions.create({ model: 'gpt-4o-mini', messages })),
      ]
      const [ofGroq, ofAzure] = (await run({ vars: { work } })).result as [Told, Told]
      expect(ofGroq.status).toBe(413)
      expect(ofGroq.message).toMatch(/Request too large for model `llama-3.1-8b-instant` .*Limit 1000, Requested \d{4}/)
      expect(ofAzure).toMatchObject({ status: 429 })
      expect(ofAzure.message).toContain('have exceeded token rate limit')
    })

    test('Google refuses without a delay after which to try again', async ({ run, expect }) => {
      const work = () => told(google.models.generateContent({ model: 'gemini-2.5-flash', contents: content }))
      const error = (await run({ vars: { work } })).result as Told
      expect(error).toMatchObject({ status: 429 })
      expect(error.message).toContain('limit: 1000, model: gemini-2.5-flash')
      expect(error.message).not.toMatch(/retryDelay|Please retry in/)
    })
  },
)

plain('a program that waits for a limit that no wait can meet is found out', async () => {
  const system = () =>
    actAs('stuck', async () => {
      for (let tries = 0; tries < 10; tries++) {
        await chat().catch(() => undefined)
        await new Promise((done) => setTimeout(done, 5_000))
      }
    })
  const provider = { latency: '2s', rateLimits: { tokensPerMinute: 1_000 } } as const
  const { failures } = await explore('stuck', { system, provider }, { seeds: 1, failRate: 0, shrinkMost: 0 })
  const { violations } = failures[0]!.error as InvariantError
  expect(violations.map(({ check, what }) => `${check}: ${what}`)).toContainEqual(
    expect.stringMatching(
      /^refusals: stuck sent the same request 10 times .* refused each for good: request_too_large$/,
    ),
  )
})
