import https from 'node:https'
import OpenAI from 'openai'
import { describe, expect, test as plain, vi } from 'vitest'
import { actAs, describeOrchestration, explore, type InvariantError, type OutsideOfTestError } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const ask = (agent: string, signal?: AbortSignal) =>
  actAs(agent, () =>
    client.chat.completions.create(
      { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] },
      signal ? { signal } : {},
    ),
  )
const system = async () => void (await ask('ann'))

/** What a test with this function fails with. */
async function failureOf(work: Parameters<typeof explore<void>>[3]) {
  const { failures } = await explore('calls of a test', { system }, { seeds: 1, failRate: 0, shrinkMost: 0 }, work)
  return failures[0]?.error as InvariantError | undefined
}

describe('a call that the function of a test makes, and does not wait for', () => {
  plain.for<[string, NonNullable<Parameters<typeof explore<void>>[3]>]>([
    ['behind its run', async ({ run }) => (await run(), void ask('ben'))],
    ['by a timer', async ({ run }) => (await run(), void setTimeout(() => void ask('ben'), 5_000))],
    [
      'after a wait of its own',
      async ({ run, sleep }) => {
        await run()
        void sleep('5s').then(() => ask('ben'))
      },
    ],
    ['without any run', async () => void ask('ben')],
    ['catching its errors', async ({ run }) => (await run(), void ask('ben').catch(() => {}))],
  ])('fails the test: %s', async ([, work]) => {
    const failure = await failureOf(work)
    expect(failure?.violations.map(({ check, what }) => `${check}: ${what}`)).toEqual([
      expect.stringMatching(
        /^orphans: the test itself made call \d as ben, and the function of the test ended without awaiting the call$/,
      ),
    ])
  })

  plain.for<[string, NonNullable<Parameters<typeof explore<void>>[3]>]>([
    ['where the test waits for it', async ({ run }) => (await run(), void (await ask('ben')))],
    [
      'where it has ended before the test does',
      async ({ run, sleep }) => {
        const asked = ask('ben')
        await run()
        await sleep('1h')
        void asked
      },
    ],
    [
      'where the test gives it up',
      async ({ run }) => {
        const stop = new AbortController()
        ask('ben', stop.signal).catch(() => {})
        await run()
        stop.abort()
      },
    ],
    [
      'where the test says that it is meant',
      async ({ run, waive }) => (await run(), waive('orphans'), void ask('ben')),
    ],
  ])('is as it should be %s', async ([, work]) => {
    expect(await failureOf(work)).toBeUndefined()
  })
})

describeOrchestration('a test that describeOrchestration gives', { system }, (test) => {
  test('calls the simulated services', async ({ run, expect }) => {
    expect(await run()).toHaveCalls(1)
  })

  plain('is not one that Vitest gives', async () => {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await expect(ask('ben')).rejects.toThrow('Connection error.')
    expect(told.mock.calls.join('')).toContain('longhaul refused the call and sent nothing')
    told.mockRestore()
  })
})

describe("a test of Vitest's own beside an orchestration", () => {
  const target = 'https://api.openai.com/v1/chat/completions'
  plain.for<[string, () => Promise<unknown>]>([
    ['by fetch', () => fetch(target, { method: 'POST', body: '{}' })],
    [
      'below fetch',
      () => new Promise((_, reject) => https.request(target, { method: 'POST' }).once('error', reject).end('{}')),
    ],
  ])('reaches no real provider %s, and is told whose test it is', async ([, call]) => {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const error = (await call().catch((thrown: unknown) => thrown)) as OutsideOfTestError
    told.mockRestore()
    expect(error.code).toBe('LONGHAUL_OUTSIDE_OF_TEST')
    expect(error.message).toContain('POST api.openai.com/v1/chat/completions is a real LLM provider')
    expect(error.message).toContain('the `test` that describeOrchestration gives')
  })

  plain('reaches what runs on this machine', async () => {
    const { createServer } = await import('node:http')
    const server = createServer((_, response) => response.end('here'))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as { port: number }
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('here')
    server.close()
  })
})
