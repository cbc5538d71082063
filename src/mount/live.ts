import { AsyncResource } from 'node:async_hooks'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket, WebSocketServer } from 'ws'
import { writerOf } from '../doors/index.ts'
import { whenNeeded, ws } from '../packages/index.ts'
import { REFUSAL_MS, type Provider, type RefusedRequest } from '../provider/index.ts'
import { hashHex } from '../random/index.ts'
import {
  badText,
  isBad,
  REFUSED_AS,
  unsimulatedResponse,
  unsimulatedSocketText,
  type LiveConnection,
  type LiveSession,
  type WireRequest,
  type WireResponse,
} from '../wire/index.ts'
import { MAX_BODY } from './answer.ts'
import { resourcesOf } from './service-context.ts'
import { refusedAtPace } from './pace.ts'
import type { Route } from './routes.ts'

/** Without a server of its own: connections are handed to it. The first of the names that a client offers counts. */
const sockets = whenNeeded(
  (): WebSocketServer =>
    new (ws().WebSocketServer)({
      noServer: true,
      clientTracking: false,
      maxPayload: MAX_BODY,
      handleProtocols: (offered) => [...offered][0] ?? false,
    }),
)

/** A refusal of a connection, in HTTP. */
function sendRefusal(socket: Duplex, { status, headers, body }: WireResponse): void {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(text)), connection: 'close' })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`,
  )
}

/** Bytes that a reason to close may have. Source: RFC 6455, 5.5. */
const MAX_REASON = 123
/** What may wait for a client that does not read. Bytes. */
const MAX_UNREAD = 2 * MAX_BODY

/** The beginning of a text, as far as its bytes go. No character is cut in two. */
const withinBytes = (text: string, most: number): string =>
  new TextDecoder().decode(Buffer.from(text).subarray(0, most), { stream: true })

const textOf = (data: RawData): string =>
  Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.concat([data].flat() as Buffer[]).toString('utf8')

/** Sessions of one provider that may be open at once. Each may hold as much as a request. */
const MAX_SESSIONS = 1_000
const sessions = new WeakMap<Provider, Set<Duplex>>()

/** The connections of a provider on which a session is open. */
function sessionsOf(provider: Provider): Set<Duplex> {
  let open = sessions.get(provider)
  if (!open) sessions.set(provider, (open = new Set()))
  return open
}

/** Said in longhaul's own name: the limits of the services are others. */
function fullResponse(message: string): WireResponse {
  const body = JSON.stringify({ error: { message, type: 'longhaul', param: null, code: 'too_many_sessions' } })
  return { status: 503, headers: { 'content-type': 'application/json' }, body }
}

/**
 * Lets a client that asks for a WebSocket talk to the service at a route; what it says is answered when the clock says so.
 *
 * @param options.pace how many times as fast as the client's clock the provider's one runs: times in errors are the client's
 * @param options.onOpen is given the connection
 */
export function answerLive(
  provider: Provider,
  route: Route,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { pace = 1, onOpen = () => {} }: { pace?: number; onOpen?: (client: WebSocket) => void } = {},
): void {
  const { clock } = provider
  const { endpoint, address, path, host } = route
  const { method = 'GET', headers } = request
  const header = (name: string): string | undefined => {
    const value = headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
  const agent = header('x-longhaul-agent')
  socket.on('error', () => {})
  const refuse = (response: WireResponse, reason: RefusedRequest['reason'], message: string): void => {
    provider.refuse({ provider: route.provider, host, method, path, agent, status: response.status, reason, message })
    clock.after(REFUSAL_MS, () => sendRefusal(socket, response))
  }
  if (endpoint?.kind !== 'live') {
    const { baseURL, service } = address
    const message = unsimulatedSocketText({ path, provider: route.provider, baseURL, endpoints: service.endpoints })
    return refuse(unsimulatedResponse(message), 'unsimulated', message)
  }
  const wire: WireRequest = {
    provider: route.provider,
    method,
    params: route.params,
    query: route.query,
    body: {},
    text: '',
    strict: address.strict,
    fingerprint: hashHex(path),
    now: clock.epoch + clock.now(),
    header,
    resources: resourcesOf(provider, route.provider),
    id: () => provider.requestId(),
  }
  const begin = endpoint.open(wire)
  if (isBad(begin)) {
    if (begin.kind === 'unsimulated') return refuse(unsimulatedResponse(begin.message), begin.kind, begin.message)
    const response = (endpoint.errors ?? address.service.errors).bad(begin, provider.requestId())
    return refuse(response, REFUSED_AS[begin.kind], badText(begin))
  }
  const open = sessionsOf(provider)
  if (open.size >= MAX_SESSIONS) {
    const message = `longhaul holds ${MAX_SESSIONS} WebSocket sessions at most, and all are open. Close some sessions.`
    return refuse(fullResponse(message), 'too_large', message)
  }
  open.add(socket)
  socket.once('close', () => open.delete(socket))
  // What comes from another process over the connection is said by who has opened it.
  const sender = new AsyncResource('WebSocketSession', { requireManualDestroy: true })
  const { operation } = endpoint
  sockets().handleUpgrade(request, socket, head, (client) => {
    const answered = { provider: route.provider, operation, method, path, status: 101, agent: agent ?? null }
    provider.trace.append({ type: 'resource.answered', ...answered })
    const session = sender.runInAsyncScope(() => begin(connectionTo(client, provider, route, { agent, pace })))
    listen(client, session, () => writerOf(socket) ?? sender, provider)
    onOpen(client)
  })
}

/** Does what may fail by what a client has sent: who cannot go on hangs up, and says in the trace why. */
function hangingUp({ trace }: Provider, client: WebSocket, problem: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    trace.append({ type: 'note', text: `${problem}: ${String(error)}` })
    client.terminate()
  }
}

/** @param sender tells in whose name something is sent over the connection */
function listen(client: WebSocket, session: LiveSession, sender: () => AsyncResource, provider: Provider): void {
  client.on('message', (data) =>
    sender().runInAsyncScope(() =>
      hangingUp(provider, client, 'longhaul could not read a message of a WebSocket', () =>
        session.received(textOf(data)),
      ),
    ),
  )
  client.on('close', () => session.closed())
  client.on('error', () => {})
}

function connectionTo(
  client: WebSocket,
  provider: Provider,
  route: Route,
  { agent, pace }: { agent: string | undefined; pace: number },
): LiveConnection {
  const { clock } = provider
  const { path, host } = route
  const { catalogue, reserves } = route.address.service
  const asked = { provider: route.provider, method: 'GET', path }
  const pending = new Set<() => void>()
  client.once('close', () => {
    for (const cancel of pending) cancel()
  })
  const after = (ms: number, action: () => void): void => {
    const cancel = clock.after(ms, () => {
      pending.delete(cancel)
      hangingUp(provider, client, 'longhaul could not go on with a WebSocket', action)
    })
    pending.add(cancel)
  }
  return {
    hasModel: (id) => provider.modelOf(catalogue ?? route.provider, id) !== undefined,
    send(event) {
      if (client.readyState !== client.OPEN) return
      client.send(event)
      if (client.bufferedAmount <= MAX_UNREAD) return
      const text = `A client did not read ${client.bufferedAmount} bytes of a WebSocket: longhaul closed the connection.`
      provider.trace.append({ type: 'note', text })
      client.terminate()
    },
    close: (code, reason) => client.close(code, withinBytes(reason, MAX_REASON)),
    cut: () => client.terminate(),
    generate(call, receive) {
      const fingerprint = hashHex(JSON.stringify([call.model, call.messages, call.tools, call.toolChoice]))
      const whole = {
        ...call,
        fingerprint,
        ...(catalogue !== undefined && { catalogue }),
        ...(reserves && { reserves }),
      }
      const accepted = provider.accept(
        whole,
        (part) =>
          hangingUp(provider, client, 'longhaul could not write an answer', () =>
            receive(part.kind === 'refusal' ? refusedAtPace(part, pace) : part),
          ),
        agent,
      )
      return () => accepted.disconnect()
    },
    refused: (why) => provider.refuse({ ...asked, host, agent, ...why }),
    answered: (operation) =>
      void provider.trace.append({ type: 'resource.answered', ...asked, operation, status: 200, agent: agent ?? null }),
    inName: () => {
      const name = new AsyncResource('WebSocketName', { requireManualDestroy: true })
      return (action) => name.runInAsyncScope(action)
    },
    now: () => clock.epoch + clock.now(),
    soon: (action) => after(REFUSAL_MS, action),
    after,
  }
}
