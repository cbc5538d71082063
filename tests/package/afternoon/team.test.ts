import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { delay, http, HttpResponse } from 'msw'
import OpenAI from 'openai'
import { afterEach, beforeEach } from 'vitest'
import { describeOrchestration, findViolations, never, outage, restartable, sequence, type Report } from 'longhaul'
import { OverBudget } from './purse.ts'
import { research, type Observer } from './team.ts'
import { AGENTS, REPORT, searches, team, verdicts } from './world.ts'

const RESEARCHERS = AGENTS.filter((name) => name.startsWith('researcher'))

let folder: string
let memory: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'research-'))
  memory = join(folder, 'memory.json')
  searches.listen({ onUnhandledFrame: 'bypass' })
})
afterEach(async () => {
  searches.close()
  searches.resetHandlers()
  await rm(folder, { recursive: true })
})

/** Tells longhaul of the step that waits for four researchers. */
function gatherOf(report: Report): Observer {
  let gather: ReturnType<Report['gather']>
  return {
    started: (from, timeout) => void (gather = report.gather('research', { from, timeout })),
    found: (researcher) => gather.received(researcher),
    ended: () => gather.end(),
  }
}

const system = ({ signal, report }: { signal: AbortSignal; report: Report }) =>
  research({ subject: 'lighthouses', memory, signal, observer: gatherOf(report) })

describeOrchestration('the research team', { agents: AGENTS, system, provider: team }, (test) => {
  test('plans, researches in parallel, writes and is reviewed, in this order', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome).toHaveCompleted()
    expect(outcome.result).toMatchObject({ text: REPORT, drafts: 1, accepted: true, missing: [] })
    expect(outcome).toHaveOverlapped(RESEARCHERS)
    for (const researcher of RESEARCHERS) expect(outcome).toHaveOrder(['planner', researcher, 'writer', 'reviewer'])
    // Five answers one after another, ten seconds each, and a search of twenty.
    expect(outcome).toHaveElapsed({ exactly: '70s' })
    expect(outcome).toHaveCalls(11, { status: 'ended' })
    expect(outcome).toHaveCalls(11)
  })

  test('counts its money as the services do', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome.result!.dollars).toBeGreaterThan(0)
    expect(outcome).toHaveCost(Number(outcome.result!.dollars.toFixed(12)))
  })
})

describeOrchestration(
  'tools of the research team',
  { agents: AGENTS, system, provider: team, trace: { contents: true } },
  (test) => {
    test('give the model what the search API has found', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveAsked('researcher-2', 'a page about fog', 1)
      expect(outcome).toHaveAsked('writer', /Of storms much is known/, 1)
    })

    test('tell it when the search API takes too long', async ({ run, expect }) => {
      searches.use(http.get('https://search.example.com/find', () => delay(90_000)))
      const outcome = await run()
      expect(outcome.result).toMatchObject({ accepted: true, missing: [] })
      for (const researcher of RESEARCHERS) expect(outcome).toHaveAsked(researcher, 'The search did not answer.', 1)
      // A minute in place of twenty seconds.
      expect(outcome).toHaveElapsed({ exactly: '1m 50s' })
    })

    test('tell it when the search API is down', async ({ run, expect }) => {
      searches.use(http.get('https://search.example.com/find', () => new HttpResponse(null, { status: 503 })))
      const outcome = await run()
      expect(outcome.result).toMatchObject({ accepted: true, missing: [] })
      expect(outcome).toHaveAsked('researcher-4', 'The search failed with status 503.', 1)
    })
  },
)

describeOrchestration('streams that break', { agents: AGENTS, system, provider: team }, (test) => {
  const faults = [
    'stall',
    'truncated',
    'stream_error',
    'reset_midway',
    'malformed_json',
    'max_tokens',
    'empty',
  ] as const
  for (const agent of ['planner', 'reviewer'])
    test.for(faults)(`${agent}: %s, and the call is made again`, async (fault, { run, provider, expect }) => {
      provider.failNext(1, fault, { agent })
      const outcome = await run()
      expect(outcome.result).toMatchObject({ drafts: 1, accepted: true, missing: [] })
      expect(outcome).toHaveCalls(2, { agent })
    })

  test('a wrong key is not tried again', async ({ run, provider, expect }) => {
    provider.failNext(1, 'unauthorized', { agent: 'planner' })
    const outcome = await run()
    expect(outcome).toHaveFailedWith(OpenAI.AuthenticationError)
    expect(outcome).toHaveCalls(1)
  })
})

describeOrchestration(
  'a researcher that hangs',
  { agents: AGENTS, system, provider: { ...team, agents: { ...team.agents, 'researcher-3': { latency: never() } } } },
  (test) => {
    test('is left out after twenty minutes', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toMatchObject({ accepted: true, missing: ['researcher-3'] })
      expect(outcome).toHaveElapsed({ exactly: '20m 30s' })
      expect(outcome.gather('research')).toBePartial({ missing: ['researcher-3'] })
      expect(outcome).toHaveCalls(0, { agent: 'researcher-3', status: 'ended' })
    })
  },
)

describeOrchestration(
  'a fifth of the calls fails',
  { agents: AGENTS, system, provider: team, failRate: 0.2 },
  (test) => {
    test('and the report is whole', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toMatchObject({ accepted: true, missing: [] })
      expect(outcome).toHaveCalls(11, { status: 'ended' })
      expect(outcome).toHaveCalls({ atLeast: 1 }, { status: 'failed' })
    })
  },
)

describeOrchestration(
  'an outage of ten minutes',
  {
    agents: AGENTS,
    system,
    provider: { ...team, windows: [outage({ from: '15s', for: '10m', fault: 'overloaded' })] },
  },
  (test) => {
    test('is waited out', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toMatchObject({ accepted: true, missing: [] })
      expect(outcome).toHaveElapsed({ atLeast: '10m', atMost: '15m' })
    })
  },
)

describeOrchestration(
  'four requests a minute',
  { agents: AGENTS, system, provider: { ...team, rateLimits: { requestsPerMinute: 4 } } },
  (test) => {
    test('are enough, if one waits', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toMatchObject({ accepted: true, missing: [] })
      expect(outcome).toHaveCalls(11, { status: 'ended' })
      expect(outcome).toHaveCalls({ atLeast: 1 }, { fault: 'rate_limited' })
      // Anthropic answers nine calls: four at once, and one more every fifteen seconds.
      expect(outcome).toHaveElapsed({ atLeast: '95s', atMost: '3m' })
    })
  },
)

describeOrchestration(
  'a reviewer who wants two drafts again',
  {
    agents: AGENTS,
    system,
    provider: {
      ...team,
      agents: { ...team.agents, reviewer: { reply: sequence(verdicts.reject, verdicts.reject, verdicts.accept) } },
    },
  },
  (test) => {
    test('gets three, in each run', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toMatchObject({ drafts: 3, accepted: true })
      expect(outcome).toHaveCalls(3, { agent: 'writer' })
      expect(outcome).toHaveCalls(3, { agent: 'reviewer' })
      await rm(memory)
      expect((await run()).result).toMatchObject({ drafts: 3, accepted: true })
    })
  },
)

const LIMIT = 0.02

describeOrchestration(
  'a limit of two cents',
  {
    agents: AGENTS,
    system: ({ signal }) => research({ subject: 'lighthouses', memory, signal, limitDollars: LIMIT }),
    provider: { ...team, agents: { ...team.agents, reviewer: { reply: verdicts.reject } } },
    checks: { budget: { limit: LIMIT } },
  },
  (test) => {
    test('ends the drafts, and is kept', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toMatchObject({ text: REPORT, drafts: 3, accepted: false })
      expect(outcome).toHaveCost({ atLeast: '$0.01', atMost: '$0.02' })
      // What does not fit is not tried again.
      expect(outcome).toHaveElapsed({ exactly: '1m 40s' })
    })

    test('counts what answers cost that break off', async ({ run, provider, expect }) => {
      provider.failNext(4, 'reset_midway', { agent: 'writer' })
      const outcome = await run()
      // Nobody says what they cost, so each is taken to have cost the most: a fourth does not fit.
      expect(outcome).toHaveFailedWith(OverBudget)
      expect(outcome).toHaveCalls(3, { agent: 'writer', fault: 'reset_midway' })
      expect(outcome).toHaveCost({ atMost: '$0.02' })
    })
  },
)

describeOrchestration(
  'a team that is killed',
  { agents: AGENTS, system: restartable(system), provider: team },
  (test) => {
    const steps = async () => Object.keys(JSON.parse(await readFile(memory, 'utf8')) as object).toSorted()

    test('goes on with its memory, and pays for nothing twice', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      // While the researchers search.
      await sleep('25s')
      await orchestration.restart()
      expect(await steps()).toEqual(['planner', ...RESEARCHERS.map((name) => `${name}/1`)])
      const outcome = await orchestration.outcome()
      expect(outcome.result).toMatchObject({ accepted: true, missing: [] })
      expect(outcome).toHaveCalls(11, { status: 'ended' })
      expect(outcome).toHaveCalls(11)
      const [before, after] = outcome.parts
      expect(before).toHaveCalls(5)
      expect(after).toHaveCalls(6)
      expect(outcome).toHaveCost(Number(outcome.result!.dollars.toFixed(12)))
    })

    test('makes the calls again that were open, and no others', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('15s')
      await orchestration.restart()
      expect(await steps()).toEqual(['planner'])
      // Ten seconds for a call and twenty for a search: the writer writes.
      await sleep('45s')
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      expect(outcome.result).toMatchObject({ drafts: 1, accepted: true, missing: [] })
      expect(outcome).toHaveCalls(11, { status: 'ended' })
      expect(outcome).toHaveCalls(5, { fault: 'disconnected' })
      expect(outcome).toHaveCalls(1, { agent: 'writer', fault: 'disconnected' })
      expect(outcome.parts).toHaveLength(3)
    })

    test('pays twice without its memory, and that is found', async ({ start, sleep, waive, expect }) => {
      waive('paid-twice')
      const orchestration = await start()
      await sleep('25s')
      await rm(memory)
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      expect(findViolations(outcome.trace).map(({ check }) => check)).toContain('paid-twice')
    })
  },
)
