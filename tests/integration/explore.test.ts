import { describe, expect, test } from 'vitest'
import { explore, InvariantError } from 'longhaul'
import { caseSettings, applyCase, decodeCase } from '../../src/explore/index.ts'
import { openSession } from '../../src/simulation/session.ts'
import { joinSettings } from '../../src/simulation/settings.ts'
import { setUp, votes } from '../gallery/bad/lost-vote.ts'

const options = { ...setUp, system: votes }

/** Every round has to be decided. */
const decided = async (session: Parameters<NonNullable<Parameters<typeof explore<{ decided: number }>>[3]>>[0]) => {
  const { result, trace } = await session.run()
  const { rounds } = trace.ofType('run.started')[0]!.vars
  if (result!.decided !== rounds) throw new Error(`${result!.decided} rounds were decided, of ${String(rounds)}`)
}

describe('a sweep without a test runner', { timeout: 60_000 }, () => {
  test('finds the case, makes it smaller to what matters, and repeats it byte for byte', async () => {
    const { failures, cases, coverage } = await explore(
      'votes',
      options,
      { seeds: 20, failRate: 0.25, swarm: false, shrinkMost: 1 },
      decided,
    )
    expect(cases).toBe(20)
    expect(coverage.exercised.get('a retry')).toBe(20)
    expect(failures.length).toBeGreaterThan(1)
    const [{ smallest, replay }] = failures as [(typeof failures)[number]]
    // Two failures of one agent, in the first of two rounds.
    expect(smallest!.isMinimal).toBe(true)
    expect(smallest!.case).toMatchObject({ vars: { rounds: 2 }, latencyMs: 1_000 })
    expect(smallest!.case.agents).toHaveLength(1)
    expect(smallest!.case.schedule!.map(({ nth }) => nth)).toEqual([0, 1])
    // Later failures are told, and not made smaller.
    expect(failures[1]!.smallest).toBeUndefined()

    const of = decodeCase(replay)
    const session = openSession('votes', applyCase(options, of), joinSettings(options, caseSettings(of)))
    await expect(session.supervise(() => decided(session))).rejects.toThrow('1 rounds were decided, of 2')
    await session.close()
    expect(session.trace.toNDJSON()).toBe(smallest!.trace.toNDJSON())
  })

  test('a check that finds something is a failure too', async () => {
    const { failures } = await explore(
      'votes',
      { ...options, checks: { 'retry-after': false, backoff: { rush: 1, pauseMs: 60_000 } } },
      { seeds: 1, failRate: 0.25, swarm: false },
    )
    expect(failures[0]!.error).toBeInstanceOf(InvariantError)
    expect(failures[0]!.smallest!.case.schedule).toHaveLength(1)
  })
})
