import type { ServiceContext, WireResponse } from '../../service.ts'
import type { Batch, Entry, Result } from './batch.ts'

/** The service tries again what was refused for want of capacity. */
const AGAIN_MS = 60_000
const NO_CAPACITY: readonly number[] = [429, 529]

const BROKEN = { type: 'error', error: { type: 'api_error', message: 'Internal server error' }, request_id: null }

function resultOf({ status, body }: WireResponse): Result {
  let told: unknown
  try {
    told = JSON.parse(String(body))
  } catch {
    return { type: 'errored', error: BROKEN }
  }
  if (status !== 200) return { type: 'errored', error: told }
  const message = told as { usage: object }
  return { type: 'succeeded', message: { ...message, usage: { ...message.usage, service_tier: 'batch' } } }
}

/** Asks for one request of a batch until it has an answer. */
export function work(
  batch: Batch,
  entry: Entry,
  params: Readonly<Record<string, unknown>>,
  context: ServiceContext,
): void {
  if (entry.result) return
  const asked = context.request(
    '/v1/messages',
    { ...params, stream: false },
    { batch: true, signal: batch.stop.signal },
  )
  void asked!.then((response) => {
    if (NO_CAPACITY.includes(response.status)) context.after(AGAIN_MS, () => work(batch, entry, params, context))
    else batch.settle(entry, resultOf(response), context.now())
  })
}
