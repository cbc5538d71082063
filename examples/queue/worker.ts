import { setTimeout as sleep } from 'node:timers/promises'
import OpenAI from 'openai'
import { LEASE_MS, type JobQueue } from './queue.ts'

// The queue tries again, so the client does not; a call ends before the lease of its job does.
const client = new OpenAI({ maxRetries: 0, timeout: LEASE_MS - 10_000 })

/** Works jobs off until there are none. */
export async function work(queue: JobQueue, name: string, signal?: AbortSignal): Promise<void> {
  while (!queue.isOver && !signal?.aborted) {
    const job = queue.take(name)
    if (!job) {
      await sleep(1_000)
      continue
    }
    try {
      const { output_text: summary } = await client.responses.create(
        { model: 'gpt-4o-mini', input: `Sum up: ${job.text}`, metadata: { agent: name } },
        { signal },
      )
      queue.finish(job, summary)
    } catch {
      // Who was ended has no time to give its job back.
      if (!signal?.aborted) queue.fail(job)
    }
  }
}
