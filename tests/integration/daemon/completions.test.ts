import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { daemonOfCommands, FLAGS, type Data } from '../../given/daemon.ts'

const { longhaul, talk, ask, until, pid, start, socket } = daemonOfCommands()

describe('completions that clients ask for', { timeout: 60_000 }, () => {
  const finished = (id: unknown): Promise<Data> =>
    until('completion:status', { request_id: id }, ({ state }) => state !== 'queued' && state !== 'running')

  test('are answered in the order of their session, and told of', async () => {
    const client = connect(socket)
    await once(client, 'connect')
    client.write(`${JSON.stringify({ event: 'monitor:subscribe', data: { event_patterns: ['completion:*'] } })}\n`)
    const requests = ['first', 'second', 'third'].map((id) => ({
      event: 'completion:async',
      data: { request_id: id, session_id: 'talk', prompt: `The ${id}.` },
    }))
    expect((await talk(...requests)).map(({ data }) => data['status'])).toEqual(['queued', 'queued', 'queued'])
    const results: Data[] = []
    for await (const line of createInterface(client)) {
      const { event_name: name, data } = JSON.parse(line) as { event_name?: string; data: Data }
      if (name === 'completion:result') results.push(data)
      if (results.length === 3) break
    }
    client.destroy()
    expect(results.map(({ request_id: id }) => id)).toEqual(['first', 'second', 'third'])
    // The later ones carry what was said before.
    const tokens = results.map(({ usage }) => (usage as { input: number }).input)
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b))
    expect(await ask('completion:session_status', { session_id: 'talk' })).toMatchObject({
      completions: [{ status: 'completed' }, { status: 'completed' }, { status: 'completed' }],
      queue: { queued: 0, running: 0 },
    })
    expect(await ask('completion:async', { request_id: 'first', prompt: 'Again.' })).toMatchObject({
      error: 'The completion "first" already exists.',
    })
    const { agents } = await ask('completion:token_usage')
    expect(agents).toContainEqual(
      expect.objectContaining({ calls: 3, input_tokens: tokens.reduce((sum, each) => sum + each, 0) }),
    )
  })

  test('can be cancelled, and are refused where they make no sense', async () => {
    // The second waits for the first of its session. In one go, as answers take 5 ms.
    const [, , cancelled] = await talk(
      { event: 'completion:async', data: { request_id: 'long', session_id: 'busy', prompt: 'A long one.' } },
      { event: 'completion:async', data: { request_id: 'waits', session_id: 'busy', prompt: 'Another.' } },
      { event: 'completion:cancel', data: { request_id: 'waits' } },
    )
    expect(cancelled!.data).toMatchObject({ status: 'cancelling' })
    expect(await finished('waits')).toMatchObject({ state: 'cancelled' })
    expect(await finished('long')).toMatchObject({ state: 'completed' })
    expect(await ask('completion:cancel', { request_id: 'long' })).toMatchObject({
      error: 'The completion "long" is completed and cannot be cancelled.',
    })
    expect(await ask('completion:async')).toMatchObject({ status: 'failed' })
    expect(await ask('completion:async', { messages: [{ role: 'nobody', content: '' }] })).toMatchObject({
      error: expect.stringContaining('messages[0]') as string,
    })
    expect(await ask('completion:async', { model: 'gpt-4o-mini', prompt: 'x', session_id: [7] })).toMatchObject({
      error: 'session_id is [7]. Give a text.',
    })
  })

  test('asked of an agent, they go into its conversation', async () => {
    const id = await start({ max_rounds: 400, pause: '20ms' })
    const { request_id: request } = await ask('completion:async', { agent_id: `${id}_critic`, prompt: 'Between us?' })
    expect(await finished(request)).toMatchObject({ state: 'completed', session_id: `${id}_critic` })
    const { request_id: byName } = await ask('completion:async', { agent_id: 'critic', prompt: 'Between us?' })
    expect(await finished(byName)).toMatchObject({ state: 'completed', session_id: `${id}_critic` })
    const { events } = await ask('monitor:get_session_events', { session_id: `${id}_critic` })
    const names = (events as { event_name: string }[]).map(({ event_name: name }) => name)
    expect(names).toEqual(expect.arrayContaining(['cost.claimed', 'completion:result']))
    await ask('orchestration:request_termination', { orchestration_id: id })
    await until('orchestration:status', { orchestration_id: id }, ({ state }) => state === 'terminated')
  })

  test('survive SIGKILL: those that were not answered are asked by the next daemon', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `kept-${index}`)
    await talk(
      ...ids.map((id) => ({ event: 'completion:async', data: { request_id: id, session_id: 's', prompt: id } })),
    )
    process.kill(pid(), 'SIGKILL')
    for (;;) if ((await longhaul('daemon', 'status')).code === 3) break
    expect(await longhaul('daemon', 'start', ...FLAGS)).toMatchObject({ code: 0 })
    for (const id of ids) expect(await finished(id)).toMatchObject({ state: 'completed' })
    const { completions } = await ask('completion:session_status', { session_id: 's' })
    expect((completions as Data[]).map(({ request_id: id }) => id)).toEqual(ids)
  })
})
