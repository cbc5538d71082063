import { setupServer } from 'msw/node'
import { describeOrchestration } from 'longhaul'
import { handlers } from 'longhaul/msw'

const body = JSON.stringify({ model: 'gpt-4o-mini', stream: true, messages: [{ role: 'user', content: 'Which way?' }] })
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }

/** Reads the first piece of a streamed answer. */
async function begin(signal: AbortSignal): Promise<ReadableStreamDefaultReader> {
  const url = 'https://api.openai.com/v1/chat/completions'
  const response = await fetch(url, { method: 'POST', headers, body, signal })
  const reader = response.body!.getReader()
  await reader.read()
  return reader
}

// What msw 2 does not do.
describeOrchestration(
  'a stream behind msw that its reader gives up',
  {
    mount: false,
    provider: { latency: '60s', replies: 'First left, then right, then straight on.' },
    system: async () => {},
  },
  (test) => {
    test.for(['cancelled', 'aborted'] as const)(
      'is given up by the provider too: %s',
      async (how, { provider, trace, sleep, expect }) => {
        const server = setupServer(...handlers(provider))
        server.listen()
        try {
          const controller = new AbortController()
          const reader = await begin(controller.signal)
          if (how === 'cancelled') await reader.cancel()
          else controller.abort()
          await reader.closed.catch(() => {})
          await sleep('1s')
          expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected' }])
        } finally {
          server.close()
        }
      },
    )
  },
)
