import { suggestion } from '../../options/index.ts'
import type { Json } from '../../strategy/index.ts'
import { CompletionError } from '../service/failures.ts'
import type { StrategyFunction } from '../settings.ts'

/**
 * Calls a function of the test.
 *
 * @throws CompletionError for one that there is not, or that gives what cannot be kept; whatever the function throws
 */
export async function call(
  name: string,
  given: readonly Json[],
  functions: Readonly<Record<string, StrategyFunction>>,
): Promise<Json> {
  if (!Object.hasOwn(functions, name))
    throw new CompletionError(
      'refused_request',
      `CALL: there is no function "${name}". ${suggestion(name, Object.keys(functions)) || 'Name its library in the pattern (functions: …), or add the function to orchestrator.functions.'}`,
    )
  return plain(name, await functions[name]!(...(given as never[])))
}

/** What a function of the test gave, as it can be kept. Nothing is null. */
function plain(name: string, value: unknown): Json {
  try {
    return JSON.parse(JSON.stringify(value ?? null)) as Json
  } catch (error) {
    throw new CompletionError(
      'refused_request',
      `CALL ${name} returned a value that JSON cannot represent (${error instanceof Error ? error.message.split('\n')[0] : typeof value}). Return numbers, texts, lists and plain objects.`,
      { cause: error },
    )
  }
}
