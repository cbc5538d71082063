import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { lineOf } from '../../../src/cli/watch/line.ts'
import { screen } from '../../../src/cli/watch/screen.ts'
import { nothingSeen, see, type Seen } from '../../../src/cli/watch/seen.ts'

const RUN = 'orch_1a2b3c4d'
const event = (data: object, run: string | null = RUN) => ({
  event_name: String((data as { type?: string }).type),
  timestamp: 1_767_225_600,
  orchestration_id: run,
  data: { seq: 1, at: 0, causes: [], ...data },
})
const ended = (failure: string | null, agent = 'ann') =>
  event({
    type: 'attempt.ended',
    agent,
    provider: 'openai',
    model: 'gpt-4o',
    tookMs: 4_200,
    failure,
    message: '',
    inputTokens: 310,
    cachedInputTokens: 0,
    outputTokens: 120,
    cost: 1_975_000_000,
  })
const failed = (message: string) =>
  event({
    type: 'attempt.failed',
    agent: 'ann',
    target: 'openai/gpt-4o',
    attempt: 1,
    kind: 'overloaded',
    message,
    retryInMs: 500,
  })

/** A daemon that runs one orchestration of some agents. */
function busy(agents: number): Seen {
  const seen = nothingSeen()
  const names = Array.from({ length: agents }, (_, nth) => `${RUN}_agent_${nth + 1}`)
  Object.assign(seen, {
    health: { pid: 77, status: 'healthy', uptime: 3_700, services: 'simulated', problems: [] },
    runs: [{ orchestration_id: RUN, pattern: 'debate', state: 'running', duration: 65 }],
    costs: new Map([
      [
        RUN,
        {
          orchestration_id: RUN,
          calls: 12,
          known: '$0.40',
          uncertain: '$0.01',
          budget_limit: '$0.50',
          agents: { [names[0]!]: { calls: 9, known: '$0.3', input_tokens: 100, output_tokens: 20 } },
        },
      ],
    ]),
    agents: names.map((agent_id, nth) => ({
      agent_id,
      status: 'healthy',
      working: nth === 0 ? 1 : 0,
      seconds_since_progress: 3,
    })),
  })
  return seen
}
const drawn = (seen: Seen, size = { columns: 100, rows: 30 }): string[] =>
  screen(seen, size).map((line) => stripVTControlCharacters(line))

describe('the screen', () => {
  test('shows the daemon, orchestrations, agents, calls, costs and budgets', () => {
    const seen = busy(2)
    for (const how of [null, null, 'overloaded']) see(seen, ended(how, 'agent_1'))
    const text = drawn(seen).join('\n')
    expect(text).toContain('daemon 77 healthy, up 1h 1m')
    expect(text).toContain(
      'calls: 1 in progress, 3 ended since the start of watch, 1 failed (33.3 %), 3 in the last minute',
    )
    expect(text).toContain('spent $0.4000, uncertain $0.0100')
    expect(text).toMatch(/orch_1a2b3c4d debate +running +1m 5s +12 +\$0\.4000 +82 %/)
    expect(text).toMatch(/agent_1 +working +3s +9 +1 +\$0\.3000 +120/)
    expect(text).toMatch(/agent_2 +idle/)
  })

  test('has room for names and costs on a narrow terminal, and leaves minor columns out there', () => {
    const text = drawn(busy(1), { columns: 80, rows: 24 }).join('\n')
    expect(text).toContain('spent $0.4000, uncertain $0.0100')
    expect(text).toMatch(/ORCHESTRATION, AGENT +STATE +CALLS +FAILED +COST *$/m)
    expect(text).toMatch(/orch_1a2b3c4d debate +running +12 +\$0\.4000 *$/m)
  })

  test('says that no daemon answers', () => {
    expect(drawn(nothingSeen()).join('\n')).toContain('No daemon answers')
  })

  test('shows the newest failures first, without what would move the cursor', () => {
    const seen = busy(1)
    see(seen, failed('first'))
    see(seen, failed('second\u001B[2J\nthird'))
    const lines = drawn(seen)
    const at = lines.indexOf('last failures')
    expect(lines[at + 1]).toContain('ann: openai/gpt-4o overloaded, attempt 1: second')
    expect(lines[at + 2]).toContain('first')
    expect(screen(seen, { columns: 100, rows: 30 }).join('')).not.toContain('\u001B[2J')
  })

  test('fits into any terminal', () => {
    const seen = busy(60)
    for (let nth = 0; nth < 50; nth++) see(seen, failed(`failure ${nth} ${'x'.repeat(200)}`))
    for (const size of [
      { columns: 40, rows: 12 },
      { columns: 80, rows: 24 },
      { columns: 200, rows: 50 },
    ]) {
      const lines = drawn(seen, size)
      expect(lines.length).toBeLessThanOrEqual(size.rows)
      // The columns of numbers are there in any case.
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(size.columns, 75))
    }
    expect(drawn(seen).some((line) => /… \d+ more/.test(line))).toBe(true)
  })

  test('what is kept does not grow', () => {
    const seen = busy(1)
    for (let nth = 0; nth < 10_000; nth++) {
      const { timestamp, ...rest } = ended('timeout', `agent_${nth}`)
      see(seen, { ...rest, timestamp: timestamp + nth })
      see(seen, failed(String(nth)))
    }
    expect(seen.failures.length).toBeLessThanOrEqual(20)
    expect(seen.failedBy.size).toBeLessThanOrEqual(2_000)
    expect(seen.ends.length).toBeLessThanOrEqual(61)
  })
})

describe('lines', () => {
  test('tell answers, retries and what becomes of orchestrations', () => {
    expect(lineOf(ended(null))).toBe(
      '00:00:00 orch_1a2b3c4d answered: ann by openai/gpt-4o in 4.2s, 310 + 120 tokens, $0.001975',
    )
    expect(lineOf(failed('busy'))).toBe(
      '00:00:00 orch_1a2b3c4d retry 1 in 0.5s: ann at openai/gpt-4o, overloaded: busy',
    )
    const over = {
      event_name: 'orchestration:failed',
      timestamp: 0,
      orchestration_id: RUN,
      data: { pattern: 'debate', reason: 'line 3' },
    }
    expect(lineOf(over)).toBe('00:00:00 orch_1a2b3c4d failed: debate, line 3')
  })

  test('pass over what says little', () => {
    expect(
      lineOf(event({ type: 'attempt.started', agent: 'ann', provider: 'openai', model: 'gpt-4o' })),
    ).toBeUndefined()
    expect(lineOf(event({ type: 'cache.missed', agent: 'ann' }))).toBeUndefined()
  })
})
