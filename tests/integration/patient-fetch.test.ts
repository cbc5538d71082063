import { actAs, describeOrchestration } from 'longhaul'
import { patientFetch } from '../../src/daemon/index.ts'

const post = (send: typeof fetch, signal?: AbortSignal): Promise<Response> =>
  send('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Think for long.' }] }),
    ...(signal && { signal }),
  })

describeOrchestration(
  'a service that thinks for an hour',
  {
    provider: { latency: '1h', replies: '42' },
    checks: false,
    system: ({ vars }) => actAs('asker', vars['work'] as () => Promise<unknown>),
  },
  (test) => {
    test('is waited for by the fetch of the daemon, and not by that of Node', async ({ run, expect }) => {
      const work = async () => (await post(patientFetch)).json()
      const outcome = await run({ vars: { work } })
      expect(outcome.result).toMatchObject({ choices: [{ message: { content: '42' } }] })
      expect(outcome).toHaveElapsed({ atLeast: '1h', atMost: '1h' })
      const impatient = await run({ vars: { work: () => post(fetch) } })
      expect(impatient.error).toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } })
    })

    test('is given up by the signal alone', async ({ run, expect }) => {
      const outcome = await run({ vars: { work: () => post(patientFetch, AbortSignal.timeout(1_800_000)) } })
      expect(outcome.error).toMatchObject({ name: 'TimeoutError' })
      expect(outcome).toHaveElapsed({ atLeast: '30m', atMost: '30m' })
      expect(outcome).toHaveCalls(1, { fault: 'disconnected' })
    })
  },
)
