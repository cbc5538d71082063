import { parseDuration, type Duration } from '../clock/index.ts'
import type { Trace } from '../trace/index.ts'

/** A gather under way. */
export interface OpenGather {
  /** An agent's answer is in; late if the gather has ended. */
  received(agent: string): void
  /** The gather is over, whoever is missing. */
  end(): void
}

/** Puts what only the system under test knows into the trace. */
export interface Report {
  /** Begins to collect answers. */
  gather(name: string, options: { from: readonly string[]; timeout?: Duration; atLeast?: number }): OpenGather
  spawned(agent: string): void
  terminated(agent: string, reason: string): void
  note(text: string, data?: unknown): void
}

/** A report into a trace. */
export function reportInto(trace: Trace): Report {
  let gathers = 0
  return {
    gather(name, { from, timeout, atLeast = from.length }) {
      const gather = (gathers += 1)
      const timeoutMs = timeout === undefined ? null : parseDuration(timeout)
      const started = trace.append({ type: 'gather.started', gather, name, expected: from, atLeast, timeoutMs })
      const received: string[] = []
      const causes = [started]
      let over = false
      return {
        received(agent) {
          causes.push(trace.append({ type: 'gather.received', gather, agent, late: over }, [started]))
          if (!over) received.push(agent)
        },
        end() {
          if (over) return
          over = true
          const missing = from.filter((agent) => !received.includes(agent))
          trace.append({ type: 'gather.ended', gather, received: [...received], missing }, causes)
        },
      }
    },
    spawned: (agent) => void trace.append({ type: 'agent.spawned', agent }),
    terminated: (agent, reason) => void trace.append({ type: 'agent.terminated', agent, reason }),
    note: (text, data) => void trace.append({ type: 'note', text, ...(data !== undefined && { data }) }),
  }
}
