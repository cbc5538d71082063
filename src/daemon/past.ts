import { NO_CALLS, type TargetHealth } from '../orchestrator/index.ts'

/** What an orchestration has come to that runs no more. */
export interface Ran {
  targets: Readonly<Record<string, TargetHealth>>
  /** Requests, and retries of them; nothing of one that may go on, which counts itself. */
  tries: { requests: number; retries: number } | undefined
}

/** What the orchestrations that have stopped since the daemon began have come to, together. */
export class Past {
  readonly targets = new Map<string, TargetHealth>()
  readonly tries = { requests: 0, retries: 0 }

  add({ targets, tries }: Ran): void {
    for (const [name, { calls }] of Object.entries(targets)) {
      const before = this.targets.get(name)?.calls ?? NO_CALLS
      const lastSuccess = Math.max(before.lastSuccess ?? 0, calls.lastSuccess ?? 0)
      this.targets.set(name, {
        // Its circuit breaker has gone with it.
        breaker: 'closed',
        recentFailures: 0,
        opensInMs: 0,
        calls: {
          total: before.total + calls.total,
          successful: before.successful + calls.successful,
          failed: before.failed + calls.failed,
          latencyMs: before.latencyMs + calls.latencyMs,
          lastSuccess: lastSuccess > 0 ? lastSuccess : null,
        },
      })
    }
    this.tries.requests += tries?.requests ?? 0
    this.tries.retries += tries?.retries ?? 0
  }
}
