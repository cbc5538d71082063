import type { Trace } from './trace.ts'

/** A gather in progress. */
export interface OpenGather {
  /** The number of the gather. */
  readonly id: number
  /** Reports the answer of an agent; the answer is late if the gather has ended. */
  received(agent: string): void
  /** Ends the gather; agents without an answer are missing. */
  end(): void
}

/** Puts a gather into a trace, from its start to its end. */
export function openGather(
  trace: Pick<Trace, 'append' | 'length'>,
  {
    name,
    from,
    atLeast,
    timeoutMs,
    tasks = null,
  }: { name: string; from: readonly string[]; atLeast: number; timeoutMs: number | null; tasks?: number | null },
): OpenGather {
  const id = trace.length
  const started = trace.append({ type: 'gather.started', gather: id, name, expected: from, atLeast, timeoutMs, tasks })
  const received: string[] = []
  const causes = [started]
  let over = false
  return {
    id,
    received(agent) {
      causes.push(trace.append({ type: 'gather.received', gather: id, agent, late: over }, [started]))
      if (!over) received.push(agent)
    },
    end() {
      if (over) return
      over = true
      const answered = new Set(received)
      const missing = from.filter((agent) => !answered.has(agent))
      trace.append({ type: 'gather.ended', gather: id, received: [...received], missing }, causes)
    },
  }
}
