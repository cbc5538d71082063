import { describe, expect as plainly, test as plain } from 'vitest'
import {
  CHECKS,
  describeOrchestration,
  explore,
  findViolations,
  never,
  outage,
  toolCall,
  Trace,
  uniform,
  type CheckName,
  type FunctionOptions,
  type InvariantError,
  type SystemContext,
} from 'longhaul'
import {
  ask,
  askAndReckon,
  draw,
  fullJitter,
  growing,
  patient,
  read,
  retrying,
  searching,
  sharing,
  sleep,
  told,
  vote,
} from './systems.ts'

/** A system that breaks one invariant, and one that does the same as it should be done. */
interface Exhibit {
  check: CheckName
  /** Where several exhibits have the same check. */
  name?: string
  /** A public report of the same defect. */
  seen: string
  options?: Partial<FunctionOptions>
  bad: (context: SystemContext) => Promise<unknown>
  good: (context: SystemContext) => Promise<unknown>
  /** What the finding has to say. */
  says: RegExp
  /** How many calls have to fail for it: default none. */
  faults?: number
}

const agents = ['ann', 'ben', 'slow']
const slowOne = {
  agents,
  provider: { latency: uniform('2s', '6s'), agents: { slow: { latency: '50s' } } },
} satisfies Partial<FunctionOptions>
const failing = (rate: number, fault: 'server_error' | 'rate_limited') => ({
  agents: ['ann', 'ben', 'cem', 'dan', 'eve', 'fay', 'gus', 'hal'],
  provider: { latency: uniform('2s', '6s'), failRate: rate, faults: { [fault]: 1 } },
})

/** The same question to each agent once, with retries that somebody chose. */
const everybody =
  (attempts: number, pause: (attempt: number) => number, client?: typeof patient) =>
  ({ agents: all }: SystemContext): Promise<unknown> =>
    Promise.allSettled(
      all.map((agent) => retrying(attempts, pause, () => ask(agent, 'Ready?', client ? { client } : {}))),
    )

/** The second question is mostly read from the service's cache. */
async function reckon(trace: Pick<Trace, 'append'>, cachedPrice: number): Promise<void> {
  const system = 'These are the minutes of a long meeting. '.repeat(300)
  for (const content of ['Who spoke?', 'What was decided?']) {
    const known = await askAndReckon('ann', { system, content, cachedPrice })
    trace.append({ type: 'cost.claimed', agent: 'ann', model: 'gpt-4o-mini', known, uncertain: 0 })
  }
}

const latest = (reported: readonly number[]): number => reported.at(-1) ?? 0

const GALLERY: readonly Exhibit[] = [
  {
    check: 'spans',
    seen: 'https://github.com/open-telemetry/opentelemetry-python-contrib/issues/4120',
    says: /spans report \d+ output tokens of gpt-4o-mini, and the service bills \d+/,
    // What each part of a stream reports is the sum so far, or comes again at the end: added up, it is too much.
    bad: () => told('ann', { sums: (reported) => latest(reported) * 2, tellsErrors: true }),
    good: () => told('ann', { sums: latest, tellsErrors: true }),
  },
  {
    check: 'spans',
    name: 'spans of calls that fail',
    seen: 'https://github.com/Arize-ai/openinference/issues/1731',
    options: { agents: ['ann'], provider: { failRate: 1, faults: { server_error: 1 } } },
    faults: 1,
    says: /spans report 1 answers of gpt-4o-mini, and the service gave 0/,
    bad: () => told('ann', { sums: latest, tellsErrors: false }),
    good: () => told('ann', { sums: latest, tellsErrors: true }),
  },
  {
    check: 'isolation',
    seen: 'https://github.com/langchain-ai/langgraph/issues/6320',
    options: slowOne,
    says: /continued without slow, but ann, ben did nothing for/,
    async bad(context) {
      const { received, calls } = await vote(context, 'votes', { timeoutMs: 10_000, abort: false })
      // The barrier of the step: everything that was started is waited for.
      await Promise.allSettled(calls)
      await Promise.all(received.map((agent) => ask(agent, 'Next?')))
    },
    async good(context) {
      const { received } = await vote(context, 'votes', { timeoutMs: 10_000 })
      await Promise.all(received.map((agent) => ask(agent, 'Next?')))
    },
  },
  {
    check: 'deadlines',
    seen: 'https://github.com/openclaw/openclaw/issues/118880',
    options: slowOne,
    says: /continued without slow, whose call 3 ran for another 40s/,
    async bad(context) {
      await vote(context, 'votes', { timeoutMs: 10_000, abort: false })
      await sleep(120_000)
    },
    async good(context) {
      await vote(context, 'votes', { timeoutMs: 10_000 })
      await sleep(120_000)
    },
  },
  {
    check: 'deadlines',
    name: 'deadlines of streams',
    seen: 'https://github.com/strands-agents/harness-sdk/issues/3224',
    options: slowOne,
    says: /continued without slow, whose call 1 ran for another 40s/,
    // The timeout ends the waiting, and the stream goes on.
    async bad({ report }) {
      const gather = report.gather('essay', { from: ['slow'], timeout: 10_000, atLeast: 0 })
      const essay = read('slow', 'Write an essay.')
      await Promise.race([essay, sleep(10_000)])
      gather.end()
      await essay
    },
    async good({ report }) {
      const gather = report.gather('essay', { from: ['slow'], timeout: 10_000, atLeast: 0 })
      await read('slow', 'Write an essay.', AbortSignal.timeout(10_000)).catch(() => {})
      gather.end()
    },
  },
  {
    check: 'timeouts',
    seen: 'https://github.com/openai/openai-python/issues/3828',
    options: { ...slowOne, provider: { ...slowOne.provider, agents: { slow: { latency: never() } } } },
    says: /has a timeout of 10s, and the gather took 30s/,
    // Timeouts that add up: each agent is waited for in turn, and the deadline is counted anew.
    async bad({ agents: all, report }) {
      const gather = report.gather('votes', { from: all, timeout: 10_000, atLeast: 0 })
      for (const agent of ['slow', 'slow', 'slow'])
        await ask(agent, 'Your vote?', { signal: AbortSignal.timeout(10_000) }).catch(() => {})
      gather.end()
    },
    good: (context) => vote(context, 'votes', { timeoutMs: 10_000 }),
  },
  {
    check: 'orphans',
    seen: 'https://github.com/anthropics/claude-code/issues/74423',
    options: slowOne,
    says: /ended while call \d of \w+ was in progress, and the call ended [\d.]+s later/,
    async bad({ agents: all }) {
      await Promise.any(all.map((agent) => ask(agent, 'Who is first?')))
    },
    async good({ agents: all }) {
      const stop = new AbortController()
      const calls = all.map((agent) => ask(agent, 'Who is first?', { signal: stop.signal }))
      await Promise.any(calls)
      stop.abort()
      await Promise.allSettled(calls)
    },
  },
  {
    check: 'backoff',
    seen: 'https://github.com/Aider-AI/aider/issues/5165',
    options: failing(0.8, 'server_error'),
    says: /exactly 1ms after the failure|less than 100ms after the failure/,
    // Five that retry in step.
    faults: 5,
    bad: everybody(5, () => 0),
    good: everybody(5, fullJitter),
  },
  {
    check: 'retry-after',
    seen: 'https://github.com/MemTensor/MemOS/issues/1620',
    options: {
      ...failing(0.6, 'rate_limited'),
      provider: { ...failing(0.6, 'rate_limited').provider, retryAfter: '20s' },
    },
    says: /^openai told \w+ to wait for 20s, and \w+ retried after/,
    faults: 1,
    bad: everybody(3, fullJitter),
    good: everybody(1, fullJitter, patient),
  },
  {
    check: 'amplification',
    seen: 'https://github.com/livekit/agents/pull/5335',
    options: failing(1, 'server_error'),
    says: /sent the same request to openai more than 8 times/,
    faults: 8,
    // Three tries of the SDK in each of four of our own.
    bad: everybody(4, fullJitter, patient),
    good: everybody(1, fullJitter, patient),
  },
  {
    check: 'amplification',
    name: 'amplification by two backoffs, the inner of which grows to a minute',
    seen: 'https://github.com/gfargo/coco/issues/1677',
    options: { agents: ['ann'], provider: { windows: [outage({ from: 0, for: '2h', fault: 'overloaded' })] } },
    says: /ann sent the same request to openai more than 8 times/,
    faults: 8,
    bad: () => retrying(3, fullJitter, () => retrying(7, growing, () => ask('ann', 'Ready?'))).catch(() => {}),
    good: () => retrying(7, growing, () => ask('ann', 'Ready?')).catch(() => {}),
  },
  {
    check: 'refusals',
    seen: 'https://github.com/langchain-ai/langchainjs/issues/11339',
    options: { agents: ['ann'], provider: { models: { 'gpt-4o-mini': { contextWindow: 500 } } } },
    says: /ann sent the same request 5 times in [\d.]+s, and openai refused each for good: context_length/,
    bad: () => retrying(5, fullJitter, () => ask('ann', 'lorem ipsum '.repeat(500))).catch(() => ask('ann', 'lorem')),
    good: () => ask('ann', 'lorem ipsum '.repeat(500)).catch(() => ask('ann', 'lorem')),
  },
  {
    check: 'breaker',
    seen: 'https://github.com/App-vNext/Polly/issues/216',
    options: { agents: ['ann', 'ben'] },
    says: /was half open, and ben called while another trial call was in progress/,
    async bad({ provider: { trace }, agents: all }) {
      trace.append({ type: 'breaker.changed', target: 'openai/gpt-4o-mini', state: 'open' })
      await sleep(300_000)
      trace.append({ type: 'breaker.changed', target: 'openai/gpt-4o-mini', state: 'half-open' })
      await Promise.all(all.map((agent) => ask(agent, 'Are you there?')))
    },
    async good({ provider: { trace }, agents: all }) {
      trace.append({ type: 'breaker.changed', target: 'openai/gpt-4o-mini', state: 'open' })
      await sleep(300_000)
      trace.append({ type: 'breaker.changed', target: 'openai/gpt-4o-mini', state: 'half-open' })
      await ask(all[0]!, 'Are you there?')
      trace.append({ type: 'breaker.changed', target: 'openai/gpt-4o-mini', state: 'closed' })
      await Promise.all(all.map((agent) => ask(agent, 'Are you there?')))
    },
  },
  {
    check: 'cancellation',
    seen: 'https://github.com/genkit-ai/genkit/issues/6308',
    options: slowOne,
    says: /slow was terminated, and its call 1 ran for another 45s/,
    async bad({ report }) {
      const call = ask('slow', 'Take your time.')
      await sleep(5_000)
      report.terminated('slow', 'it takes too long')
      await call
    },
    async good({ report }) {
      const stop = new AbortController()
      const call = ask('slow', 'Take your time.', { signal: stop.signal })
      await sleep(5_000)
      report.terminated('slow', 'it takes too long')
      stop.abort()
      await call.catch(() => {})
    },
  },
  {
    check: 'budget',
    seen: 'https://github.com/BerriAI/litellm/issues/34732',
    options: { agents: ['ann'], checks: { budget: { limit: '0.00005' } } },
    says: /the provider billed .* against a budget of \$0\.00005, and \d+ more call\(s\) were made/,
    async bad({ provider }) {
      // Ten at a time look at what is spent before any of them has spent anything.
      const page = async (nth: number): Promise<void> => {
        if (provider.ledger.total.cost < 50_000_000n) await ask('ann', `Page ${nth}?`)
      }
      await Promise.all(Array.from({ length: 10 }, (_, nth) => page(nth)))
      await ask('ann', 'One more?')
    },
    async good({ provider }) {
      // The dearest answer so far is kept back before each call.
      let dearest = 10_000_000n
      for (let nth = 0; nth < 20 && provider.ledger.total.cost + 2n * dearest < 50_000_000n; nth++) {
        const before = provider.ledger.total.cost
        await ask('ann', `Page ${nth}?`)
        const cost = provider.ledger.total.cost - before
        if (cost > dearest) dearest = cost
      }
    },
  },
  {
    check: 'runaway',
    seen: 'https://github.com/anthropics/claude-code/issues/30150',
    options: { agents: ['ann', 'ben'], checks: { runaway: { inARow: 30 } }, provider: { latency: '1s' } },
    says: /ann made 30 calls in a row/,
    async bad() {
      await ask('ben', 'Start.')
      for (let nth = 0; nth < 50; nth++) await ask('ann', `Again ${nth}?`)
    },
    async good() {
      await ask('ben', 'Start.')
      for (let nth = 0; nth < 5; nth++) await ask('ann', `Again ${nth}?`)
    },
  },
  {
    check: 'runaway',
    name: 'runaway of two',
    seen: 'https://github.com/UpstreetAI/usdk/issues/338',
    options: { agents: ['ann', 'ben'], checks: { runaway: { exchanges: 30 } }, provider: { latency: '1s' } },
    says: /and ann answered each other 30 times/,
    async bad() {
      let said = 'Start.'
      for (let nth = 0; nth < 20; nth++) said = await ask('ann', await ask('ben', said))
    },
    async good() {
      let said = 'Start.'
      for (let nth = 0; nth < 5; nth++) said = await ask('ann', await ask('ben', said))
    },
  },
  {
    check: 'runaway',
    name: 'runaway of a tool that finds nothing',
    seen: 'https://github.com/mastra-ai/mastra/issues/14720',
    options: {
      agents: ['ann'],
      provider: { latency: '1s', agents: { ann: { reply: toolCall('search', { q: 'x' }) } } },
    },
    says: /^ann called search 29 times in a row with the same arguments, and got the same result each time$/,
    bad: () => searching('ann', 30, async () => 'nothing found'),
    good: () => searching('ann', 10, async () => 'nothing found'),
  },
  {
    check: 'claims',
    seen: 'https://github.com/BerriAI/litellm/issues/6215',
    options: { agents: ['ann'] },
    says: /the orchestrator reports a cost of \$0\.\d+ for \w+, and the provider bills \$0\.\d+/,
    bad: ({ provider: { trace } }) => reckon(trace, 150_000),
    good: ({ provider: { trace } }) => reckon(trace, 75_000),
  },
  {
    check: 'paid-twice',
    seen: 'https://github.com/microsoft/agent-framework/issues/1695',
    options: { agents: ['ann'] },
    says: /2 request\(s\) were sent again that had been answered before/,
    async bad({ report }) {
      await ask('ann', 'Chapter 1?')
      await ask('ann', 'Chapter 2?')
      report.resumed('the book')
      for (let chapter = 1; chapter <= 4; chapter++) await ask('ann', `Chapter ${chapter}?`)
    },
    async good({ report }) {
      const kept = new Map<number, string>()
      for (let chapter = 1; chapter <= 2; chapter++) kept.set(chapter, await ask('ann', `Chapter ${chapter}?`))
      report.resumed('the book')
      for (let chapter = 1; chapter <= 4; chapter++)
        if (!kept.has(chapter)) kept.set(chapter, await ask('ann', `Chapter ${chapter}?`))
    },
  },
  {
    check: 'results',
    seen: 'https://github.com/anthropics/claude-code/issues/39830',
    options: { agents },
    says: /counts slow as missing, though its call 3 was answered/,
    async bad({ agents: all, report }) {
      const gather = report.gather('views', { from: all, timeout: 60_000, atLeast: 2 })
      const answers = all.map((agent) => ask(agent, 'Your view?').then(() => agent))
      // A list of two, into which the third is written over.
      for (const agent of (await Promise.all(answers)).slice(0, 2)) gather.received(agent)
      await sleep(30_000)
      gather.end()
    },
    async good({ agents: all, report }) {
      const gather = report.gather('views', { from: all, timeout: 60_000, atLeast: 2 })
      await Promise.all(all.map((agent) => ask(agent, 'Your view?').then(() => gather.received(agent))))
      gather.end()
    },
  },
  {
    check: 'conversations',
    seen: 'https://github.com/mastra-ai/mastra/issues/21906',
    options: { agents: ['ann'] },
    says: /ann sent call \d+ in the conversation .* before call 2 was answered/,
    // Each turn begins with what is there, and puts its question and answer behind it.
    async bad() {
      const history: { role: 'user' | 'assistant'; content: string }[] = []
      const turn = async (content: string): Promise<void> => {
        const answer = await ask('ann', content, { history: [...history] })
        history.push({ role: 'user', content }, { role: 'assistant', content: answer })
      }
      await turn('Hello.')
      await Promise.all([turn('And then?'), turn('Why?')])
      await turn('What else?')
    },
    async good() {
      const history: { role: 'user' | 'assistant'; content: string }[] = []
      for (const question of ['Hello.', 'And then?', 'Why?']) {
        const answer = await ask('ann', question, { history: [...history] })
        history.push({ role: 'user', content: question }, { role: 'assistant', content: answer })
      }
    },
  },
  {
    check: 'conversations',
    name: 'conversations of one agent that is used several times at once',
    seen: 'https://github.com/veryfront/veryfront-code/issues/2336',
    options: { agents: ['ann'] },
    says: /ann sent call 3 in the conversation .* before call 2 was answered/,
    async bad() {
      const ask = sharing('ann', [])
      await Promise.all(['Article 1?', 'Article 2?', 'Article 3?'].map(ask))
    },
    good: () => Promise.all(['Article 1?', 'Article 2?', 'Article 3?'].map((question) => sharing('ann', [])(question))),
  },
  {
    check: 'sequential',
    seen: 'https://github.com/agno-agi/agno/issues/2162',
    options: { agents },
    says: /ann, ben, slow were called one after another/,
    async bad({ agents: all, report }) {
      const gather = report.gather('views', { from: all, timeout: 600_000 })
      for (const agent of all) {
        await ask(agent, 'Your view?')
        gather.received(agent)
      }
      gather.end()
    },
    async good({ agents: all, report }) {
      const gather = report.gather('views', { from: all, timeout: 600_000 })
      await Promise.all(all.map((agent) => ask(agent, 'Your view?').then(() => gather.received(agent))))
      gather.end()
    },
  },
  {
    check: 'unsimulated',
    seen: 'https://github.com/mswjs/msw/issues/855',
    options: { agents: ['ann'] },
    says: /ann requested POST api\.openai\.com\/v1\/images\/generations: longhaul does not simulate/,
    bad: () => draw('ann', 'A lighthouse.').catch(() => 'no picture'),
    good: () => ask('ann', 'Describe a lighthouse.'),
  },
]

describe.for(GALLERY.map((exhibit) => ({ name: exhibit.check, ...exhibit })))(
  '$name',
  ({ check, options, bad, good, says, faults = 0 }) => {
    const base = { ...options, provider: { ...options?.provider, failRate: options?.provider?.failRate ?? 0 } }
    const tuned = (options?.checks || {})[check]
    describeOrchestration('the bad one', { ...base, checks: false, system: bad }, (test) => {
      test('is found out', async ({ run, sleep: wait, trace, expect }) => {
        await run()
        await wait('5m')
        const found = findViolations(trace, tuned === undefined ? {} : { [check]: tuned })
        expect(found.map((violation) => violation.check)).toContain(check)
        expect(found.find((violation) => violation.check === check)!.what).toMatch(says)
      })
    })
    plain('is found by a sweep, and made smaller to the faults that matter', { timeout: 60_000 }, async () => {
      const others = Object.keys(CHECKS).filter((name) => name !== check)
      const checks = { ...Object.fromEntries(others.map((name) => [name, false])), [check]: tuned ?? {} }
      const { failures } = await explore(
        check,
        { ...base, checks, system: bad },
        { seeds: 2, swarm: false, maxShrunk: 1, shrinkFor: '30s' },
        async ({ run, sleep: wait }) => {
          await run()
          await wait('5m')
        },
      )
      plainly(failures.length).toBeGreaterThan(0)
      const { smallest } = failures[0]!
      plainly((smallest!.error as InvariantError).violations.map((violation) => violation.check)).toContain(check)
      plainly(smallest!.case.schedule).toHaveLength(faults)
    })
    describeOrchestration(
      'the good one',
      { ...base, checks: tuned === undefined ? {} : { [check]: tuned }, system: good },
      (test) => {
        test('passes every check', async ({ run, expect }) => {
          expect(await run()).toHaveCompleted()
        })
      },
    )
  },
)

describe('deadlock', () => {
  // https://github.com/can1357/oh-my-pi/issues/6032
  const eachForTheOther = async (): Promise<void> => {
    const answers = { ann: Promise.withResolvers<string>(), ben: Promise.withResolvers<string>() }
    const agent = async (mine: 'ann' | 'ben', other: 'ann' | 'ben'): Promise<void> => {
      const heard = await answers[other].promise
      answers[mine].resolve(await ask(mine, heard))
    }
    await Promise.all([agent('ann', 'ben'), agent('ben', 'ann')])
  }
  let kept: Trace | undefined
  describeOrchestration('the bad one', { agents: ['ann', 'ben'], system: eachForTheOther }, (test) => {
    test.fails('is found out by the clock', async ({ run, trace }) => {
      kept = trace
      await run()
    })
  })
  plain('… and stands in the trace', () => {
    plainly(findViolations(kept!)).toMatchObject([
      { check: 'deadlock', what: plainly.stringMatching(/^Deadlock at/) as string },
    ])
  })
  plain('is told by the trace alone', () => {
    const trace = new Trace(() => 0)
    trace.append({ type: 'clock.stuck', code: 'LONGHAUL_DEADLOCK', message: 'Deadlock at 0ms.\nWho waits: nobody' })
    plainly(findViolations(trace)).toMatchObject([{ check: 'deadlock', what: 'Deadlock at 0ms.' }])
  })
})

describe('trace', () => {
  plain('one that is cut off in the middle is found out, a whole one is not', () => {
    const trace = new Trace(() => 0)
    trace.append({ type: 'note', text: 'a' })
    trace.append({ type: 'note', text: 'b' })
    trace.append({ type: 'note', text: 'c' })
    plainly(findViolations(trace)).toEqual([])
    const [first, , last] = trace.toNDJSON().trim().split('\n')
    plainly(findViolations(Trace.parse(`${first}\n${last}`))).toMatchObject([
      { check: 'trace', what: 'event 1 has the sequence number 2' },
    ])
  })
})

plain('every check is in the gallery', () => {
  // What a test sets up is no system: tests/integration/set-up.test.ts shows it.
  const shown = new Set<string>([...GALLERY.map(({ check }) => check), 'deadlock', 'set-up', 'trace'])
  plainly(Object.keys(CHECKS).filter((name) => !shown.has(name))).toEqual([])
})

plain('a check that there is not, and a setting that it has not', () => {
  plainly(() => findViolations([], { deadlok: false } as never)).toThrow(
    /There is no check "deadlok". There are: amplification,/,
  )
  plainly(() => findViolations([], { backoff: { rushes: 3 } } as never)).toThrow(
    'The check "backoff" has no setting "rushes". There are: rush, pause, inStep.',
  )
})

const left = {
  agents: ['ann'],
  provider: { failRate: 0 },
  system: async () => {
    setInterval(() => {}, 7_000)
    setInterval(() => {}, 9_000).unref()
    clearInterval(setInterval(() => {}, 11_000))
    await ask('ann', 'Tick?')
  },
} satisfies FunctionOptions

describeOrchestration('an interval that nobody clears', left, (test) => {
  test.fails('fails the test', async ({ run }) => {
    await run()
  })
  test('is waived by name, for one test', async ({ run, waive, expect }) => {
    waive('orphans')
    expect(await run()).toHaveCompleted()
  })
})
