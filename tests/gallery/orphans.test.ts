import { describe, expect, test } from 'vitest'
import { explore, InvalidCheckError, InvariantError, type FunctionOptions } from 'longhaul'
import { ask, patient, sleep } from './systems.ts'
import { verdict } from './verdict.ts'

const forget = (work: () => Promise<unknown>): void => void work().catch(() => {})

describe('what is left over is found', () => {
  test('a call that was forgotten', async () => {
    const system = async () => forget(() => ask('ann', 'Well?'))
    expect(await verdict({ system })).toEqual(['orphans: ann made call 1 after the orchestration had ended'])
  })

  test('a call that was forgotten and is over soon', async () => {
    const system = async () => forget(() => ask('ann', 'Well?'))
    expect(await verdict({ system, provider: { latency: '10ms' } })).toEqual([
      'orphans: ann made call 1 after the orchestration had ended',
    ])
  })

  test('a forgotten call in its retry pause', async () => {
    const system = async () => {
      forget(() => ask('ann', 'Well?', { client: patient }))
      await sleep(1_000)
    }
    const found = await verdict({ system }, ({ provider, run }) => {
      provider.failNext(1, 'overloaded')
      return run()
    })
    expect(found).toEqual(['orphans: ann made call 2 after the orchestration had ended, 200ms later'])
  })

  test.for(['2s', '61s'])('a timer that calls %s later', async (after) => {
    const seconds = Number.parseInt(after, 10)
    const system = async () => void setTimeout(() => forget(() => ask('ann', 'Late?')), seconds * 1_000)
    const time = seconds < 60 ? '2s' : '1m 1s'
    expect(await verdict({ system })).toEqual([
      `orphans: ann made call 1 after the orchestration had ended, ${time} later`,
    ])
  })

  test('a scheduler made of timeouts, however late and in however many steps it calls', async () => {
    const late = async () => void setTimeout(() => forget(() => ask('ann', 'Late?')), 23 * 3_600_000)
    expect(await verdict({ system: late })).toEqual([
      'orphans: ann made call 1 after the orchestration had ended, 23h later',
    ])
    // As a cron library waits, which looks at the time each half minute.
    const inSteps = async () => {
      const due = Date.now() + 900_000
      const look = (): void =>
        void setTimeout(() => (Date.now() < due ? look() : forget(() => ask('ann', 'Late?'))), 30_000)
      look()
    }
    expect(await verdict({ system: inSteps })).toEqual([
      'orphans: ann made call 1 after the orchestration had ended, 15m later',
    ])
    expect(await verdict({ system: inSteps, checks: { orphans: { timeouts: false } } })).toEqual([])
  })

  test('a call under way at the end, even if the next run begins at once', async () => {
    let runs = 0
    const system = async () => {
      if ((runs += 1) === 1) forget(() => ask('ann', 'Well?'))
      await sleep(1_000)
      if (runs === 2) await ask('ben', 'And you?')
    }
    const found = await verdict({ system }, async ({ run }) => {
      await run()
      await run()
    })
    expect(found).toEqual([
      'orphans: "a system" ended while call 1 of ann was in progress, and the call ended 3s later',
    ])
  })

  test('a conversation that goes on for ever, by its first calls', async () => {
    const system = async () =>
      forget(async () => {
        for (;;) await ask('ann', 'More?')
      })
    const found = await verdict({ system, provider: { latency: '10ms' } })
    expect(found).toHaveLength(20)
  })
})

describe('what comes to its end is not', () => {
  test('a call that is aborted at the end', async () => {
    const system = async () => {
      const stop = new AbortController()
      forget(() => ask('ann', 'Well?', { signal: stop.signal }))
      await sleep(1_000)
      stop.abort()
    }
    expect(await verdict({ system })).toEqual([])
  })

  test('a call that ends within the grace, and no longer', async () => {
    const system = async () => {
      forget(() => ask('ann', 'Well?'))
      await sleep(3_000)
    }
    expect(await verdict({ system })).toEqual([])
    expect(await verdict({ system, provider: { latency: '4001ms' } })).toEqual([
      'orphans: "a system" ended while call 1 of ann was in progress, and the call ended 1.001s later',
    ])
    expect(await verdict({ system, checks: { orphans: { grace: 999 } } })).toEqual([
      'orphans: "a system" ended while call 1 of ann was in progress, and the call ended 1s later',
    ])
  })

  test('a call of the test itself, such as that of a judge', async () => {
    const found = await verdict({ system: () => ask('ann', 'Well?') }, async ({ run, sleep: wait }) => {
      await run()
      await ask('judge', 'Was that good?')
      await wait('5m')
      await ask('judge', 'And now?')
    })
    expect(found).toEqual([])
  })

  test('a timeout that makes no call, one that lets the process end, and one that sets others for ever', async () => {
    let [fired, looks] = [0, 0]
    const system = async () => {
      setTimeout(() => (fired += 1), 3_600_000)
      setTimeout(() => forget(() => ask('ann', 'Late?')), 7_200_000).unref()
      setTimeout(() => forget(() => ask('ann', 'Late?')), 25 * 3_600_000)
      const look = (): void => void setTimeout(() => ((looks += 1), look()), 1_000)
      look()
    }
    expect(await verdict({ system })).toEqual([])
    expect(fired).toBe(0)
    expect(looks).toBeGreaterThan(1_000)
    expect(looks).toBeLessThan(1_200)
  })

  test('an interval that lets the process end, or is cleared within the grace', async () => {
    const system = async () => {
      setInterval(() => {}, 7_000).unref()
      const beat = setInterval(() => {}, 100)
      setTimeout(() => clearInterval(beat), 500)
    }
    expect(await verdict({ system })).toEqual([])
  })
})

const leftOver = {
  async system({ report }) {
    setInterval(() => {}, 7_000)
    report.gather('votes', { from: ['ann'] })
    await sleep(1_000)
    forget(() => ask('ann', 'Well?'))
  },
} satisfies FunctionOptions
const calls = 'orphans: ann made call 1 after the orchestration had ended'
const gathers = 'orphans: the gather "votes" started and never ended'
const intervals = 'orphans: 1 interval(s) were still active at the end of the test, every 7s'

describe('calls, gathers and intervals are waived apart', () => {
  test('by the settings of the file', async () => {
    expect(await verdict(leftOver)).toEqual([gathers, calls, intervals])
    expect(await verdict({ ...leftOver, checks: { orphans: { calls: false } } })).toEqual([gathers, intervals])
    expect(await verdict({ ...leftOver, checks: { orphans: { gathers: false } } })).toEqual([calls, intervals])
    expect(await verdict({ ...leftOver, checks: { orphans: { intervals: false } } })).toEqual([gathers, calls])
    expect(await verdict({ ...leftOver, checks: { orphans: false } })).toEqual([])
  })

  test('by one test, one after another', async () => {
    const found = await verdict(leftOver, ({ run, waive }) => {
      waive('orphans', { intervals: false })
      waive('orphans', { gathers: false })
      return run()
    })
    expect(found).toEqual([calls])
  })

  test('of what was waived whole, no part comes back', async () => {
    const found = await verdict(leftOver, ({ run, waive }) => {
      waive('orphans')
      waive('orphans', { intervals: false })
      return run()
    })
    expect(found).toEqual([])
  })

  test('the message says how to waive what was found, and no more', async () => {
    const { failures } = await explore(
      'left',
      { ...leftOver, checks: { orphans: { calls: false, gathers: false } } },
      {
        seeds: 1,
        maxShrunk: 0,
        regressions: 'none',
      },
    )
    const { message } = failures[0]!.error as InvariantError
    expect(message).toContain('If this is intentional, waive it: checks: { orphans: { intervals: false } }')
  })

  test('what is not a part is refused', async () => {
    const given = (value: unknown) =>
      verdict(leftOver, ({ waive }) => {
        waive('orphans', value as never)
      })
    await expect(given('intervals')).rejects.toThrow(InvalidCheckError)
    await expect(given({ timers: false })).rejects.toThrow('The check "orphans" has no setting "timers".')
    await expect(given({ calls: 0 })).rejects.toThrow(
      'The part "calls" of the check "orphans" is 0. Give false to waive it.',
    )
    await expect(given({ graceMs: -1 })).rejects.toThrow(
      '"grace" of the check "orphans" is -1. Give a duration, such as',
    )
  })
})

describe('looking for what is left over', () => {
  test('is no part of the time that is told of the test', async () => {
    let session: { summary(): { simulatedMs: number } } | undefined
    await verdict({ system: () => ask('ann', 'Well?') }, (given) => {
      session = given
      return given.run()
    })
    expect(session!.summary().simulatedMs).toBe(4_000)
  })

  test('does not turn a fast interval for longer than it takes to see it', async () => {
    let turns = 0
    const system = async () => void setInterval(() => (turns += 1), 1)
    expect(await verdict({ system })).toHaveLength(1)
    expect(turns).toBeGreaterThan(900)
    expect(turns).toBeLessThanOrEqual(1_000)
  })

  test('is left where it is meant', async () => {
    let late = 0
    const system = async () => void setTimeout(() => (late += 1), 2_000)
    expect(await verdict({ system, checks: { orphans: false } })).toEqual([])
    expect(late).toBe(0)
  })
})
