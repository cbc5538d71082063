import { describe, expect, test } from 'vitest'
import { explore, InvariantError } from 'longhaul'
import { caseSettings, applyCase, decodeCase } from '../../src/explore/index.ts'
import { openSession } from '../../src/simulation/session.ts'
import { joinSettings } from '../../src/simulation/settings.ts'
import { setUp, votes } from '../gallery/bad/lost-vote.ts'
import { ask } from '../gallery/systems.ts'

const options = { ...setUp, system: votes }

/** Every round has to be decided. */
const decided = async (session: Parameters<NonNullable<Parameters<typeof explore<{ decided: number }>>[3]>>[0]) => {
  const { result, trace } = await session.run()
  const { rounds } = trace.ofType('run.started')[0]!.vars
  if (result!.decided !== rounds) throw new Error(`${result!.decided} rounds were decided, of ${String(rounds)}`)
}

describe('a sweep without a test runner', { timeout: 120_000 }, () => {
  test('finds the case, makes it smaller to what matters, and repeats it byte for byte', async () => {
    const { failures, cases, coverage } = await explore(
      'votes',
      options,
      { seeds: 20, failRate: 0.25, swarm: false, maxShrunk: 1, shrinkFor: '100s' },
      decided,
    )
    expect(cases).toBe(20)
    expect(coverage.exercised.get('a retry')).toBe(20)
    expect(failures.length).toBeGreaterThan(1)
    const [{ smallest, replay }] = failures as [(typeof failures)[number]]
    // Two failures of one agent, in the first of two rounds.
    expect(smallest!.isMinimal).toBe(true)
    expect(smallest!.case).toMatchObject({ vars: { rounds: 2 }, latency: '1s' })
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
      { ...options, checks: { 'retry-after': false, backoff: { rush: 1, pause: 60_000 } } },
      { seeds: 1, failRate: 0.25, swarm: false },
    )
    expect(failures[0]!.error).toBeInstanceOf(InvariantError)
    expect(failures[0]!.smallest!.case.schedule).toHaveLength(1)
  })

  test('agents that wait for one another and for no call are told with their last calls', async () => {
    const { failures } = await explore(
      'two locks',
      {
        clock: { deadlockAfter: '20ms' },
        provider: { latency: '2s' },
        system: async () => {
          const locks = { ann: Promise.withResolvers<void>(), ben: Promise.withResolvers<void>() }
          const agent = async (mine: 'ann' | 'ben', other: 'ann' | 'ben'): Promise<void> => {
            await ask(mine, 'Ready?')
            await locks[other].promise
            locks[mine].resolve()
          }
          await Promise.all([agent('ann', 'ben'), agent('ben', 'ann')])
        },
      },
      { seeds: 1, failRate: 0, maxShrunk: 0 },
    )
    expect((failures[0]!.error as Error).message).toMatch(
      /^Deadlock at 2s.*\n\nThe last call of each agent:\n {2}ann: call 1 to gpt-4o-mini, answered at 2s\n {2}ben: call 2 /s,
    )
  })

  test('a case is not made smaller by what the system does not read', async () => {
    const everybody = ['ann', 'ben', 'cem', 'dan']
    const { failures } = await explore(
      'deaf to its settings',
      {
        agents: everybody,
        vars: { rounds: 5 },
        system: async ({ report, agents }) => {
          report.gather('answers', { from: agents }).end()
          await Promise.all(everybody.map((agent) => ask(agent, 'Ready?')))
          throw new Error('as ever')
        },
      },
      { seeds: 1, failRate: 0 },
      async ({ run }) => {
        throw (await run()).error
      },
    )
    const { case: of, timeline } = failures[0]!.smallest!
    expect(of).toMatchObject({ seed: 1, schedule: [], latency: '1s' })
    expect(of).not.toHaveProperty('agents')
    expect(of).not.toHaveProperty('vars')
    for (const agent of everybody) expect(timeline).toContain(agent)
  })
})
