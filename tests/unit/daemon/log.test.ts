import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { DaemonLog, lastTimeIn } from '../../../src/daemon/log.ts'
import { Trace, type EventBody } from '../../../src/trace/index.ts'

const home = mkdtempSync(join(tmpdir(), 'longhaul-log-'))
afterAll(() => rmSync(home, { recursive: true }))
let file: string
let nth = 0
beforeEach(() => void (file = join(home, `${(nth += 1)}.log`)))

/** What the log says of an event, without the time. */
function told(body: EventBody, run: string | null = 'orch_1'): string {
  const trace = new Trace(() => 0)
  trace.append(body)
  const log = new DaemonLog(file)
  log.say('begun')
  log.event(run, [...trace][0]!)
  return readFileSync(file, 'utf8').split('\n')[1]!.replace(/^\S+ /, '')
}

test('the time of its last line is told, whatever stands behind it', () => {
  expect(lastTimeIn(file)).toBe(0)
  writeFileSync(file, 'no line of a daemon\n')
  expect(lastTimeIn(file)).toBe(0)
  const before = '2030-01-01T00:00:00.000Z daemon 1 answers\n'.repeat(2_000)
  writeFileSync(file, `${before}2031-05-06T07:08:09.123Z daemon 1 has stopped\nan uncaught warning of Node\n`)
  expect(lastTimeIn(file)).toBe(Date.UTC(2031, 4, 6, 7, 8, 9, 123))
})

describe('the log tells', () => {
  const failed = {
    type: 'attempt.failed',
    agent: 'ann',
    target: 'openai/gpt-4o',
    attempt: 2,
    kind: 'timeout',
    message: 'No answer.',
    retryInMs: 1_540,
  } as const
  test.each<[string, EventBody]>([
    ['orch_1 retry 2 in 1.5s: ann at openai/gpt-4o, timeout: No answer.', failed],
    ['orch_1 no retries left: ann at openai/gpt-4o, timeout: No answer.', { ...failed, retryInMs: null }],
    ['orch_1 refused: ann at openai/gpt-4o: No answer.', { ...failed, kind: 'refused_request' }],
    ['orch_1 circuit open: openai/gpt-4o', { type: 'breaker.changed', target: 'openai/gpt-4o', state: 'open' }],
    [
      'orch_1 fallback: ann calls mini, because the budget is nearly spent',
      { type: 'model.fellBack', agent: 'ann', model: 'mini', reason: 'budget' },
    ],
    [
      'orch_1 failover: ann calls haiku, after timeout',
      { type: 'model.fellBack', agent: 'ann', model: 'haiku', reason: 'timeout' },
    ],
    [
      'orch_1 hung: ann has made no progress for 61s',
      { type: 'agent.hung', agent: 'ann', sinceMs: 60_600, restarts: 0 },
    ],
    ['orch_1 terminated: ann, done', { type: 'agent.terminated', agent: 'ann', reason: 'done' }],
    [
      'orch_1 budget: no call of ann to mini',
      { type: 'budget.refused', agent: 'ann', model: 'mini', worst: 2, left: 1 },
    ],
    [
      'orch_1 failed: timeout: Too late.',
      { type: 'effect.ended', effect: 1, ok: false, failure: 'timeout', message: 'Too late.' },
    ],
    [
      'orch_1 cancelled: The orchestration ends: suspended.',
      {
        type: 'effect.ended',
        effect: 1,
        ok: false,
        failure: 'cancelled',
        message: 'The orchestration ends: suspended.',
      },
    ],
    ['orch_1 resumed, with 2 call(s) of unknown outcome', { type: 'run.resumed', run: 'a', uncertain: 2 }],
  ])('%s', (line, body) => {
    expect(told(body)).toBe(line)
  })

  test.each<[EventBody]>([
    [{ type: 'note', text: 'hello' }],
    [{ type: 'effect.ended', effect: 1, ok: true, failure: null }],
  ])('nothing of what nobody looks for: %j', (body) => {
    expect(told(body)).toBe('')
  })

  test('what belongs to no run of the daemon itself', () => {
    expect(told({ type: 'breaker.changed', target: 'a', state: 'open' }, null)).toBe('daemon circuit open: a')
  })
})

test('a line has a time, stands on one line, and is cut where it is long', () => {
  new DaemonLog(file).say(`one\r\ntwo ${'x'.repeat(20_000)}`)
  const [line, rest] = readFileSync(file, 'utf8').split('\n')
  expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z one two x+$/)
  expect(line!.length).toBeLessThan(10_050)
  expect(rest).toBe('')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a log that has grown large is put aside, and six are too many', () => {
  const log = new DaemonLog(file)
  for (let round = 0; round < 7; round++) {
    writeFileSync(file, 'x'.repeat(8 * 1024 * 1024 + 1))
    log.say(`round ${round}`)
  }
  expect(readFileSync(file, 'utf8')).toMatch(/round 6\n$/)
  const aside = readdirSync(home).filter((name) => name.startsWith(`${nth}.log`) && name !== `${nth}.log`)
  expect(aside).toHaveLength(5)
})

test('a line that cannot be written stops nobody', () => {
  expect(() => new DaemonLog(join(home, 'no-such-folder', 'a.log')).say('hello')).not.toThrow()
})
