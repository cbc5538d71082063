import { requestCompletion } from '../service/client.ts'
import { CompletionError } from '../service/failures.ts'
import type { Complete } from './completion.ts'

/** Asks the service itself, once. What it costs is for others to say. */
export const completeByService: Complete = async ({ agent, messages, target, maxTokens, key }, signal) => {
  const { text, finish, usage, limit } = await requestCompletion(
    target.service,
    { model: target.model, messages, maxTokens, agent, key: key && `${key}/${target.name}` },
    signal,
  )
  return {
    text,
    refused: finish === 'refusal',
    cutOff: finish === 'length',
    target: target.name,
    cost: 0n,
    usage,
    cached: false,
    limit,
  }
}

/** An answer that says nothing is a failure, though it is billed. */
export const saysSomething =
  (complete: Complete): Complete =>
  async (question, signal) => {
    const completion = await complete(question, signal)
    if (completion.text.trim() !== '') return completion
    throw new CompletionError('bad_answer', 'The answer of the provider is empty.', { limit: completion.limit })
  }
