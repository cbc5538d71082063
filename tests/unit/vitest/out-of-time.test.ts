import { expect, test } from 'vitest'
import { beforeTimeout } from '../../../src/vitest/out-of-time.ts'
import { call, story, tries } from '../../given/story.ts'

type Standing = Parameters<typeof beforeTimeout>[1]

/** A session as far as it is asked: where its time stands, what holds it, who waits. */
function session({
  now = () => 0,
  held,
  trace = [],
  openCalls = () => 0,
}: {
  now?: () => number
  held?: string
  trace?: Iterable<unknown>
  openCalls?: () => number
}): Standing {
  const waiters = [{ who: 'agent ann', what: 'call 1 to gpt-4o-mini', since: 1_000 }]
  const provider = {
    waiters: () => waiters,
    get openCalls() {
      return openCalls()
    },
  }
  return { clock: { now, holding: () => held }, provider, trace } as unknown as Standing
}

const never = () => new Promise(() => {})

test('a test whose time is held says by what, and who waits, before Vitest ends it', async () => {
  const failing = beforeTimeout(50, session({ now: () => 2_000, held: 'a file that is read' }), never)
  await expect(failing).rejects.toMatchObject({
    code: 'LONGHAUL_OUT_OF_TIME',
    message: expect.stringMatching(
      /^The test did not end within 40ms of real time, a moment before Vitest's timeout of 50ms\.\nThe clock is at 2s\. The clock waits for a file that is read\.\nWaiting:\n {2}agent ann has waited for call 1 to gpt-4o-mini since 1s\nClose the resource that holds the clock/,
    ) as string,
  })
})

test('a test whose time goes on is told to take more real time', async () => {
  let now = 0
  await expect(beforeTimeout(50, session({ now: () => (now += 1) }), never)).rejects.toThrow(
    'The clock advances: give the test more real time',
  )
})

test('a test whose agent asks again and again is told so', async () => {
  let now = 0
  const trace = story(
    ...Array.from({ length: 120 }, (_, nth) =>
      call(nth + 1, { agent: 'worker', from: nth * 10, to: nth * 10 + 5, turn: nth + 1, finish: 'tool_calls' }),
    ),
  )
  await expect(beforeTimeout(50, session({ now: () => (now += 1), trace }), never)).rejects.toThrow(
    'The clock advances, and worker took 100 steps in a row, each requested by a tool call of its own: limit this loop.',
  )
})

test('a test whose agent sends what is refused for good for days is told so', async () => {
  let now = 0
  const trace = story(
    tries(200, 59_000, { agent: 'worker', fault: 'unauthorized' }).map(([at, body]) => [at / 2, body]),
  )
  await expect(beforeTimeout(50, session({ now: () => (now += 1), trace }), never)).rejects.toThrow(
    'The clock advances, and worker sent the same request 200 times in 1h 39m, and openai refused each for good: unauthorized: limit this loop.',
  )
})

test('a test whose calls become ever more is told how many are in progress', async () => {
  const growing = (...counts: number[]) => {
    let asked = 0
    return beforeTimeout(50, session({ openCalls: () => counts[Math.min(asked++, counts.length - 1)]! }), never)
  }
  await expect(growing(0, 700, 2_821)).rejects.toThrow(
    '2,821 calls are in progress at once, and 700 were at half of the time: if each answer leads to several calls, limit them (see the check runaway).',
  )
  await expect(growing(0, 2_000, 2_821)).rejects.toThrow('The clock does not advance')
  await expect(growing(0, 1, 50)).rejects.toThrow('The clock does not advance')
})

test('a test that ends in time ends as it would, and one without a timeout has no end', async () => {
  expect(await beforeTimeout(50, session({}), () => 7)).toBe(7)
  await expect(
    beforeTimeout(50, session({}), () => {
      throw new Error('its own')
    }),
  ).rejects.toThrow('its own')
  expect(await beforeTimeout(Number.POSITIVE_INFINITY, session({}), async () => 8)).toBe(8)
  expect(await beforeTimeout(0, session({}), async () => 9)).toBe(9)
})
