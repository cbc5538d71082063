/** The rejection of a whole account by a service. */
export interface NoAccess {
  /** The time until the rejection ends, if the service states it. Milliseconds from now. */
  forMs: number | undefined
}

/** Words for a quota or a credit that is used up, which some services tell with the status of a rate limit or of a wrong request. */
const USED_UP =
  /insufficient_quota|reached your specified api usage limits|credit balance is too low|exceeded your current quota/i
const REGAINED = /regain access on (\d{4}-\d{2}-\d{2}) at (\d{2}:\d{2}) UTC/

/**
 * Whether a refusal is one of the whole account: its key is not valid, its quota used up. The same request does not pass here, and
 * another service may answer it.
 */
export function noAccess(status: number, body: string, retryAfterMs: number | undefined): NoAccess | undefined {
  const isUsedUp = (status === 400 || status === 429) && USED_UP.test(body)
  if (!isUsedUp && status !== 401 && status !== 402 && status !== 403) return undefined
  const [, date, time] = REGAINED.exec(body) ?? []
  const atMs = date === undefined ? Number.NaN : Date.parse(`${date}T${time}:00Z`)
  return { forMs: retryAfterMs ?? (Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now())) }
}
