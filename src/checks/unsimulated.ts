import type { EventOf } from '../trace/index.ts'
import { check, list } from './check.ts'

/** Ends of paths that tell what a base URL is. */
const OPERATION = /\/(chat\/completions|embeddings|responses|v1\/messages)\/?$/

export const unsimulated = check({
  holds: 'Every request that leaves the system is answered by what the test has set up for it.',
  why: 'A call that nobody answers takes the way of an error, which code may swallow: the test is green and has tested nothing.',
  advice:
    'Give the simulated service that address (`provider.providers.<name>.baseURLs`), answer it by a handler of msw or nock, or let it through (`network: { allow: [host] }`).',
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
        what: `${who.length > 0 ? `${list(who)} asked for ` : ''}${method} ${host}${path}${times}: ${
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
    `nothing simulates this host. Give provider: { providers: { <name>: { baseURLs: ['${base}'] } } }, ` +
    `network: { allow: ['${host}'] }, or a handler of msw or nock`
  )
}
