import { nowInSeconds } from './now.ts'
import { answerTo, readRequest, refusal, RefusedError } from './protocol.ts'

/** What pages ask to draw what is going on: the plan's own page, and KSI's `ksi_web_ui`. None of it changes anything. */
const LOOKING: ReadonlySet<string> = new Set([
  'system:health',
  'monitor:subscribe',
  'monitor:get_status',
  'orchestration:list',
  'orchestration:status',
  'orchestration:cost_status',
  'agent:list',
  'agent:health',
  'state:entity:query',
  'state:relationship:query',
])

/** A request of a client that may only look: what it is answered, where it wants more. */
export function readForPage(text: string): { refused: string | undefined } {
  const request = readRequest(text)
  // The daemon says what is wrong with it.
  if ('error' in request) return { refused: JSON.stringify({ ...request, timestamp: nowInSeconds() }) }
  if (LOOKING.has(request.event)) return { refused: undefined }
  const error = new RefusedError(
    'A page without the token is read-only. Send the token that longhaul bridge prints, as a subprotocol or as ?token=…',
    { events: [...LOOKING] },
  )
  return { refused: JSON.stringify(answerTo(request, refusal(error))) }
}
