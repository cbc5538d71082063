import { describe, expect, test } from 'vitest'
import { Orchestrator } from '../../../../src/orchestrator/index.ts'
import type { OrchestratorDependencies } from '../../../../src/orchestrator/run/dependencies.ts'
import type { RunStart } from '../../../../src/orchestrator/run/orchestrator.ts'
import { loadPattern } from '../../../../src/pattern/index.ts'
import { RunStore } from '../../../../src/store/index.ts'
import { Trace } from '../../../../src/trace/index.ts'
import { settled } from '../../../given/hand-time.ts'
import { pattern } from '../../../given/strategy.ts'

/** An orchestrator of a strategy whose service answers `reply` at once, or, without one, when `answer` is called. */
function made(text: string, given: RunStart & Partial<OrchestratorDependencies> & { reply?: string } = {}) {
  const { vars, run, resume, reply, ...rest } = given
  const start = { ...(vars && { vars }), ...(run !== undefined && { run }), ...(resume && { resume }) }
  const trace = new Trace(() => 0)
  const open: (() => void)[] = []
  const body = { choices: [{ message: { content: reply ?? 'Yes.' }, finish_reason: 'stop' }] }
  const usage = { prompt_tokens: 10, completion_tokens: 2 }
  const send: typeof fetch = (_, init) =>
    new Promise((resolve, reject) => {
      const answer = (): void => resolve(Response.json({ ...body, usage }))
      if (reply !== undefined) return answer()
      open.push(answer)
      init?.signal?.addEventListener('abort', () => reject(init.signal!.reason as Error))
    })
  const services = { openai: { baseURL: 'http://service.test', format: 'openai' as const, fetch: send } }
  const orchestrator = new Orchestrator(loadPattern(pattern(text)), start, { services }, { trace, ...rest })
  return { orchestrator, trace, asked: open, answer: () => open.shift()!() }
}

const told = (orchestrator: Orchestrator, name: string): unknown =>
  orchestrator.snapshot().agents.find(({ settings }) => (settings as { name: string }).name === name)?.inbox

describe('a run', () => {
  test('that returns has its whole result', async () => {
    const { orchestrator } = made('x = 1\nRETURN x + 1')
    expect(await orchestrator.run()).toMatchObject({
      status: 'completed',
      reason: 'returned',
      result: 2,
      variables: { x: 1, agents: ['ann', 'ben'], orchestration_id: 'run' },
      failure: null,
      cost: { byAgent: {} },
      cache: null,
      breakers: {},
      agents: { ann: 'alive', ben: 'alive' },
    })
  })

  test('whose signal is aborted ends by the reason of that, before it begins and later', async () => {
    const reason = new Error('No more.')
    await expect(made('RETURN 1', { signal: AbortSignal.abort(reason) }).orchestrator.run()).rejects.toBe(reason)
    const controller = new AbortController()
    const { orchestrator, trace } = made('WAIT 1 hour', { signal: controller.signal })
    const running = orchestrator.run()
    await settled()
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(trace.ofType('effect.ended')).toMatchObject([{ ok: false, failure: 'Error', message: 'No more.' }])
  })
})

describe('a run that is kept', () => {
  const asks = 'a = AWAIT completion FROM "ann"\nb = AWAIT completion FROM "ben"\nRETURN [a.text, b.text]'

  test('and suspended awaits what is under way, and goes on behind it', async () => {
    const store = new RunStore(':memory:')
    const { orchestrator, asked, answer } = made(asks, { store })
    const running = orchestrator.run()
    await settled()
    orchestrator.suspend()
    await settled()
    expect(store.list()).toMatchObject([{ status: 'running' }])
    answer()
    expect(await running).toMatchObject({ status: 'suspended', reason: 'suspended', result: null })
    expect(asked).toHaveLength(0)
    expect(store.list()).toMatchObject([{ status: 'suspended' }])
    const next = made(asks, { store, resume: true, reply: 'Later.' })
    expect(await next.orchestrator.run()).toMatchObject({ status: 'completed', result: ['Yes.', 'Later.'] })
    expect(next.trace.ofType('run.resumed')).toMatchObject([{ run: 'run', uncertain: 0 }])
    expect(store.list()).toMatchObject([{ status: 'completed' }])
    store.close()
  })

  test('and suspended at once breaks off what is under way', async () => {
    const store = new RunStore(':memory:')
    const { orchestrator } = made(asks, { store })
    const running = orchestrator.run()
    await settled()
    orchestrator.suspend({ running: 'cancel' })
    expect(await running).toMatchObject({ status: 'suspended' })
    expect(store.list()).toMatchObject([{ status: 'suspended' }])
    const next = made(asks, { store, resume: true, reply: 'Later.' })
    expect(await next.orchestrator.run()).toMatchObject({ result: ['Later.', 'Later.'] })
    store.close()
  })

  test('and killed stays as it was kept, and its call may be billed', async () => {
    const store = new RunStore(':memory:')
    const { orchestrator } = made(asks, { store })
    const running = orchestrator.run()
    await settled()
    orchestrator.kill()
    expect(await running).toMatchObject({ status: 'suspended' })
    expect(store.list()).toMatchObject([{ status: 'running' }])
    const next = made(asks, { store, resume: true, reply: 'Later.' })
    expect(next.trace.ofType('run.resumed')).toMatchObject([{ run: 'run', uncertain: 1 }])
    expect(await next.orchestrator.run()).toMatchObject({ result: ['Later.', 'Later.'] })
    store.close()
  })

  test('keeps its checkpoints, and tells of them', async () => {
    const store = new RunStore(':memory:')
    const names: (string | null)[] = []
    const { orchestrator } = made('CHECKPOINT "half"\nRETURN 1', { store, onCheckpoint: (name) => names.push(name) })
    await orchestrator.run()
    expect(names).toEqual(['half'])
    expect(store.checkpoints('run')).toMatchObject([{ name: 'half' }])
    store.close()
  })
})

describe('from outside', () => {
  test('agents are told, added and terminated, and all of that is kept', async () => {
    const store = new RunStore(':memory:')
    const { orchestrator, trace } = made('WAIT 1 hour', { store })
    const running = orchestrator.run()
    orchestrator.sendMessage('ann', 'Hello.', 'zoe')
    expect(told(orchestrator, 'ann')).toEqual([{ text: 'Hello.', hops: 0 }])
    orchestrator.spawnAgent('cid', {})
    expect(orchestrator.agents).toEqual(['ann', 'ben', 'cid'])
    expect(orchestrator.variables['agents']).toEqual(['ann', 'ben', 'cid'])
    orchestrator.emit('news', { n: 1 }, 'zoe')
    expect(trace.ofType('event.emitted')).toMatchObject([{ event: 'news', from: 'zoe', hops: 0 }])
    orchestrator.terminateAgent('ben', 'it is done')
    expect(trace.ofType('agent.terminated')).toMatchObject([{ agent: 'ben', reason: 'it is done' }])
    orchestrator.kill()
    expect((await running).agents).toEqual({ ann: 'alive', ben: 'terminated', cid: 'alive' })
    const next = made('WAIT 1 hour', { store, resume: true }).orchestrator
    expect(next.agents).toEqual(['ann', 'ben', 'cid'])
    expect(told(next, 'ann')).toEqual([{ text: 'Hello.', hops: 0 }])
    store.close()
  })

  test('an agent answers a question once, also after a restart', async () => {
    const store = new RunStore(':memory:')
    const { orchestrator } = made('WAIT 1 hour', { store, reply: 'Yes.' })
    const running = orchestrator.run()
    const never = new AbortController().signal
    expect(await orchestrator.requestAnswer('ann', 'Go?', 1, never)).toMatchObject({ agent: 'ann', text: 'Yes.' })
    orchestrator.kill()
    await running
    const next = made('WAIT 1 hour', { store, resume: true, reply: 'No.' }).orchestrator
    expect(await next.requestAnswer('ann', 'Go?', 1, never)).toMatchObject({ text: 'Yes.' })
    next.answered(1)
    expect(await next.requestAnswer('ann', 'Go?', 2, never)).toMatchObject({ text: 'No.' })
    expect(next.breakers).toEqual({ 'openai/gpt-4o-mini': 'closed' })
    expect(next.savings).toBeNull()
    store.close()
  })
})
