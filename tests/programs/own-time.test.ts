import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import OpenAI from 'openai'
import { describeOrchestration, startServer, type Provider } from 'longhaul'

// The SDK waits for `retry-after`, and backs off, in the time of its own process or thread.
const PROGRAM = `
import OpenAI from 'openai'
const client = new OpenAI({ apiKey: 'test', baseURL: process.env.OPENAI_BASE_URL, maxRetries: 4 })
const { choices } = await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Go.' }] })
`

async function served(provider: Provider, ask: (baseURL: string) => Promise<unknown>): Promise<void> {
  const server = await startServer(provider)
  try {
    await ask(server.baseURLs.openai)
  } finally {
    await server.close()
  }
}

const ELSEWHERE: [string, (baseURL: string) => Promise<unknown>][] = [
  [
    'child process',
    (baseURL) =>
      once(
        spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
          env: { ...process.env, OPENAI_BASE_URL: baseURL },
          stdio: 'inherit',
        }),
        'exit',
      ),
  ],
  [
    'worker thread',
    (baseURL) =>
      once(
        new Worker(
          new URL(
            `data:text/javascript,${encodeURIComponent(PROGRAM.replace("'openai'", JSON.stringify(import.meta.resolve('openai'))))}`,
          ),
          {
            env: { ...process.env, OPENAI_BASE_URL: baseURL },
          },
        ),
        'exit',
      ),
  ],
]

for (const [where, ask] of ELSEWHERE)
  describeOrchestration(
    `a ${where} that retries`,
    { system: ({ provider }: { provider: Provider }) => served(provider, ask), clock: { settle: '30s' } },
    (test) => {
      test('is not told that it has not waited', { timeout: 120_000 }, async ({ run, provider, expect }) => {
        provider.failNext(2, 'rate_limited')
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(outcome.calls.map(({ ownTime }) => ownTime)).toEqual([true, true, true])
      })
    },
  )

describeOrchestration(
  'a client in this thread that asks a server of longhaul',
  {
    system: ({ provider }) =>
      served(provider, async (baseURL) => {
        const client = new OpenAI({ apiKey: 'test', baseURL, maxRetries: 0 })
        const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Go.' }] } as const
        await client.chat.completions.create({ ...body, messages: [...body.messages] }).catch(() => undefined)
        await client.chat.completions.create({ ...body, messages: [...body.messages] })
      }),
    checks: { 'retry-after': false },
  },
  (test) => {
    test('has the time of the run', async ({ run, provider, expect, trace }) => {
      provider.failNext(1, 'rate_limited')
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.calls.map(({ ownTime }) => ownTime)).toEqual([false, false])
      expect([...trace].some((event) => 'ownTime' in event)).toBe(false)
    })
  },
)

describeOrchestration(
  'a child process whose client gives up by itself',
  {
    system: ({ provider }) =>
      served(provider, async (baseURL) => {
        const program = PROGRAM.replace('maxRetries: 4', 'maxRetries: 0, timeout: 3_000')
        const env = { ...process.env, OPENAI_BASE_URL: baseURL }
        await once(spawn(process.execPath, ['--input-type=module', '-e', program], { env }), 'exit')
      }),
  },
  (test) => {
    test(
      'is waited for where nothing else is left to happen',
      { timeout: 120_000 },
      async ({ run, provider, expect }) => {
        provider.failNext(1, 'hang')
        const outcome = await run()
        expect(outcome).toHaveCompleted()
        expect(outcome.calls.map(({ status, fault }) => [status, fault])).toEqual([['failed', 'disconnected']])
      },
    )
  },
)
