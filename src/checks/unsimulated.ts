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
      const { at, method, host, path, reason, provider, message } = events[0]!
      const who = [...new Set(events.flatMap(({ agent }) => agent ?? []))]
      const times = events.length > 1 ? `, ${events.length} times` : ''
      yield {
        at,
        what: `${who.length > 0 ? `${list(who)} requested ` : ''}${method} ${host}${path}${times}: ${
          reason === 'outside' ? outsideText(events[0]!) : message
        }`,
        ...(isOfAnotherProgram(events[0]!) && { advice: adviceToPrograms(provider!) }),
      }
    }
  },
})

const isUnanswered = (reason: EventOf<'call.refused'>['reason']): boolean =>
  reason === 'outside' || reason === 'unsimulated'

/**
 * Whether a service is simulated at the host: then a child process or a worker thread has sent the request, which this
 * process does not answer.
 */
const isOfAnotherProgram = ({ reason, provider }: EventOf<'call.refused'>): boolean =>
  reason === 'outside' && provider !== null

/** Where official clients read their base URL. */
const VARIABLES: Readonly<Record<string, string>> = {
  openai: 'OPENAI_BASE_URL',
  anthropic: 'ANTHROPIC_BASE_URL',
  google: 'GOOGLE_GEMINI_BASE_URL',
}

/** How a child process or a worker thread reaches a service. */
function adviceToPrograms(service: string): string {
  const url = `server.baseURLs${/^\w+$/.test(service) ? `.${service}` : `['${service}']`}`
  const variable = VARIABLES[service]
  return (
    'Start a server in the test (`const server = await startServer(provider)`), and give its address to the program: ' +
    (variable === undefined
      ? `\`${url}\` as the base URL of its client.`
      : `\`${variable}: ${url}\` in its environment, or as the base URL of its client.`)
  )
}

/** What to do about one host. */
function outsideText(refused: EventOf<'call.refused'>): string {
  const { host, path, provider, message } = refused
  if (isOfAnotherProgram(refused))
    return `the test simulates ${provider} in its own process only, and another program asked. ${message}`
  const base = OPERATION.test(path) ? `https://${host}${path.replace(OPERATION, '')}` : `https://${host}/…`
  return (
    `the test does not simulate this host. Add provider: { services: { <name>: { baseURLs: ['${base}'] } } }, ` +
    `network: { allow: ['${host}'] }, or a handler of msw or nock`
  )
}
