import type { OrchestrationResult, TraceEvent } from 'longhaul'
import { describe, expect, test } from 'vitest'
import { FAIL_RATE, killedAfter, type Killed } from './killed-after.ts'

/** Questions that were answered more than once at the service, and calls that were under way at a crash. */
function answeredTwice(seen: readonly TraceEvent[]): { twice: number; uncertain: number } {
  const arrived = new Map(seen.flatMap((event) => (event.type === 'call.arrived' ? [[event.call, event]] : [])))
  const turns = seen.flatMap((event) => {
    const call = event.type === 'call.ended' ? arrived.get(event.call) : undefined
    return call ? [`${call.agent} ${call.turn}`] : []
  })
  return {
    twice: turns.length - new Set(turns).size,
    uncertain: seen.reduce((sum, event) => sum + (event.type === 'run.resumed' ? event.uncertain : 0), 0),
  }
}

/** Each run, killed after any event: the result and the ledger are those of the run that nobody killed. */
export function describeKilledAtEveryEvent(runs: readonly Killed[]): void {
  describe.for(runs)('$name, killed at every event', (each) => {
    const resultOf = ({ result }: OrchestrationResult): unknown => (each.same ? each.same(result as never) : result)
    test('gives the result, and pays the price, of the run that was not', { timeout: 400_000 }, async () => {
      const straight = await killedAfter(each, Infinity)
      expect(straight.result.status).toBe('completed')
      const events = straight.seen.length
      for (let crashAt = 1; crashAt < events; crashAt++) {
        const { seen, result } = await killedAfter(each, crashAt)
        const after = `killed after event ${crashAt} of ${events}, ${seen[crashAt - 1]!.type}`
        expect(resultOf(result), after).toEqual(resultOf(straight.result))
        // What the services say they bill, for the answers that arrived.
        if (FAIL_RATE === 0 && !each.ledger) expect(result.cost.known, after).toBe(straight.result.cost.known)
        const billed = seen.reduce((sum, event) => sum + (event.type === 'call.ended' ? BigInt(event.cost) : 0n), 0n)
        expect(result.cost.known, after).toBeLessThanOrEqual(billed)
        expect(result.cost.known + result.cost.uncertain, after).toBeGreaterThanOrEqual(billed)
        // An answer that was on its way when the process died is paid, lost, and asked for again: the uncertain window, which is counted.
        const { twice, uncertain } = answeredTwice(seen)
        expect(twice, after).toBeLessThanOrEqual(uncertain)
        expect(twice, after).toBeLessThanOrEqual(1)
      }
    })
  })
}
