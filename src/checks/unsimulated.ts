import type { EventOf } from '../trace/index.ts'
import { check, list } from './check.ts'

/** Ends of paths that tell what a base URL is. */
const OPERATION = /\/(chat\/completions|embeddings|responses|v1\/messages)\/?$/

export const unsimulated = check({
  holds: 'The set-up of the test answers every request of the system.',
  why: 'An unanswered request fails, and code can catch the error: the test passes and has tested nothing.',
  advice:
    'Add the address to a simulated service (`provider.services.<name>.baseURLs`), answer the request by a handler of msw or nock, or allow the host (`network: { allow: [host] }`).',
  settings: {},
  *find(facts) {
    const unanswered = facts.of('call.refused').filter(({ reason }) => isUnanswered(reason))
    const same = Map.groupBy(unanswered, ({ method, host, path, reason }) => `${reason} ${method} ${host}${path}`)
    for (const events of same.values()) {
      const { at, method, host, path, reason } = events[0]!
      const who = [...new Set(events.flatMap(({ agent }) => agent ?? []))]
      const times = events.length > 1 ? `, ${events.length} times` : ''
      yield {
        at,
        what: `${who.length > 0 ? `${list(who)} requested ` : ''}${method} ${host}${path}${times}: ${
          reason === 'outside' ? outsideText(events[0]!) : events[0]!.message
        }`,
      }
    }
  },
})

const isUnanswered = (reason: EventOf<'call.refused'>['reason']): boolean =>
  reason === 'outside' || reason === 'unsimulated'

/** What to do about one host. */
function outsideText({ host, path }: EventOf<'call.refused'>): string {
  const base = OPERATION.test(path) ? `https://${host}${path.replace(OPERATION, '')}` : `https://${host}/…`
  return (
    `the test does not simulate this host. Add provider: { services: { <name>: { baseURLs: ['${base}'] } } }, ` +
    `network: { allow: ['${host}'] }, or a handler of msw or nock`
  )
}
