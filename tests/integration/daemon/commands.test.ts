import { statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { daemonOfCommands } from '../../given/daemon.ts'

const { longhaul, until, pid, socket, store } = daemonOfCommands()

describe('the commands', { timeout: 60_000 }, () => {
  test('health, status, and files for their owner only', async () => {
    expect(JSON.parse((await longhaul('daemon', 'health')).stdout)).toMatchObject({ status: 'healthy', pid: pid() })
    expect((await longhaul('daemon', 'status')).stdout).toMatch(/runs, \d+ orchestration/)
    expect(statSync(socket).mode & 0o077).toBe(0)
    expect(statSync(store).mode & 0o077).toBe(0)
  })

  test('send reads values as JSON, and keys with a dash', async () => {
    const started = await longhaul(
      'send',
      'orchestration:start',
      '--pattern',
      'session_recovery',
      '--vars',
      '{"max_rounds": 2}',
    )
    expect(started.code).toBe(0)
    const { orchestration_id: id, agents } = JSON.parse(started.stdout) as {
      orchestration_id: string
      agents: string[]
    }
    expect(id).toMatch(/^orch_[0-9a-f]{8}$/)
    expect(agents).toEqual(['analyst', 'critic', 'editor'].map((name) => `${id}_${name}`))
    const done = await until('orchestration:status', { orchestration_id: id }, ({ state }) => state === 'completed')
    expect(done).toMatchObject({ message_count: 6, result: { total: 6 } })
    const cost = await longhaul('send', 'orchestration:cost_status', '--orchestration-id', id)
    expect(JSON.parse(cost.stdout)).toMatchObject({ calls: 6, known: expect.stringMatching(/^\$0\.\d+$/) as string })
  })

  test('an unknown event, a wrong pattern and a wrong line exit with a code that tells', async () => {
    const unknown = await longhaul('send', 'orchestration:strat')
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Did you mean "orchestration:start"?') as string,
    })
    const missing = await longhaul('send', 'orchestration:start', '--pattern', 'none')
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no pattern "none".') as string })
    expect((await longhaul('send', 'system:health', 'oops')).code).toBe(2)
    expect((await longhaul('daemon', 'start')).stderr).toContain('A daemon already answers')
    expect((await longhaul('help', 'orchestration:suspend')).stdout).toContain('--orchestration-id')
  })

  test('a table for people, without colours where nobody wants them', async () => {
    const list = await longhaul('send', 'agent:list', '--all', '--output-format', 'table')
    expect(list.stdout).toMatch(
      /^status {2}success\ncount {3}\d+\ntotal {3}\d+\n\nagents\nagent_id +status +profile +created_at\norch_\w+_analyst +finished +/,
    )
    expect(list.stdout).not.toContain('\u001b')
    expect((await longhaul('send', 'agent:list', '--output-format', 'xml')).stderr).toContain(
      'Give one of table, json, pretty.',
    )
  })

  test('another daemon on the same files is refused', async () => {
    expect((await longhaul('daemon', 'run')).stderr).toMatch(/A daemon already answers at /)
  })
})
