import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { actAs, lognormal, outage, toolCall, uniform, type FunctionOptions, type SystemContext } from 'longhaul'
import { ask, fullJitter, growing, patient, read, retrying, searching, sleep, vote } from './systems.ts'
import { verdict } from './verdict.ts'

type Turn = { role: 'user' | 'assistant'; content: string }
type Work = Parameters<typeof verdict>[1]

/** Systems as they should be, of the kinds that people build. No check finds anything in any of them. */
interface GoodSystem {
  name: string
  options?: Partial<FunctionOptions>
  system: (context: SystemContext) => Promise<unknown>
  work?: Work
}

const team = ['ann', 'ben', 'cem', 'dan', 'eve']
const fallible = (rate: number): Partial<FunctionOptions> => ({
  agents: team,
  provider: { failRate: rate, latency: lognormal({ median: '4s', p95: '12s' }), retryAfter: '20s' },
})
const minutes = (count: number): number => count * 60_000

/** So many at a time, like p-limit. */
async function limited<Item>(
  at: number,
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const left = [...items]
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item).catch(() => {})
  }
  await Promise.all(Array.from({ length: at }, lane))
}

const pages = (count: number): string[] =>
  Array.from({ length: count }, (_, nth) => `Page ${nth + 1}: what is it about?`)
const outOfOrder = { windows: [outage({ from: '3m', for: '15m' })], latency: uniform('2s', '6s') } as const

const SYSTEMS: readonly GoodSystem[] = [
  {
    name: 'a supervisor that hands work to its workers, one after another',
    async system() {
      const history: Turn[] = []
      for (let step = 0; step < 12; step++) {
        const plan = await ask('supervisor', `Step ${step}: who is next?`, { history: [...history] })
        const done = await ask(team[step % 3]!, `Do this: ${plan}`)
        history.push({ role: 'user', content: `Step ${step}: who is next?` }, { role: 'assistant', content: plan })
        history.push({ role: 'user', content: `Done: ${done}` }, { role: 'assistant', content: 'Good.' })
      }
    },
  },
  {
    name: 'six hundred pages, read by one worker while another waits',
    options: { provider: { latency: '1s' } },
    async system() {
      await ask('ben', 'Make a plan.')
      for (const page of pages(600)) await ask('ann', page)
      await ask('ben', 'Sum it up.')
    },
  },
  {
    name: 'six hundred pages, mapped by one worker, twenty at a time, and reduced',
    options: fallible(0.1),
    async system() {
      const parts: string[] = []
      await limited(20, pages(600), async (page) => void parts.push(await ask('mapper', page, { client: patient })))
      await ask('reducer', parts.join('\n').slice(0, 20_000), { client: patient }).catch(() => {})
    },
  },
  {
    name: 'pages that are read with examples before them, five at a time',
    async system() {
      const history: Turn[] = [
        { role: 'user', content: 'Page 0: what is it about?' },
        { role: 'assistant', content: 'The sea.' },
      ]
      await limited(5, pages(30), (page) => ask('mapper', page, { history }))
    },
  },
  ...(['plain', 'patient'] as const).flatMap((kind): GoodSystem[] => {
    const asking = kind === 'patient' ? { client: patient } : {}
    return [
      {
        name: `a poller every minute through an outage, with a ${kind} client`,
        options: { provider: outOfOrder },
        async system() {
          for (let nth = 0; nth < 25; nth++) {
            await ask('poller', 'Any news?', asking).catch(() => {})
            await sleep(minutes(1))
          }
        },
      },
      {
        name: `pollers on intervals of ten seconds through an outage, with a ${kind} client`,
        options: { provider: outOfOrder },
        async system({ agents }) {
          const beats = agents.map((agent) =>
            setInterval(() => ask(agent, 'Any news?', asking).catch(() => {}), 10_000),
          )
          await sleep(minutes(25) - 1)
          for (const beat of beats) clearInterval(beat)
          await sleep(60_000)
        },
      },
      {
        name: `a poller every minute through an outage, each poll new, with a ${kind} client`,
        options: { provider: outOfOrder },
        async system() {
          for (let nth = 0; nth < 25; nth++) {
            await ask('poller', `Any news since ${nth}?`, asking).catch(() => {})
            await sleep(minutes(1))
          }
        },
      },
    ]
  }),
  {
    name: 'six pollers every minute in an outage from the start',
    options: { agents: [...team, 'fay'], provider: { windows: [outage({ from: 0, for: '10m' })], latency: '4s' } },
    system: ({ agents }) =>
      Promise.all(
        agents.map(async (agent) => {
          for (let nth = 0; nth < 20; nth++) {
            await ask(agent, 'Any news?').catch(() => {})
            await sleep(minutes(1))
          }
        }),
      ),
  },
  {
    name: 'a lone client that pauses two seconds after each failure',
    options: { provider: { failRate: 0.4, faults: { server_error: 1 }, latency: uniform('2s', '6s') } },
    async system() {
      for (const page of pages(60))
        await retrying(
          5,
          () => 2_000,
          () => ask('ann', page),
        ).catch(() => {})
    },
  },
  {
    name: 'a lone client without a name that pauses two seconds after each failure',
    options: { provider: { failRate: 0.4, faults: { server_error: 1 }, latency: '4s' } },
    async system() {
      const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
      for (const content of pages(60))
        await retrying(
          5,
          () => 2_000,
          () => client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] }),
        ).catch(() => {})
    },
  },
  {
    name: 'five samples of one prompt, with the retries of the client',
    options: fallible(0.4),
    system: () => Promise.allSettled(team.map(() => ask('ann', 'Roll a die.', { client: patient }))),
  },
  {
    name: 'samples of one prompt, two at a time, and the majority of them',
    options: fallible(0.3),
    system: () => limited(2, pages(20), () => ask('ann', 'Roll a die.')),
  },
  {
    name: 'samples of one prompt, begun one second after each other, with the retries of the client',
    options: fallible(0.4),
    system: () =>
      Promise.allSettled(
        pages(10).map(async (_, nth) => {
          await sleep(nth * 1_000)
          await ask('ann', 'Roll a die.', { client: patient })
        }),
      ),
  },
  {
    name: 'self-consistency on one history: samples that differ by their seed',
    async system() {
      const answer = await ask('ann', 'Solve it.')
      const client = new OpenAI({ apiKey: 'test' })
      const messages = [
        { role: 'user' as const, content: 'Solve it.' },
        { role: 'assistant' as const, content: answer },
        { role: 'user' as const, content: 'And again?' },
      ]
      await actAs('ann', () =>
        Promise.all([1, 2].map((seed) => client.chat.completions.create({ model: 'gpt-4o-mini', messages, seed }))),
      )
    },
  },
  {
    name: 'a tree of thoughts: three branches of one history, of which the best is gone on with',
    async system() {
      let history: Turn[] = []
      const grow = async (question: string): Promise<Turn[]> => {
        const answer = await ask('ann', question, { history })
        return [...history, { role: 'user', content: question }, { role: 'assistant', content: answer }]
      }
      history = await grow('Think.')
      for (let depth = 0; depth < 3; depth++) {
        const branches = await Promise.all(['first', 'second', 'third'].map((idea) => grow(`Your ${idea} idea?`)))
        history = branches[depth % 3]!
      }
    },
  },
  {
    name: 'a tree of thoughts with two branches that a judge compares',
    async system() {
      const first = await ask('ann', 'Think.')
      const history: Turn[] = [
        { role: 'user', content: 'Think.' },
        { role: 'assistant', content: first },
      ]
      const thoughts = await Promise.all(['For it?', 'Against it?'].map((side) => ask('ann', side, { history })))
      await ask('judge', `Which is better?\n1. ${thoughts[0]}\n2. ${thoughts[1]}`)
    },
  },
  {
    name: 'a tree of thoughts with two branches that are both gone on with, at their own pace',
    options: { provider: { latency: uniform('2s', '20s') } },
    async system() {
      const first = await ask('ann', 'Think.')
      const root: Turn[] = [
        { role: 'user', content: 'Think.' },
        { role: 'assistant', content: first },
      ]
      const branch = async (side: string): Promise<void> => {
        const history = [...root]
        for (const question of [side, 'Why?', 'What else?']) {
          const content = await ask('ann', question, { history: [...history] })
          history.push({ role: 'user', content: question }, { role: 'assistant', content })
        }
      }
      await Promise.all(['For it?', 'Against it?'].map(branch))
    },
  },
  {
    name: 'a debate in which each prompt holds what was said before',
    options: { agents: team },
    async system({ agents, report }) {
      const said: string[] = []
      for (let round = 1; round <= 3; round++) {
        const gather = report.gather(`round ${round}`, { from: agents, timeout: '10m' })
        for (const agent of agents) {
          const text = await ask(agent, `So far:\n${said.join('\n')}\nWhat do you say, ${agent}?`)
          said.push(`${agent}: ${text}`)
          gather.received(agent)
        }
        gather.end()
      }
    },
  },
  {
    name: 'a group chat with a shared transcript, as messages',
    options: { agents: team },
    async system({ agents, report }) {
      const transcript: Turn[] = [{ role: 'user', content: 'Where should the harbour be?' }]
      const gather = report.gather('chat', { from: agents })
      for (let turn = 0; turn < 20; turn++) {
        const agent = agents[turn % agents.length]!
        const answer = await ask(agent, `Your turn, ${agent}.`, { history: [...transcript] })
        transcript.push({ role: 'user', content: `${agent}: ${answer}` })
        if (turn < agents.length) gather.received(agent)
      }
      gather.end()
    },
  },
  {
    name: 'hedged requests: the second is sent after a while, and the loser is aborted',
    options: { provider: { latency: uniform('2s', '20s') } },
    async system() {
      for (let round = 0; round < 15; round++) {
        const won = new AbortController()
        const calls = [0, 5_000].map(async (delay) => {
          await sleep(delay)
          won.signal.throwIfAborted()
          return ask('ann', 'Status?', { signal: won.signal })
        })
        await Promise.any(calls)
        won.abort()
        await Promise.allSettled(calls)
      }
    },
  },
  {
    name: 'a race of agents, round after round, whose losers are aborted',
    options: { agents: team, provider: { latency: uniform('2s', '6s') } },
    async system({ agents }) {
      for (let round = 0; round < 15; round++) {
        const won = new AbortController()
        const calls = agents.map((agent) => ask(agent, 'Who is first?', { signal: won.signal }))
        await Promise.any(calls)
        won.abort()
        await Promise.allSettled(calls)
      }
    },
  },
  {
    name: 'votes round after round, of which one agent always comes too late',
    options: {
      agents: [...team, 'slow'],
      provider: { latency: uniform('2s', '6s'), agents: { slow: { latency: '50s' } } },
    },
    async system(context) {
      for (let round = 0; round < 15; round++) await vote(context, 'votes', { timeoutMs: 10_000 })
    },
  },
  {
    name: 'a fallback to another model where one is out of order, round after round',
    options: {
      provider: { failRate: 0, windows: [outage({ from: 0, for: '10m', model: 'gpt-4o-mini' })], latency: '4s' },
    },
    async system() {
      const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
      const of = (model: string) =>
        actAs('ann', () => client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Status?' }] }))
      for (let round = 0; round < 20; round++) {
        await of('gpt-4o-mini').catch(() => of('gpt-4o'))
        await sleep(minutes(1))
      }
    },
  },
  {
    name: 'two layers of retries with jitter',
    options: { agents: team, provider: { failRate: 0.5, faults: { server_error: 1, bad_gateway: 1 } } },
    system: ({ agents }) =>
      Promise.allSettled(
        agents.map(async (agent) => {
          for (const page of pages(10))
            await retrying(2, fullJitter, () => ask(agent, page, { client: patient })).catch(() => {})
        }),
      ),
  },
  {
    name: 'an agent that is restarted again and again while its call hangs',
    options: { provider: { agents: { ann: { latency: '10m' } } } },
    async system({ report }) {
      for (let life = 0; life < 12; life++) {
        const end = new AbortController()
        const call = ask('ann', 'Do it.', { signal: end.signal })
        await sleep(5_000)
        report.terminated('ann', 'it hangs')
        end.abort()
        await call.catch(() => {})
        report.spawned('ann')
      }
    },
  },
  {
    name: 'a run that is killed again and again, and asks again for what was under way',
    options: { agents: team, provider: { latency: '10m' } },
    async system({ agents, report }) {
      for (let life = 0; life < 12; life++) {
        const end = new AbortController()
        const calls = agents.map((agent) => ask(agent, 'Do it.', { signal: end.signal }))
        await sleep(5_000)
        end.abort()
        await Promise.allSettled(calls)
        report.resumed('the run', { uncertain: agents.length })
      }
    },
  },
  {
    name: 'rounds that begin with the same question, over several restarts',
    options: { agents: ['ann', 'ben'] },
    async system({ agents, report }) {
      for (let round = 1; round <= 4; round++) {
        await Promise.all(agents.map((agent) => ask(agent, 'Ready?')))
        await Promise.all(agents.map((agent) => ask(agent, `Round ${round}: your move?`)))
        report.resumed('the game')
      }
    },
  },
  {
    name: 'rounds with the same question, of which a restart cuts off the work in between',
    options: { agents: ['ann'] },
    async system({ report }) {
      await ask('ann', 'Ready?')
      const end = new AbortController()
      const work = ask('ann', 'Round 1: your move?', { signal: end.signal })
      await sleep(1_000)
      end.abort()
      await work.catch(() => {})
      report.resumed('the game')
      for (const question of ['Round 1: your move?', 'Ready?', 'Round 2: your move?']) await ask('ann', question)
    },
  },
  {
    name: 'gathers of other names that ask the same, over a restart',
    options: { agents: ['ann', 'ben'] },
    async system({ agents, report }) {
      for (let round = 1; round <= 2; round++) {
        const gather = report.gather(`round ${round}`, { from: agents })
        await Promise.all(agents.map((agent) => ask(agent, 'Your move?').then(() => gather.received(agent))))
        gather.end()
        report.resumed('the game')
      }
    },
  },
  {
    name: 'an agent that is terminated and spawned anew under the same name at once',
    async system({ report }) {
      const end = new AbortController()
      const old = ask('ann', 'Take your time.', { signal: end.signal })
      await sleep(1_000)
      report.terminated('ann', 'it is replaced')
      end.abort()
      report.spawned('ann')
      await Promise.all([old.catch(() => {}), ask('ann', 'And you?')])
      await ask('ann', 'What else?')
    },
  },
  {
    name: 'a vote that was no vote, and is asked for again, in vain',
    options: { agents: ['ann', 'ben', 'slow'], provider: { latency: '2s', agents: { slow: { latency: '30s' } } } },
    async system({ agents, report }) {
      const gather = report.gather('votes', { from: agents, timeout: '60s', atLeast: 2 })
      await Promise.all(
        agents.map(async (agent) => {
          const first = await ask(agent, 'Your vote?')
          if (agent !== 'ann') return gather.received(agent)
          const history: Turn[] = [
            { role: 'user', content: 'Your vote?' },
            { role: 'assistant', content: first },
          ]
          await ask(agent, 'That was no vote. Answer yes or no.', { history })
        }),
      )
      gather.end()
    },
  },
  {
    name: 'an answer that was cut off, and does not count',
    options: { agents: ['ann', 'ben', 'slow'], provider: { latency: '2s', agents: { slow: { latency: '30s' } } } },
    async system({ agents, report }) {
      const client = new OpenAI({ apiKey: 'test' })
      const gather = report.gather('votes', { from: agents, timeout: '60s', atLeast: 2 })
      await Promise.all(
        agents.map((agent) =>
          actAs(agent, async () => {
            const { choices } = await client.chat.completions.create({
              model: 'gpt-4o-mini',
              messages: [{ role: 'user', content: 'Your vote?' }],
              ...(agent === 'ann' && { max_tokens: 3 }),
            })
            if (choices[0]!.finish_reason === 'stop') gather.received(agent)
          }),
        ),
      )
      gather.end()
    },
  },
  {
    name: 'idempotent requests that are left, and asked for again after a crash',
    options: { agents: team, provider: { services: { openai: { idempotency: true } }, latency: '60s' } },
    async system({ agents, report }) {
      const client = new OpenAI({ apiKey: 'test', maxRetries: 0, timeout: 600_000 })
      const once = (agent: string, key: string, signal?: AbortSignal) =>
        actAs(agent, () =>
          client.chat.completions.create(
            { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Do it.' }] },
            { headers: { 'idempotency-key': `${agent}/${key}` }, ...(signal && { signal }) },
          ),
        )
      const gather = report.gather('work', { from: agents, timeout: '10s', atLeast: 0 })
      const end = AbortSignal.timeout(10_000)
      await Promise.allSettled(agents.map((agent) => once(agent, '1', end)))
      gather.end()
      await sleep(60_000)
      report.resumed('the run', { uncertain: agents.length })
      await Promise.all(agents.map((agent) => once(agent, '1')))
    },
  },
  {
    name: 'a timeout that leaves idempotent requests to the service at the end',
    options: { agents: team, provider: { services: { openai: { idempotency: true } }, latency: '60s' } },
    async system({ agents }) {
      const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
      const signal = AbortSignal.timeout(10_000)
      await Promise.allSettled(
        agents.map((agent) =>
          actAs(agent, () =>
            client.chat.completions.create(
              { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Do it.' }] },
              { headers: { 'idempotency-key': agent }, signal },
            ),
          ),
        ),
      )
    },
  },
  {
    name: 'a reader that takes the beginning of each stream and leaves',
    async system() {
      const client = new OpenAI({ apiKey: 'test' })
      for (let round = 0; round < 15; round++) {
        const stream = await actAs('ann', () =>
          client.chat.completions.create({
            model: 'gpt-4o-mini',
            messages: [{ role: 'user', content: 'Tell a story.' }],
            stream: true,
          }),
        )
        for await (const _ of stream) break
        await read('ben', 'And all of another.')
      }
    },
  },
  {
    name: 'a long poll: a question that is answered after ten minutes, again and again',
    options: { provider: { latency: '10m' } },
    async system() {
      for (let round = 0; round < 100; round++) await ask('ann', 'What is new?')
    },
  },
  {
    name: 'a heartbeat that asks the same every minute for ten hours',
    async system() {
      await ask('ben', 'Begin.')
      for (let beat = 0; beat < 600; beat++) {
        await ask('ann', 'All well?')
        await sleep(minutes(1))
      }
    },
  },
  {
    name: 'a token that has expired, and is renewed before the request is sent again',
    options: { provider: { windows: [outage({ from: '9m', for: '2m', fault: 'unauthorized' })], latency: '1s' } },
    async system() {
      for (let beat = 0; beat < 20; beat++) {
        await ask('ann', 'All well?').catch(async () => {
          await sleep(minutes(3))
          await ask('ann', 'All well?')
        })
        await sleep(minutes(1))
      }
    },
  },
  {
    name: 'a heartbeat every minute, to a service that refuses its key for half an hour',
    options: { provider: { windows: [outage({ from: 0, for: '30m', fault: 'unauthorized' })] } },
    async system() {
      for (let beat = 0; beat < 40; beat++) {
        await ask('ann', 'All well?').catch(() => {})
        await sleep(minutes(1))
      }
    },
  },
  {
    name: 'work of a team whose key is wrong: each request is sent once',
    options: { agents: team, provider: { windows: [outage({ from: 0, fault: 'unauthorized' })] } },
    system: ({ agents }) =>
      Promise.all(
        agents.map((agent) => limited(3, pages(20), (page) => ask(agent, page, { client: patient }).catch(() => {}))),
      ),
  },
  {
    name: 'a request that is tried through an outage of three hours, at last every minute',
    options: { agents: team, provider: { windows: [outage({ from: 0, for: '3h', fault: 'overloaded' })] } },
    system: ({ agents }) =>
      Promise.all(
        agents.map((agent) =>
          retrying(
            200,
            (attempt) => Math.min(60_000, growing(Math.min(attempt, 8))),
            () => ask(agent, 'Ready?'),
          ),
        ),
      ),
  },
  {
    name: 'many that survive a short outage with few tries each',
    options: { provider: { windows: [outage({ from: 0, for: '3s', fault: 'overloaded' })], latency: '5s' } },
    async system() {
      const client = new OpenAI({ apiKey: 'test', maxRetries: 6 })
      await Promise.all(pages(40).map((page, nth) => ask(`worker ${nth}`, page, { client })))
    },
  },
  {
    name: 'a chat that asks a smaller model for a title beside each turn',
    async system() {
      const history: Turn[] = []
      for (const question of ['Hello.', 'Why?', 'And then?', 'What else?']) {
        const before = [...history]
        const [answer] = await Promise.all([
          ask('ann', question, { history: before }),
          ask('ann', 'A title for this, in three words.', { history: before, model: 'gpt-4.1-nano' }),
        ])
        history.push({ role: 'user', content: question }, { role: 'assistant', content: answer })
      }
    },
  },
  {
    name: 'a chat whose first question is answered and given a title at once',
    async system() {
      const question: Turn = { role: 'user', content: 'Where should the harbour be?' }
      const [answer] = await Promise.all([
        ask('ann', question.content),
        ask('ann', 'A title for this, in three words.', { history: [question] }),
      ])
      await ask('ann', 'Why?', { history: [question, { role: 'assistant', content: answer }] })
    },
  },
  {
    name: 'a user who writes on before the answer, which is broken off each time',
    async system() {
      const history: Turn[] = []
      for (const content of ['Hello.', 'I mean:', 'Where should the harbour be?']) {
        const end = new AbortController()
        const call = ask('ann', content, { history: [...history], signal: end.signal }).catch(() => {})
        await sleep(1_000)
        end.abort()
        history.push({ role: 'user', content })
        await call
      }
      await ask('ann', 'Well?', { history })
    },
  },
  {
    name: 'five samples of one answer, all of which the history keeps for the choice',
    async system() {
      const question: Turn = { role: 'user', content: 'A name for the harbour?' }
      const names = await Promise.all(team.map(() => ask('ann', question.content)))
      const history = [question, ...names.map((content): Turn => ({ role: 'assistant', content }))]
      await ask('ann', 'Which is best?', { history })
    },
  },
  {
    name: 'an agent that calls the same tool with the same arguments, and gets something new each time',
    options: { provider: { latency: '1s', agents: { ann: { reply: toolCall('search', { next: true }) } } } },
    system: () => searching('ann', 60, async (step) => `Page ${step}`),
  },
  {
    name: 'an agent that asks its tool for the state of a job, which waits ten seconds each time',
    options: { provider: { latency: '1s', agents: { ann: { reply: toolCall('search', { job: 7 }) } } } },
    system: () =>
      searching('ann', 60, async (step) => {
        await sleep(10_000)
        return step < 59 ? 'running' : 'done'
      }),
  },
  {
    name: 'a judge that is asked by the test, not by the system',
    system: () => ask('ann', 'Tell a story.'),
    async work({ run, sleep: wait }) {
      await run()
      await Promise.all([ask('judge', 'Was it good?'), ask('judge', 'Was it long?')])
      await wait('1h')
      await run()
      await ask('judge', 'And that?')
    },
  },
  {
    name: 'rounds with retries that give up, every five minutes, in an outage',
    options: {
      agents: team,
      provider: { windows: [outage({ from: '10m', for: '1h' })], latency: uniform('2s', '6s') },
    },
    async system({ agents }) {
      for (let round = 0; round < 16; round++) {
        await Promise.allSettled(agents.map((agent) => retrying(3, fullJitter, () => ask(agent, 'Your report?'))))
        await sleep(minutes(5))
      }
    },
  },
]

describe.for(SYSTEMS)('$name', ({ options, system, work }) => {
  test.for([1, 2, 3])('passes every check, by seed %i', { timeout: 60_000 }, async (seed) => {
    expect(await verdict({ ...options, seed, system }, work)).toEqual([])
  })
})
