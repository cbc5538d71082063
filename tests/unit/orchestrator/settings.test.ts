import { expect, test } from 'vitest'
import { InvalidOrchestratorSettingError, resolveSettings } from '../../../src/orchestrator/index.ts'

test.each([
  [{ cache: { size: -1 } }, 'cache.size is -1'],
  [{ cache: { size: Number.NaN } }, 'cache.size is NaN'],
  [{ cache: { siez: 5 } }, 'Did you mean "size"?'],
  [{ cache: 'yes' }, 'cache is "yes"'],
  [{ maxTokens: 'many' }, 'maxTokens is "many"'],
  [{ maxTokens: 1.5 }, 'maxTokens is 1.5'],
  [{ retry: { attempts: Number.NaN } }, 'retry.attempts is NaN'],
  [{ retry: { attemps: 3 } }, 'Did you mean "attempts"?'],
  [{ retri: {} }, 'Did you mean "retry"?'],
  [{ callTimeout: 'soon' }, 'callTimeout is "soon"'],
  [{ gatherTimeout: -1 }, 'gatherTimeout is -1'],
  [{ breaker: { failureRate: 2 } }, 'breaker.failureRate is 2'],
  [{ breaker: { share: 2 } }, 'breaker.share is 2'],
  [{ failover: 'gpt-4o' }, 'failover is "gpt-4o"'],
  [{ budget: { fallbackAt: '0.8' } }, 'budget.fallbackAt is "0.8"'],
  [{ traceCompletions: 'yes' }, 'traceCompletions is "yes"'],
  [{ model: 5 }, 'model is 5'],
])('the setting %j is refused', (given, message) => {
  expect(() => resolveSettings(given as never, {})).toThrow(InvalidOrchestratorSettingError)
  expect(() => resolveSettings(given as never, {})).toThrow(message)
})

test('what makes sense is taken, and no limit is one that is Infinity', () => {
  expect(
    resolveSettings({ retry: { attempts: 1 }, retryBudget: Infinity, callTimeout: Infinity, cache: true }, {}),
  ).toMatchObject({
    attempts: 1,
    retryBudget: Infinity,
    callTimeoutMs: Infinity,
  })
})
