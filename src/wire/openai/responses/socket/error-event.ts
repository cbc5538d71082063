import type { WireResponse } from '../../../service.ts'

/** Headers that say something of the body alone. */
const OF_BODY: ReadonlySet<string> = new Set(['content-type', 'content-length'])

/** The event that says what an answer by HTTP would have said with its status. */
export function errorEvent({ status, headers, body }: WireResponse): object {
  const { error } = JSON.parse(body as string) as { error: object }
  const told = Object.entries(headers).filter(([name]) => !OF_BODY.has(name))
  return { type: 'error', status, error: { ...error, headers: Object.fromEntries(told) } }
}
