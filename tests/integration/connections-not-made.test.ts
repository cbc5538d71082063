import { request as httpsRequest } from 'node:https'
import axios from 'axios'
import { request as undici } from 'undici8'
import { actAs, describeOrchestration, outage, type Fault } from 'longhaul'

const URL = 'https://api.openai.com/v1/chat/completions'
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Ready?' }] })

type Failure = Error & { code?: string; syscall?: string; hostname?: string; cause?: Failure }

/** Clients of all kinds, each with the error by which a connection fails. */
const CLIENTS: Record<string, () => Promise<unknown>> = {
  fetch: async () => {
    const error: Failure = await fetch(URL, { method: 'POST', headers, body }).then(
      () => Promise.reject(new Error('The request was answered.')),
      (thrown: Failure) => thrown,
    )
    if (!(error instanceof TypeError) || error.message !== 'fetch failed') throw error
    throw error.cause!
  },
  'node:https': () =>
    new Promise((resolve, reject) => {
      const request = httpsRequest(URL, { method: 'POST', headers }, resolve)
      request.on('error', reject)
      request.end(body)
    }),
  undici: () => undici(URL, { method: 'POST', headers, body }),
  axios: () => axios.post(URL, body, { headers }),
}

const FAULTS: Partial<Record<Fault, { code: RegExp; fields: object; at: number }>> = {
  connection_refused: { code: /^ECONNREFUSED$/, fields: { syscall: 'connect', port: 443 }, at: 5 },
  connection_timeout: { code: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, fields: {}, at: 10_000 },
  dns_not_found: {
    code: /^ENOTFOUND$/,
    fields: { syscall: 'getaddrinfo', hostname: 'api.openai.com', message: 'getaddrinfo ENOTFOUND api.openai.com' },
    at: 20,
  },
  dns_unavailable: { code: /^EAI_AGAIN$/, fields: { syscall: 'getaddrinfo', hostname: 'api.openai.com' }, at: 5_000 },
  certificate_expired: { code: /^CERT_HAS_EXPIRED$/, fields: { message: 'certificate has expired' }, at: 100 },
}

describeOrchestration(
  'a connection that is not made',
  {
    provider: { latency: '5s' },
    checks: false,
    system: ({ vars }) => actAs('caller', vars['work'] as () => Promise<unknown>),
  },
  (test) => {
    for (const [client, ask] of Object.entries(CLIENTS))
      for (const [fault, { code, fields, at }] of Object.entries(FAULTS))
        test(`${client} tells of ${fault}, and is answered afterwards`, async ({ run, provider, expect }) => {
          provider.failNext(1, fault as Fault)
          const outcome = await run({ vars: { work: ask } })
          const error = outcome.error as Failure
          expect(error.code).toMatch(code)
          expect({ ...error, ...error.cause, message: error.message }).toMatchObject(fields)
          expect(outcome).toHaveCalls(1, { fault })
          expect(outcome).toHaveElapsed({ atLeast: at, atMost: at + 5 })
          expect(outcome).toHaveCost('$0')
          const next = await run({
            vars: { work: () => (client === 'fetch' ? fetch(URL, { method: 'POST', headers, body }) : ask()) },
          })
          expect(next).toHaveCompleted()
        })
  },
)

describeOrchestration(
  'a response in the background whose connection is not made',
  {
    checks: false,
    system: () =>
      fetch('https://api.openai.com/v1/responses', {
        method: 'POST',
        headers,
        body: JSON.stringify({ model: 'gpt-4o', input: 'Think.', background: true }),
      }),
  },
  (test) => {
    for (const [fault, { code, at }] of Object.entries(FAULTS))
      test(`fails by ${fault} after the time for which a client waits for a connection`, async ({
        run,
        provider,
        expect,
      }) => {
        provider.failNext(1, fault as Fault)
        const outcome = await run()
        expect((outcome.error as Failure).cause!.code).toMatch(code)
        expect(outcome).toHaveElapsed({ exactly: at })
      })
  },
)

describeOrchestration(
  'an hour without a name server',
  {
    provider: { latency: '1s', windows: [outage({ from: 0, for: '1h', fault: 'dns_unavailable' })] },
    system: () =>
      actAs('patient', async () => {
        for (let tries = 1; ; tries++) {
          const response = await fetch(URL, { method: 'POST', headers, body }).catch(() => undefined)
          if (response) return tries
          await new Promise((done) => setTimeout(done, 10 * 60_000))
        }
      }),
    checks: false,
  },
  (test) => {
    test('is a window like any other', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toBe(7)
      expect(outcome).toHaveCalls(6, { fault: 'dns_unavailable' })
    })
  },
)

describeOrchestration(
  'a pattern whose service has no address for a while',
  { pattern: 'parallel_pattern', provider: { latency: '2s' } },
  (test) => {
    test('keeps no part of its budget for requests that no service can have received', async ({
      run,
      provider,
      expect,
    }) => {
      provider.failNext(2, 'dns_not_found')
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveCalls(2, { fault: 'dns_not_found' })
      expect(outcome.result).toMatchObject({ cost: { uncertain: 0n } })
    })
  },
)
