// In a file of its own: nock and msw both take hold of the process's requests.
import type { Readable } from 'node:stream'
import axios from 'axios'
import { describeOrchestration } from 'longhaul'
import { mountNock } from 'longhaul/nock'

const body = JSON.stringify({ model: 'gpt-4o-mini', stream: true, messages: [{ role: 'user', content: 'Which way?' }] })
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }

// What nock before 15.0.6 does not do.
describeOrchestration(
  'a stream behind nock that its reader gives up',
  {
    mount: false,
    provider: { latency: '60s', replies: 'First left, then right, then straight on.' },
    system: async () => {},
  },
  (test) => {
    test.for(['destroyed', 'aborted'] as const)(
      'is given up by the provider too: %s',
      async (how, { provider, trace, sleep, expect }) => {
        const mount = mountNock(provider)
        try {
          const controller = new AbortController()
          const url = 'https://api.openai.com/v1/chat/completions'
          const { data } = await axios.post<Readable>(url, body, {
            headers,
            responseType: 'stream',
            signal: controller.signal,
          })
          await new Promise((resolve) => data.once('data', resolve))
          data.on('error', () => {})
          if (how === 'destroyed') data.destroy()
          else controller.abort()
          await sleep('1s')
          expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected' }])
        } finally {
          await mount.close()
        }
      },
    )
  },
)
