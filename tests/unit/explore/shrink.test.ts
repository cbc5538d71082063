import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ScheduledFault } from '../../../src/provider/index.ts'
import type { Case } from '../../../src/explore/case.ts'
import { shrink } from '../../../src/explore/shrink.ts'

const fault = (agent: string, nth: number): ScheduledFault => ({ agent, nth, fault: 'hang' })
const many = Array.from({ length: 40 }, (_, nth) => fault('abcd'[nth % 4]!, nth))

/** Makes smaller with a clock that goes on by a millisecond each time it is read. */
function shrinking(
  start: Case,
  fails: (candidate: Case) => boolean,
  more: Partial<Parameters<typeof shrink>[1]> = {},
): ReturnType<typeof shrink> {
  let now = 0
  return shrink(start, {
    fails: async (candidate) => fails(candidate),
    injected: many,
    agents: undefined,
    counts: {},
    budgetMs: 10_000,
    now: () => (now += 1),
    ...more,
  })
}

const has = ({ schedule = [] }: Case, agent: string): boolean => schedule.some((each) => each.agent === agent)

describe('a case that fails', () => {
  test('keeps the faults that matter, from the first call on', async () => {
    const { case: of, isMinimal } = await shrinking(
      { seed: 1, failRate: 0.5 },
      (each) => has(each, 'b') && has(each, 'd'),
    )
    expect(of).toMatchObject({ seed: 1, latency: '1s' })
    expect(of).toMatchObject({ failRate: 0.5 })
    expect(of.schedule!.toSorted((a, b) => a.agent.localeCompare(b.agent))).toEqual([fault('b', 0), fault('d', 0)])
    expect(isMinimal).toBe(true)
  })

  test('loses all faults where none matters', async () => {
    expect((await shrinking({ seed: 1 }, () => true)).case).toEqual({ seed: 1, schedule: [], latency: '1s' })
  })

  test('keeps chance where the faults alone do not show it', async () => {
    const { case: of } = await shrinking({ seed: 7, failRate: 0.5 }, ({ schedule }) => schedule === undefined)
    expect(of).toEqual({ seed: 7, failRate: 0.5, latency: '1s' })
  })

  test('faults come to lie side by side, and those that only count calls are left out', async () => {
    // A client that tries twice, once for each round: a round is lost when two calls in a row fail.
    const losesARound = ({ schedule = [], vars }: Case): boolean => {
      const fails = new Set(schedule.map(({ nth }) => nth))
      let call = 0
      for (let round = 0; round < Number(vars?.['rounds'] ?? 20); round++) {
        if (!fails.has(call++)) continue
        if (fails.has(call++)) return true
      }
      return false
    }
    const { case: of } = await shrinking({ seed: 1 }, losesARound, {
      injected: [0, 3, 7, 8, 12, 20, 21].map((nth) => fault('writer', nth)),
      counts: { rounds: 20 },
    })
    expect(of).toMatchObject({ vars: { rounds: 1 }, schedule: [fault('writer', 0), fault('writer', 1)] })
  })

  test('has as few rounds and agents as it takes', async () => {
    const { case: of } = await shrinking(
      { seed: 1 },
      ({ vars, agents }) => Number(vars?.['rounds'] ?? 100) >= 13 && (agents ?? ['a', 'b', 'c']).includes('c'),
      { counts: { rounds: 100 }, agents: ['a', 'b', 'c'] },
    )
    expect(of).toMatchObject({ vars: { rounds: 13 }, agents: ['c'], schedule: [] })
  })

  test('is given back as it was found when time is up', async () => {
    const shrunk = await shrinking({ seed: 1 }, (each) => has(each, 'b'), { budgetMs: 3 })
    expect(shrunk.isMinimal).toBe(false)
    expect(has(shrunk.case, 'b')).toBe(true)
  })

  test('whatever set of faults it takes, exactly that set is left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(39), { minLength: 1, maxLength: 6 }), async (needed) => {
        const injected = many.map((_, nth) => fault(`agent ${nth}`, nth))
        const all = needed.map((nth) => `agent ${nth}`)
        const { case: of } = await shrinking({ seed: 1 }, (each) => all.every((agent) => has(each, agent)), {
          injected,
        })
        expect(of.schedule!.map(({ agent }) => agent).toSorted()).toEqual(all.toSorted())
      }),
      { numRuns: 100, seed: 1 },
    )
  })
})
