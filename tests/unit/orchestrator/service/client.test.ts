import { expect, test } from 'vitest'
import { requestCompletion } from '../../../../src/orchestrator/service/client.ts'

/** The idempotency key that a service receives for a request with this key. */
async function received(key: string | undefined): Promise<string | null> {
  let sent: string | null = null
  await requestCompletion(
    {
      baseURL: 'http://service.test/v1',
      format: 'openai',
      fetch: async (_, init) => {
        sent = new Headers(init?.headers).get('idempotency-key')
        const choices = [{ message: { content: 'Yes.' }, finish_reason: 'stop' }]
        return Response.json({ choices, usage: { prompt_tokens: 3, completion_tokens: 1 } })
      },
    },
    { model: 'gpt-4o', messages: [{ role: 'user', text: 'Go?' }], maxTokens: 10, agent: 'ann', key },
    new AbortController().signal,
  )
  return sent
}

test.each([
  ['4f2a/openai', '4f2a/openai'],
  ['研究/gpt-4o', '%7814%7a76/gpt-4o'],
  ['a\ud83d/b\nc', 'a%d83d/b%ac'],
  ['100%', '100%25'],
  [undefined, null],
])('the key %j is sent as %j', async (key, sent) => {
  expect(await received(key)).toBe(sent)
})

test.each([
  ['ECONNREFUSED', false],
  ['ENOTFOUND', false],
  ['EAI_AGAIN', false],
  ['UND_ERR_CONNECT_TIMEOUT', false],
  ['CERT_HAS_EXPIRED', false],
  ['ECONNRESET', true],
  ['UND_ERR_SOCKET', true],
])('a request that fails with %s may be billed: %s', async (code, mayBeBilled) => {
  const failing = requestCompletion(
    {
      baseURL: 'http://service.test/v1',
      format: 'openai',
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })),
    },
    { model: 'gpt-4o', messages: [{ role: 'user', text: 'Go?' }], maxTokens: 10, agent: 'ann', key: undefined },
    new AbortController().signal,
  )
  await expect(failing).rejects.toMatchObject({
    kind: 'connection',
    message: `The connection to the provider failed: ${code}.`,
    mayBeBilled,
  })
})
