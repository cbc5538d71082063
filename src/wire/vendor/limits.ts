import type { LimitStates } from '../../provider/index.ts'
import { commonHeaders } from '../openai/errors.ts'
import type { LimitNames } from './vendor.ts'

/** Headers that only OpenAI has. */
const OPENAI_ONLY = /^openai-/

/** The headers of an answer by OpenAI, without those that name it. */
export const unnamed = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OPENAI_ONLY.test(name)))

/** The headers of every answer of a vendor. */
export function headersOf(
  requestId: string,
  limits: LimitStates,
  names: LimitNames | undefined,
): Record<string, string> {
  if (!names) return unnamed(commonHeaders(requestId, limits))
  const headers: Record<string, string> = { 'x-request-id': requestId }
  for (const kind of ['requests', 'tokens'] as const) {
    const state = limits[kind]
    const called = names[kind]
    if (!state || !called) continue
    const [limit, remaining, reset] = called
    headers[limit] = String(state.limit)
    headers[remaining] = String(state.remaining)
    headers[reset] = names.reset(state)
  }
  return headers
}
