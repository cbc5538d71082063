import type { Answer, LimitStates } from '../provider/index.ts'

type Refused = Extract<Answer, { kind: 'refusal' }>

/**
 * Limits, in the time of a client whose clock runs slower than the provider's.
 *
 * @param pace how many times as fast the provider's clock runs
 */
export function atPace(limits: LimitStates, pace: number): LimitStates {
  if (pace === 1) return limits
  return Object.fromEntries(
    Object.entries(limits).map(([name, state]) => [
      name,
      { ...state, resetMs: state.resetMs / pace, resetAt: state.resetAt - state.resetMs + state.resetMs / pace },
    ]),
  )
}

/** A refusal, whose times are the client's. */
export function refusedAtPace(part: Refused, pace: number): Refused {
  if (pace === 1) return part
  const { refusal, limits } = part
  const told = 'retryAfterMs' in refusal ? { ...refusal, retryAfterMs: refusal.retryAfterMs / pace } : refusal
  return { ...part, refusal: told, limits: atPace(limits, pace) }
}
