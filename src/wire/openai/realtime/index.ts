import type { Endpoint, Live, WireRequest } from '../../service.ts'
import { problemOf, shapeFor, type Shape } from '../../shape.ts'
import { invalid, isWithoutKey, openaiProblem, WRONG_KEY } from '../errors.ts'
import { resource } from '../resource.ts'
import { SESSION } from './client-events.ts'
import { NO_CALLS, NO_TRANSCRIPTS } from './lacking.ts'
import { RealtimeSession, settingsOf } from './session.ts'

// Source: https://platform.openai.com/docs/guides/realtime-websocket, …/api-reference/realtime-sessions.

/** The kind under which secrets of clients are kept, with what their sessions are set to. */
const SECRETS = 'client_secret'
const MODEL = 'gpt-realtime'
/** How long a secret is good for where nobody says. Seconds. */
const SECRET_S = 600
const EXPIRES: Shape = { type: 'object', fields: { seconds: { type: 'integer', min: 10, max: 7_200 } }, open: true }

/** What a secret opens, and until when a session may begin with it. Unix seconds. */
interface Secret {
  session: Record<string, unknown>
  expiresAt: number
}

/** The name by which a page gives its key, as it cannot set headers. */
const KEY_NAME = /^openai-insecure-api-key\.(.+)$/

/** What a client shows: a key of the account's, or a secret that was made for it. */
function keyOf({ header, query }: WireRequest): string | undefined {
  const bearer = /^Bearer (\S+)/i.exec(header('authorization') ?? '')?.[1]
  const named = (header('sec-websocket-protocol') ?? '').split(/,\s*/).map((name) => KEY_NAME.exec(name)?.[1])
  return bearer ?? header('api-key') ?? query.get('api-key') ?? named.find((key) => key !== undefined)
}

const session: Live = {
  kind: 'live',
  method: 'GET',
  path: '/realtime',
  operation: 'realtime',
  open(wire) {
    const key = keyOf(wire)
    if (wire.strict && key === undefined) return { kind: 'unauthorized' }
    const secret = key === undefined ? undefined : wire.resources.get<Secret>(SECRETS, key)
    if (secret && wire.now >= secret.expiresAt * 1_000)
      return { kind: 'unauthorized', message: WRONG_KEY, code: 'invalid_api_key' }
    if (wire.query.get('intent') === 'transcription') return NO_TRANSCRIPTS
    if (wire.query.has('call_id')) return NO_CALLS
    const known = secret?.session
    const model = wire.query.get('model') ?? wire.query.get('deployment') ?? known?.['model']
    if (typeof model !== 'string')
      return invalid("Missing required parameter: 'model'.", 'model', 'missing_required_parameter')
    return (connection) => new RealtimeSession(wire, connection, model, known ?? {})
  },
}

/** Makes a secret with which a page may open a session. */
function secretFor(
  { resources, strict, header }: WireRequest,
  given: unknown,
  { id, now, goodFor = SECRET_S }: { id: () => string; now: number; goodFor?: number | null | undefined },
) {
  if (strict && isWithoutKey(header)) return { kind: 'unauthorized' } as const
  const problem = problemOf(shapeFor(SESSION, strict), given)
  if (problem) return openaiProblem({ ...problem, path: ['session', ...problem.path] })
  const more = given as Record<string, unknown>
  if (more['type'] === 'transcription') return NO_TRANSCRIPTS
  const model = typeof more['model'] === 'string' ? more['model'] : MODEL
  const value = `ek_${id()}`
  const expiresAt = Math.floor(now / 1_000) + (goodFor ?? SECRET_S)
  const secret: Secret = { session: { ...more, model }, expiresAt }
  resources.put(SECRETS, value, secret, JSON.stringify(more).length)
  return { value, expiresAt, session: settingsOf(id(), model, now, more) }
}

/** All that may be asked of sessions in real time. */
export const realtime: readonly Endpoint[] = [
  session,
  resource('POST', '/realtime/client_secrets', 'realtime.client_secrets.create', (wire, context) => {
    const after = wire.body['expires_after'] ?? {}
    const problem = problemOf(EXPIRES, after)
    if (problem) return openaiProblem({ ...problem, path: ['expires_after', ...problem.path] })
    const goodFor = (after as { seconds?: number | null }).seconds
    const made = secretFor(wire, wire.body['session'] ?? {}, { id: () => context.id(), now: context.now(), goodFor })
    if ('kind' in made) return made
    return { value: made.value, expires_at: made.expiresAt, session: made.session }
  }),
  resource('POST', '/realtime/sessions', 'realtime.sessions.create', (wire, context) => {
    const made = secretFor(wire, wire.body, { id: () => context.id(), now: context.now() })
    if ('kind' in made) return made
    return { ...made.session, client_secret: { value: made.value, expires_at: made.expiresAt } }
  }),
]
