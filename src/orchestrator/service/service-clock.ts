/** A machine whose clock differs by more from the service's is taken to be wrong. Milliseconds. */
const WRONG_BY_MS = 5_000

/**
 * The time by which a service means the dates in its answer: this machine's, or that of the answer's `date` header where this
 * machine's clock has been set wrong. Unix milliseconds.
 */
export function serviceNow(headers: Headers): number {
  const [here, there] = [Date.now(), Date.parse(headers.get('date') ?? '')]
  return Math.abs(here - there) > WRONG_BY_MS ? there : here
}
