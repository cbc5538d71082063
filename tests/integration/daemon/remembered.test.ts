import { describe, expect, test } from 'vitest'
import { daemonOfCommands } from '../../given/daemon.ts'

const { longhaul, talk, ask, until } = daemonOfCommands()

describe('what clients let it remember', { timeout: 60_000 }, () => {
  test('entities, relationships, graphs and counts', async () => {
    for (const [id, level] of Object.entries({ ada: 3, bea: 1, cem: 2 }))
      await ask('state:entity:create', { type: 'worker', id, properties: { level, team: 'red' } })
    expect(await ask('state:entity:create', { type: 'worker', id: 'ada' })).toMatchObject({ status: 'failed' })
    expect(await ask('state:entity:update', { id: 'cem', properties: { team: null, level: 5 } })).toMatchObject({
      properties: { level: 5 },
    })
    const found = await ask('state:entity:query', { type: 'worker', where: { team: 'red' }, order_by: '-level' })
    expect((found['entities'] as { id: string }[]).map(({ id }) => id)).toEqual(['ada', 'bea'])
    for (const [from, to] of [
      ['ada', 'bea'],
      ['bea', 'cem'],
      ['cem', 'ada'],
    ])
      expect(await ask('state:relationship:create', { from, to, type: 'asks' })).toMatchObject({ status: 'created' })
    expect(await ask('state:relationship:create', { from: 'ada', to: 'bea', type: 'asks' })).toMatchObject({
      status: 'exists',
    })
    expect(await ask('state:relationship:create', { from: 'ada', to: 'dan', type: 'asks' })).toMatchObject({
      error: 'There is no entity "dan".',
    })
    expect(await ask('state:graph:traverse', { from: 'ada', depth: 2 })).toMatchObject({
      nodes: ['ada', 'bea', 'cem'],
      edge_count: 2,
    })
    expect(await ask('state:aggregate:count', { type: 'worker', group_by: 'team' })).toMatchObject({
      counts: { red: 2, null: 1 },
      total: 3,
    })
    expect(await ask('state:entity:query', { order_by: "level') --" })).toMatchObject({
      error: expect.stringContaining('not a valid name of a property') as string,
    })
    expect(await longhaul('daemon', 'restart')).toMatchObject({ code: 0 })
    expect(await ask('state:entity:get', { id: 'cem', include: ['relationships'] })).toMatchObject({
      properties: { level: 5 },
      relationships: [{ from: 'cem' }, { to: 'cem' }],
    })
    expect(await ask('state:entity:delete', { id: 'cem' })).toMatchObject({ status: 'deleted' })
    expect(await ask('state:aggregate:count', { target: 'relationships' })).toMatchObject({ counts: { asks: 1 } })
  })

  test('patterns can be listed and read, and what a request has led to can be seen', async () => {
    const { patterns } = await ask('orchestration:list_patterns')
    expect((patterns as { name: string }[]).map(({ name }) => name)).toContain('session_recovery')
    expect(await ask('orchestration:load_pattern', { pattern: 'session_recovery' })).toMatchObject({
      status: 'loaded',
      agents: ['analyst', 'critic', 'editor'],
    })
    const [started] = await talk({
      event: 'orchestration:start',
      data: { pattern: 'session_recovery', vars: { max_rounds: 400, pause: '5ms' } },
      correlation_id: 'morning',
    })
    const id = started!.data['orchestration_id']
    expect(
      await ask('orchestration:message', { orchestration_id: id, message: { note: 'hurry' }, to: 'editor' }),
    ).toMatchObject({ status: 'delivered', agents: [`${String(id)}_editor`] })
    await until('monitor:get_correlation_chain', { correlation_id: 'morning' }, ({ events }) =>
      (events as { event_name: string }[]).some(({ event_name: name }) => name === 'message.sent'),
    )
    await until(
      'monitor:get_events',
      { orchestration_id: id, event_patterns: ['gather.ended'] },
      ({ count }) => count !== 0,
    )
    const { events: ended } = await ask('monitor:get_events', {
      orchestration_id: id,
      event_patterns: ['gather.ended'],
    })
    const { seq } = (ended as { data: { seq: number } }[])[0]!.data
    const { events: chain } = await ask('monitor:get_correlation_chain', { orchestration_id: id, seq })
    expect((chain as { event_name: string }[]).map(({ event_name: name }) => name)).toEqual([
      'gather.started',
      'gather.received',
      'gather.received',
      'gather.received',
      'gather.ended',
    ])
    expect(await ask('orchestration:get_instance', { orchestration_id: id })).toMatchObject({
      variables: { max_rounds: 400 },
      cost: { orchestration_id: id },
    })
    expect(await ask('monitor:get_status')).toMatchObject({ status: 'running' })
    await ask('orchestration:terminate', { orchestration_id: id })
  })
})
