import { responseBody, type ResponsesAsked } from '../output.ts'
import type { StoredResponse } from '../stored.ts'
import { eventText } from '../stream.ts'

/** No tokens: the service tells of no price of a request that only prepares the next. */
const NO_USAGE = {
  input_tokens: 0,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 0,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 0,
}

/**
 * A response in which the model says nothing, and its events: what is asked next goes on with it.
 *
 * @param now Unix time in milliseconds
 */
export function warmUp(id: string, asked: ResponsesAsked, now: number): { response: StoredResponse; events: string } {
  const begun = responseBody(id, asked, 'in_progress')
  const body = {
    ...begun,
    status: 'completed' as const,
    completed_at: Math.floor(now / 1_000),
    usage: NO_USAGE,
  }
  const { model, before, added } = asked
  return {
    response: { body, model, before, added, output: [], stop: undefined, events: undefined },
    events:
      eventText('response.created', 0, { response: begun }) +
      eventText('response.in_progress', 1, { response: begun }) +
      eventText('response.completed', 2, { response: body }),
  }
}
