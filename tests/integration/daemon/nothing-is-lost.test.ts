import { describe, expect, test } from 'vitest'
import { daemonOfCommands, FLAGS } from '../../given/daemon.ts'

const { longhaul, ask, until, pid, start } = daemonOfCommands()

describe('nothing is lost', { timeout: 120_000 }, () => {
  test('suspended, seen so, and gone on with', async () => {
    const id = await start({ max_rounds: 30, pause: '5ms' })
    await until('orchestration:status', { orchestration_id: id }, ({ message_count: count }) => Number(count) > 9)
    const suspended = await ask('orchestration:suspend', { orchestration_id: id })
    expect(suspended).toMatchObject({ status: 'suspended', checkpoint_id: `${id}_checkpoint_1` })
    expect(await ask('orchestration:status', { orchestration_id: id })).toMatchObject({ state: 'suspended' })
    expect(await ask('orchestration:resume', { orchestration_id: id })).toMatchObject({ status: 'resumed' })
    const done = await until('orchestration:status', { orchestration_id: id }, ({ state }) => state === 'completed')
    expect(done).toMatchObject({ result: { total: 90 } })
  })

  test('killed with SIGKILL, what ran goes on in the next daemon', async () => {
    const id = await start({ max_rounds: 60, pause: '5ms' })
    await until('orchestration:status', { orchestration_id: id }, ({ message_count: count }) => Number(count) > 15)
    process.kill(pid(), 'SIGKILL')
    for (;;) if ((await longhaul('daemon', 'status')).code === 3) break
    expect(await longhaul('daemon', 'start', ...FLAGS)).toMatchObject({ code: 0 })
    const done = await until('orchestration:status', { orchestration_id: id }, ({ state }) => state === 'completed')
    expect(done).toMatchObject({ result: { rounds: 60, total: 180 } })
  })

  test('stopped in good order and started again, too', async () => {
    const id = await start({ max_rounds: 40, pause: '5ms' })
    await until('orchestration:status', { orchestration_id: id }, ({ message_count: count }) => Number(count) > 6)
    expect(await longhaul('daemon', 'restart')).toMatchObject({ code: 0 })
    const done = await until('orchestration:status', { orchestration_id: id }, ({ state }) => state === 'completed')
    expect(done).toMatchObject({ result: { total: 120 } })
  })

  test('agents are taken away by pattern, and a run is ended for good', async () => {
    const id = await start({ max_rounds: 1_000, pause: '5ms' })
    expect(await ask('agent:terminate', { pattern: `${id}_*`, dry_run: true })).toMatchObject({ count: 3 })
    expect(await ask('agent:health', { agent_id: `${id}_critic` })).toMatchObject({ status: 'healthy' })
    expect(await ask('orchestration:terminate', { orchestration_id: id })).toMatchObject({ status: 'terminated' })
    expect(await ask('orchestration:status', { orchestration_id: id })).toMatchObject({ state: 'terminated' })
    expect(await longhaul('daemon', 'restart')).toMatchObject({ code: 0 })
    expect(await ask('orchestration:status', { orchestration_id: id })).toMatchObject({ state: 'terminated' })
    expect(await ask('agent:terminate', { agent_id: 'none' })).toMatchObject({
      error: 'No agents found matching criteria',
    })
  })
})
