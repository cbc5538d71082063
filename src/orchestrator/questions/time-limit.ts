import { deadlineIn } from '../service/deadline.ts'
import type { Timekeeper } from '../service/time.ts'
import type { Policy } from './completion.ts'

/** No call takes longer than `callTimeoutMs`: it fails with kind `timeout`, and is broken off down to the wire. */
export const timeLimited =
  ({ callTimeoutMs }: { callTimeoutMs: number }, time: Timekeeper): Policy =>
  (complete) =>
  async (question, signal) => {
    signal.throwIfAborted()
    const deadline = deadlineIn(callTimeoutMs, 'timeout', `The call to ${question.target.name}`, [signal], time)
    try {
      return await complete(question, deadline.signal)
    } finally {
      deadline.clear()
    }
  }
