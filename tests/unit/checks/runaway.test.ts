import { describe, expect, test } from 'vitest'
import { call, event, finds, story } from '../../given/story.ts'

describe('runaway', () => {
  const row = (count: number, gap: number, of: (nth: number) => object = () => ({})) =>
    story(
      ...Array.from({ length: count }, (_, nth) =>
        call(nth + 1, { from: nth * (100 + gap), to: nth * (100 + gap) + 100, request: 'same', ...of(nth) }),
      ),
    )

  test('five hundred times the same at once is one too many', () => {
    expect(finds('runaway', row(499, 0))).toEqual([])
    expect(finds('runaway', row(500, 0))).toEqual(['ann sent the same request 500 times in a row'])
    expect(finds('runaway', row(5, 0), { again: 5 })).toHaveLength(1)
  })

  test('who waits for more than a second, asks another thing, or is not answered is not in a row', () => {
    expect(finds('runaway', row(5, 1_000), { again: 5 })).toHaveLength(1)
    expect(finds('runaway', row(5, 1_001), { again: 5 })).toEqual([])
    expect(finds('runaway', row(5, -1), { again: 5 })).toEqual([])
    expect(
      finds(
        'runaway',
        row(5, 0, (nth) => (nth === 2 ? { request: 'other' } : {})),
        { again: 5 },
      ),
    ).toEqual([])
    expect(
      finds(
        'runaway',
        row(5, 0, (nth) => (nth === 2 ? { fault: 'reset' } : {})),
        { again: 5 },
      ),
    ).toEqual([])
  })

  /** Generations of calls, each of which holds the answer to one of the generation before. */
  const generations = (...sizes: number[]) => {
    let number = 0
    let before: number[] = []
    return story(
      ...sizes.flatMap((size, nth) => {
        const mine = Array.from({ length: size }, () => (number += 1))
        const parents = before
        before = mine
        return mine.map((each, place) =>
          call(each, {
            from: nth * 1_000,
            to: nth * 1_000 + 1_000,
            ...(parents.length > 0 && { holds: [parents[place % parents.length]!] }),
          }),
        )
      }),
    )
  }

  test('so are answers that lead to more calls each time, six times in a row, and to five hundred in the end', () => {
    const doubling = [8, 16, 32, 64, 128, 256, 512]
    expect(finds('runaway', generations(...doubling))).toEqual([
      'answers led to more calls than there were answers, 6 times in a row: 8, 16, 32, 64, 128, 256, 512 calls',
    ])
    expect(finds('runaway', generations(...doubling, 1_024))).toHaveLength(1)
    expect(finds('runaway', generations(8, 16, 32, 64, 128, 256, 499))).toEqual([])
    expect(finds('runaway', generations(8, 16, 32, 64, 128, 256, 499), { breadth: 499 })).toHaveLength(1)
    // A tree, a team that is asked again and again, and one whose rounds grow by a few.
    expect(finds('runaway', generations(1, 10, 100, 1_000))).toEqual([])
    expect(finds('runaway', generations(...Array.from({ length: 20 }, () => 600)))).toEqual([])
    expect(finds('runaway', generations(...Array.from({ length: 12 }, (_, nth) => 400 + nth * 20)))).toEqual([])
  })

  test('so are five hundred looks at one resource without a pause', () => {
    const looks = (count: number, gap: number, of: (nth: number) => object = () => ({})) =>
      story(
        ...Array.from({ length: count }, (_, nth) =>
          event(nth * gap, {
            type: 'resource.answered',
            provider: 'openai',
            operation: 'batches.retrieve',
            method: 'GET',
            path: '/v1/batches/batch_1',
            status: 200,
            agent: null,
            ...of(nth),
          }),
        ),
      )
    expect(finds('runaway', looks(499, 0))).toEqual([])
    expect(finds('runaway', looks(3_900, 1))).toEqual([
      'the system requested GET /v1/batches/batch_1 of openai 500 times in a row, each less than 100ms after the answer: it polls without a pause',
    ])
    expect(finds('runaway', looks(3_900, 100))).toEqual([])
    // WebSockets that are opened at once.
    expect(
      finds(
        'runaway',
        looks(3_900, 0, () => ({ path: '/v1/realtime', status: 101 })),
      ),
    ).toEqual([])
    expect(
      finds(
        'runaway',
        looks(990, 1, (nth) => ({ path: `/v1/batches/${nth % 2}` })),
      ),
    ).toEqual([])
    expect(
      finds(
        'runaway',
        looks(3_900, 1, () => ({ method: 'POST' })),
      ),
    ).toEqual([])
    expect(finds('runaway', looks(3, 1), { again: 3 })).toHaveLength(1)
  })

  test('so are a thousand steps that tool calls have asked for', () => {
    const steps = (nth: number) => ({ request: `${nth}`, finish: 'tool_calls', turn: nth + 1 })
    expect(finds('runaway', row(999, 0, steps))).toEqual([])
    expect(finds('runaway', row(1_000, 0, steps))).toHaveLength(1)
    expect(finds('runaway', row(5, 30_000, steps), { exchanges: 5 })).toHaveLength(1)
    expect(finds('runaway', row(5, 30_001, steps), { exchanges: 5 })).toEqual([])
    expect(
      finds(
        'runaway',
        row(5, 0, (nth) => ({ ...steps(nth), turn: 1 })),
        { exchanges: 5 },
      ),
    ).toEqual([])
    expect(
      finds(
        'runaway',
        row(5, 0, (nth) => ({ ...steps(nth), finish: 'stop' })),
        { exchanges: 5 },
      ),
    ).toEqual([])
  })

  describe('steps with the same tools and the same results', () => {
    /** The first of these calls has no result yet. */
    const steps = (count: number, { gap = 0, ...of }: { gap?: number; continues?: number; before?: number } = {}) =>
      story(
        ...Array.from({ length: count }, (_, nth) =>
          call(nth + 1, {
            from: nth * (100 + gap),
            to: nth * (100 + gap) + 100,
            turn: nth + 1,
            finish: 'tool_calls',
            ...(nth > 0 && { continues: nth }),
            ...(nth + (of.before ?? 0) > 1 && { repeated: nth + (of.before ?? 0), repeatedTools: ['search'] }),
            ...('continues' in of && nth > 0 && { continues: of.continues! }),
          }),
        ),
      )
    const LOOP = 'ann called search 25 times in a row with the same arguments, and got the same result each time'

    test('are a loop after twenty-five, told once with all of them', () => {
      expect(finds('runaway', steps(25))).toEqual([])
      expect(finds('runaway', steps(26))).toEqual([LOOP])
      expect(finds('runaway', steps(126))).toEqual([LOOP.replace('25', '125')])
      expect(finds('runaway', steps(6), { sameTools: 5 })).toHaveLength(1)
      expect(finds('runaway', steps(25), { sameTools: 26 })).toEqual([])
    })

    test('are none where the tool has waited for something', () => {
      expect(finds('runaway', steps(26, { gap: 5_000 }))).toHaveLength(1)
      expect(finds('runaway', steps(26, { gap: 5_001 }))).toEqual([])
    })

    test('count from where the calls are known to follow each other', () => {
      expect(finds('runaway', steps(26, { continues: 99 }))).toEqual([])
      // What a history from elsewhere begins with took no time.
      expect(finds('runaway', steps(10, { before: 40 }))).toEqual([])
    })
  })

  test('calls in a row, whatever they ask, are counted where that is wished, and there is somebody else', () => {
    const pages = (nth: number) => ({ request: `${nth}`, conversation: `${nth}`, agent: nth === 0 ? 'ben' : 'ann' })
    expect(finds('runaway', row(2_000, 0, pages))).toEqual([])
    expect(finds('runaway', row(6, 0, pages), { inARow: 5 })).toHaveLength(1)
    expect(finds('runaway', row(5, 0, pages), { inARow: 5 })).toEqual([])
    expect(
      finds(
        'runaway',
        row(6, 0, (nth) => ({ request: `${nth}` })),
        { inARow: 5 },
      ),
    ).toEqual([])
  })

  test('a chain of events that was cut is told', () => {
    const cut = event(0, { type: 'event.dropped', event: 'ping', hops: 10 })
    expect(finds('runaway', story(cut))).toEqual([
      'the event "ping" was at the end of a chain of 10 events; the orchestrator cut the chain',
    ])
  })
})
