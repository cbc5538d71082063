import { request } from 'node:https'
import axios from 'axios'
import { describeOrchestration, findViolations, type SystemContext } from 'longhaul'

const early = fetch
const VOYAGE = 'https://api.voyageai.com/v1/embeddings'
const noAnswer = (): string => 'no answer'

/** Programs that take any error for an answer that did not come. */
const WAYS: Record<string, () => Promise<unknown>> = {
  fetch: () => fetch(VOYAGE, { method: 'POST', body: '{}' }).catch(noAnswer),
  'a fetch that was taken aside': () => early(VOYAGE, { method: 'POST', body: '{}' }).catch(noAnswer),
  axios: () => axios.post(VOYAGE, {}).catch(noAnswer),
  'https.request': () =>
    new Promise((resolve) => {
      const asked = request(VOYAGE, { method: 'POST' }, noAnswer)
      asked.on('error', () => resolve(noAnswer()))
      asked.end('{}')
    }),
}

describeOrchestration(
  'a call to a service that nothing simulates, whose error is swallowed',
  { system: ({ vars }: SystemContext) => (vars['work'] as () => Promise<unknown>)() },
  (test) => {
    for (const [way, work] of Object.entries(WAYS))
      // The doors are to record it.
      test(`by ${way}, stands in the trace`, async ({ run, trace, waive, expect }) => {
        waive('unsimulated')
        expect((await run({ vars: { work } })).result).toBe('no answer')
        expect(trace.ofType('call.refused')).toMatchObject([
          { host: 'api.voyageai.com', status: null, reason: 'outside' },
        ])
        expect(findViolations(trace)).toMatchObject([
          {
            check: 'unsimulated',
            what: expect.stringContaining("network: { allow: ['api.voyageai.com'] }") as string,
          },
        ])
      })
  },
)
