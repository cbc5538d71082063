import { parseDuration, type Duration } from '../clock/index.ts'
import { openGather, type OpenGather, type Trace } from '../trace/index.ts'

/** Adds events to the trace that only the system under test knows. */
export interface Report {
  /** Reports the start of a gather of answers. */
  gather(name: string, options: { from: readonly string[]; timeout?: Duration; atLeast?: number }): OpenGather
  /** Reports that an agent started. */
  spawned(agent: string): void
  /** Reports that an agent was terminated, and why. */
  terminated(agent: string, reason: string): void
  /** Reports that a run was resumed; `uncertain` calls were in flight at its end, and may be repeated. */
  resumed(run: string, options?: { uncertain?: number }): void
  /** Adds a note to the trace. `data` must be JSON. */
  note(text: string, data?: unknown): void
}

/** A report into a trace. */
export const reportInto = (trace: Trace): Report => ({
  gather: (name, { from, timeout, atLeast = from.length }) =>
    openGather(trace, { name, from, atLeast, timeoutMs: timeout === undefined ? null : parseDuration(timeout) }),
  spawned: (agent) => void trace.append({ type: 'agent.spawned', agent }),
  terminated: (agent, reason) => void trace.append({ type: 'agent.terminated', agent, reason }),
  resumed: (run, { uncertain = 0 } = {}) => void trace.append({ type: 'run.resumed', run, uncertain }),
  note: (text, data) => void trace.append({ type: 'note', text, ...(data !== undefined && { data }) }),
})
