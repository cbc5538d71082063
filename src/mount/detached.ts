import { REFUSAL_MS, type Answer, type CallRequest, type Provider } from '../provider/index.ts'
import { isStreamed, type Detached, type Streamed, type WireResponse } from '../wire/index.ts'
import type { Exchange, Sink } from './sink.ts'

/** Whether a part says that the service has not taken the request in. */
const keepsOut = (part: Answer): boolean =>
  part.kind === 'refusal' || part.kind === 'reset' || (part.kind === 'whole' && part.damage === 'html')

/** What is sent to the client of a call that goes on without it. */
export interface ToClient {
  whole(response: WireResponse): void
  /** @returns what to call when the client has gone away */
  streamed(answer: Streamed): () => void
  /** What keeps the request from being taken in. */
  part(part: Answer): void
}

/** Answers a request whose answer is fetched later: at once, and the call goes on whoever waits. */
export function answerDetached(
  provider: Provider,
  call: CallRequest,
  detached: Detached,
  agent: string | undefined,
  send: ToClient,
): Exchange {
  let isTold = false
  let leave: (() => void) | undefined
  const accepted = provider.accept(
    call,
    (part) => {
      if (isTold || !keepsOut(part)) return detached.received(part)
      isTold = true
      leave?.()
      return send.part(part)
    },
    agent,
  )
  detached.started(() => accepted.disconnect())
  // What keeps the request out comes first.
  leave = provider.clock.after((accepted.connectingMs ?? 0) + REFUSAL_MS, () => {
    isTold = true
    const answer = detached.accepted()
    if (isStreamed(answer)) leave = send.streamed(answer)
    else send.whole(answer)
  })
  return { disconnect: () => leave?.() }
}

/** Sends a stream that others may read too. */
export function sendStreamed(sink: Sink, { feed, from, headers }: Streamed, date: string): () => void {
  sink.head({ status: 200, headers: { date, ...headers } }, true)
  return feed.follow(from, sink)
}
