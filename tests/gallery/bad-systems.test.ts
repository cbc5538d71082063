import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { actAs, outage, uniform, type FunctionOptions, type SystemContext } from 'longhaul'
import { ask, fullJitter, patient, retrying, sleep } from './systems.ts'
import { verdict } from './verdict.ts'

type Turn = { role: 'user' | 'assistant'; content: string }

/** Bad systems that are easily missed, beside those of the gallery: what is found in each, and nothing else. */
interface BadSystem {
  name: string
  options?: Partial<FunctionOptions>
  system: (context: SystemContext) => Promise<unknown>
  found: readonly (string | RegExp)[]
}

const team = ['ann', 'ben', 'cem', 'dan', 'eve', 'fay', 'gus', 'hal']
const plain = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const nameless = (content: string): Promise<unknown> =>
  plain.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] })
const down = (fault: 'server_error' | 'rate_limited' = 'server_error'): Partial<FunctionOptions> => ({
  agents: team,
  provider: { windows: [outage({ from: 0, for: '1h', fault })], latency: uniform('2s', '6s'), retryAfter: '20s' },
})
const chapters = (...numbers: readonly number[]): string[] => numbers.map((nth) => `Chapter ${nth}?`)
/** Lives of a run, with a restart between each of them. */
const lives =
  (...all: readonly (readonly string[])[]) =>
  async ({ report }: SystemContext): Promise<void> => {
    for (const [nth, life] of all.entries()) {
      if (nth > 0) report.resumed('the book')
      for (const question of life) await ask('ann', question)
    }
  }
const twice = (count: number): string =>
  `paid-twice: after the restart of the book, ${count} request(s) were sent again that had been answered before`
const helloAnd = async (): Promise<Turn[]> => [
  { role: 'user', content: 'Hello.' },
  { role: 'assistant', content: await ask('ann', 'Hello.') },
]

const AGAIN = /^backoff: caller-\w+ retried the same request 3 times, each less than 100ms/

const SYSTEMS: readonly BadSystem[] = [
  {
    name: 'begins anew after each of two restarts',
    system: lives(chapters(1), chapters(1), chapters(1, 2)),
    found: [twice(1), twice(1)],
  },
  {
    name: 'begins anew after the second restart only',
    system: lives(chapters(1, 2), chapters(3), chapters(1, 2, 3, 4)),
    found: [twice(3)],
  },
  {
    name: 'is killed while it begins anew, and begins anew again',
    system: lives(chapters(1, 2, 3), chapters(1), chapters(1, 2, 3, 4)),
    found: [twice(3)],
  },
  {
    name: 'goes back to its last checkpoint, and pays for what came after it',
    system: lives(chapters(1, 2, 3), chapters(3, 4)),
    found: [twice(1)],
  },
  {
    name: 'begins anew, with a question that stands in each of its rounds',
    system: lives(
      ['Ready?', ...chapters(1), 'Ready?', ...chapters(2)],
      ['Ready?', ...chapters(1), 'Ready?', ...chapters(2)],
    ),
    found: [twice(2)],
  },
  {
    name: 'asks a question of a conversation again that was answered before the restart',
    async system({ report }) {
      const history = await helloAnd()
      for (const question of ['Why?', 'And then?']) await ask('ann', question, { history })
      report.resumed('the book')
      await ask('ann', 'Why?', { history })
      await ask('ann', 'What else?', { history })
    },
    found: [twice(1)],
  },
  {
    name: 'pays twice for more than what was under way',
    async system({ report }) {
      for (const question of chapters(1, 2)) await ask('ann', question)
      report.resumed('the book', { uncertain: 1 })
      for (const question of chapters(1, 2, 3)) await ask('ann', question)
    },
    found: [`${twice(2)} (1 of them may have been in progress)`],
  },
  {
    name: 'eight agents that all pause two seconds',
    options: down(),
    system: ({ agents }) =>
      Promise.allSettled(
        agents.map((agent) =>
          retrying(
            2,
            () => 2_000,
            () => ask(agent, 'Ready?'),
          ),
        ),
      ),
    found: ['backoff: 8 of 8 retries (attempt 2) came exactly 2s after the failure, without jitter'],
  },
  {
    name: 'five lanes of one agent that all pause two seconds',
    options: down(),
    system: () =>
      Promise.allSettled(
        chapters(1, 2, 3, 4, 5).map((page) =>
          retrying(
            2,
            () => 2_000,
            () => ask('ann', page),
          ),
        ),
      ),
    found: ['backoff: 5 of 5 retries (attempt 2) came exactly 2s after the failure, without jitter'],
  },
  {
    name: 'clients without a name that try again at once',
    options: down(),
    system: () =>
      Promise.allSettled(
        team.map(() =>
          retrying(
            4,
            () => 0,
            () => nameless('Ready?'),
          ),
        ),
      ),
    // A pause of nothing is a timer of a millisecond, for all at once.
    found: [
      'backoff: 8 of 8 retries (attempt 2) came exactly 1ms after the failure, without jitter',
      'backoff: 8 of 8 retries (attempt 3) came exactly 1ms after the failure, without jitter',
      AGAIN,
      /^backoff: 7 of 7 retries \(attempt 4\) came exactly 1ms after the failure, without jitter/,
      ...Array.from({ length: 7 }, () => AGAIN),
    ],
  },
  {
    name: 'four tries of three each',
    options: { ...down(), agents: ['ann'] },
    system: () => retrying(4, fullJitter, () => ask('ann', 'Ready?', { client: patient })).catch(() => {}),
    found: [/^amplification: ann sent the same request to openai more than 8 times: \d+ in all, in [\dms. ]+$/],
  },
  {
    name: 'four calls for each request, over the run',
    options: down(),
    system: ({ agents }) =>
      Promise.allSettled(
        agents.flatMap((agent) => chapters(1, 2, 3).map((page) => retrying(4, fullJitter, () => ask(agent, page)))),
      ),
    found: [
      'amplification: 24 requests led to 96 calls, 4.0 per request, by one layer of retries with up to 4 attempts of each',
    ],
  },
  {
    name: 'does not wait for what it was told, in the second sample of a prompt as well',
    options: { ...down('rate_limited'), agents: ['ann'] },
    system: () => Promise.allSettled([1, 2].map(() => retrying(2, fullJitter, () => ask('ann', 'Roll a die.')))),
    found: [/^retry-after: openai told ann to wait for 20s/, /^retry-after: openai told ann to wait for 20s/],
  },
  {
    name: 'asks the same for ever',
    options: { provider: { latency: '1s' } },
    async system() {
      await ask('ben', 'Begin.')
      for (let nth = 0; nth < 500; nth++) await ask('ann', 'Are we done?')
    },
    found: ['runaway: ann sent the same request 500 times in a row'],
  },
  {
    name: 'does for ever what its model asks for',
    options: {
      checks: { runaway: { exchanges: 30 } },
      provider: { latency: '1s', replies: () => ({ toolCalls: [{ name: 'look', arguments: {} }] }) },
    },
    async system() {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Find it.' }]
      for (let step = 0; step < 30; step++) {
        const { choices } = await actAs('ann', () =>
          plain.chat.completions.create({
            model: 'gpt-4o-mini',
            messages: [...messages],
            tools: [{ type: 'function', function: { name: 'look' } }],
          }),
        )
        const { message } = choices[0]!
        messages.push(message)
        for (const { id } of message.tool_calls!)
          messages.push({ role: 'tool', tool_call_id: id, content: `nothing on page ${step}` })
      }
    },
    found: ['runaway: ann took 30 steps in a row, each requested by a tool call of its own'],
  },
  {
    name: 'puts the answers to three questions at once into one history',
    async system() {
      const history = await helloAnd()
      const questions = ['Why?', 'And then?', 'Who?']
      const answers = await Promise.all(questions.map((question) => ask('ann', question, { history })))
      for (const [nth, content] of answers.entries())
        history.push({ role: 'user', content: questions[nth]! }, { role: 'assistant', content })
      await ask('ann', 'What else?', { history })
    },
    found: [/^conversations: ann sent call \d+ in the conversation ann\/\w+ before call 2 was answered$/],
  },
  {
    name: 'keeps one of two answers to questions at once',
    async system() {
      const history = await helloAnd()
      const [, content] = await Promise.all(['Why?', 'And then?'].map((question) => ask('ann', question, { history })))
      history.push({ role: 'user', content: 'And then?' }, { role: 'assistant', content: content! })
      await ask('ann', 'What else?', { history })
    },
    found: [/^conversations: ann sent call/],
  },
  {
    name: 'asks two questions of one history at once, at the end',
    async system() {
      const history = await helloAnd()
      await Promise.all(['Why?', 'And then?'].map((question) => ask('ann', question, { history })))
    },
    found: [/^conversations: ann sent call/],
  },
  {
    name: 'asks on behalf of an agent just after its end, and waits for the answer',
    options: { provider: { latency: '30s' } },
    async system({ report }) {
      report.terminated('ann', 'it is not needed')
      await sleep(500)
      await ask('ann', 'Well?')
    },
    found: ['cancellation: ann was terminated, and made call 1 500ms later'],
  },
  {
    name: 'goes on with the call of an agent that has been spawned anew at once',
    options: { provider: { latency: '30s' } },
    async system({ report }) {
      const old = ask('ann', 'Take your time.')
      await sleep(5_000)
      report.terminated('ann', 'it is replaced')
      report.spawned('ann')
      await Promise.all([old, ask('ann', 'And you?')])
    },
    found: ['cancellation: ann was terminated, and its call 1 ran for another 25s'],
  },
  {
    name: 'waits for the retries of an agent that is not waited for',
    options: {
      agents: ['ann', 'ben', 'slow'],
      provider: { agents: { slow: { failRate: 1, faults: { server_error: 1 } } } },
    },
    async system({ agents, report }) {
      const gather = report.gather('votes', { from: agents, timeout: '10s', atLeast: 2 })
      let over = false
      const calls = agents.map(async (agent) => {
        await retrying(
          3,
          () => 9_000,
          () => ask(agent, 'Your vote?'),
        )
        if (!over) gather.received(agent)
      })
      await Promise.race([Promise.allSettled(calls), sleep(10_000)])
      over = true
      gather.end()
      await Promise.allSettled(calls)
      await Promise.all(['ann', 'ben'].map((agent) => ask(agent, 'Next?')))
    },
    found: [
      'isolation: the gather "votes" continued without slow, but ann, ben did nothing for 14s, until call 5 of slow had ended',
      'deadlines: slow retried 1s after the gather "votes" had continued without this agent',
    ],
  },
  {
    name: 'asks agents one after another, each of which makes two calls at once',
    async system({ agents, report }) {
      const gather = report.gather('views', { from: agents })
      for (const agent of agents) {
        await Promise.all([ask(agent, 'Your view?'), ask(agent, 'Your doubts?')])
        gather.received(agent)
      }
      gather.end()
    },
    found: [/^sequential: for the gather "views" ann, ben, cem were called one after another/],
  },
  {
    name: 'calls past a breaker that is open, on behalf of another agent',
    async system({ provider: { trace } }) {
      trace.append({ type: 'breaker.changed', target: 'openai/gpt-4o-mini', state: 'open' })
      await sleep(10_000)
      await ask('ben', 'Are you there?')
    },
    found: [
      /^breaker: the breaker of openai\/gpt-4o-mini was open from 0ms to 14s, and 1 call\(s\) went through, the first by ben/,
    ],
  },
  {
    name: 'forgets what one of its agents costs',
    async system({ provider }) {
      await ask('ann', 'Well?')
      const cost = Number(provider.ledger.total.cost)
      provider.trace.append({ type: 'cost.claimed', agent: 'ann', model: 'gpt-4o-mini', known: cost, uncertain: 0 })
      await ask('ben', 'And you?')
    },
    found: [/^claims: the orchestrator reports a cost of \$0\.00 for ben, and the provider bills \$0\.0000/],
  },
  {
    name: 'counts an answer twice',
    async system({ report }) {
      const gather = report.gather('votes', { from: ['ann'] })
      await ask('ann', 'Your vote?')
      gather.received('ann')
      gather.received('ann')
      gather.end()
    },
    found: ['results: the gather "votes" counted the answer of ann twice'],
  },
  {
    name: 'loses an answer that came in time',
    async system({ agents, report }) {
      const gather = report.gather('votes', { from: agents, timeout: '60s', atLeast: 2 })
      await Promise.all(
        agents.map(async (agent) => {
          await ask(agent, 'Your vote?')
          if (agent !== 'ben') gather.received(agent)
        }),
      )
      await sleep(10_000)
      gather.end()
    },
    found: [
      'results: the gather "votes" counts ben as missing, though its call 2 was answered 10s before the gather ended',
    ],
  },
]

describe.for(SYSTEMS)('$name', ({ options, system, found }) => {
  test('is found out, and nothing else', async () => {
    const told = await verdict({ ...options, system })
    expect(told).toEqual(found.map((what) => (typeof what === 'string' ? what : expect.stringMatching(what))))
  })
})
