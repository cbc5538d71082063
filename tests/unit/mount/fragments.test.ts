import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import { cutsOf, FragmentedSink } from '../../../src/mount/fragments.ts'
import type { Sink } from '../../../src/mount/sink.ts'
import { KeyedRandom } from '../../../src/random/index.ts'

const drawn = (seed: number): (() => number) => {
  const random = new KeyedRandom(seed)
  let nth = 0
  return () => random.draw('cuts', nth++)
}
const SEEDS = Array.from({ length: 50 }, (_, seed) => seed)

describe('the places at which a part is cut', () => {
  test.each(['data: {"text":"東京は晴れ。"}\n\n', 'data: {"text":"Grüße"}\r\n\r\n'])(
    'are in a character and in a line break of %j, whatever the seed',
    (event) => {
      const bytes = Buffer.from(event)
      for (const seed of SEEDS) {
        const cuts = cutsOf(bytes, drawn(seed))
        expect(cuts.some((cut) => bytes[cut]! >= 0x80 && bytes[cut]! < 0xc0)).toBe(true)
        expect(cuts.some((cut) => bytes[cut] === 0x0a)).toBe(true)
      }
    },
  )

  test('differ by the seed, and are within the part', () => {
    const bytes = Buffer.from('data: {"text":"Nothing but letters of ASCII"}')
    const found = SEEDS.map((seed) => cutsOf(bytes, drawn(seed)))
    for (const cut of found.flat()) {
      expect(cut).toBeGreaterThan(0)
      expect(cut).toBeLessThan(bytes.length)
    }
    expect(new Set(found.map(String)).size).toBeGreaterThan(10)
    expect(cutsOf(bytes, drawn(7))).toEqual(cutsOf(bytes, drawn(7)))
  })

  test('are none in a single byte, and few in a large part', () => {
    expect(cutsOf(Buffer.from('a'), drawn(1))).toEqual([])
    expect(cutsOf(Buffer.alloc(10_000_000, 97), drawn(1)).length).toBeLessThanOrEqual(32)
  })
})

describe('a sink that cuts', () => {
  let clock: Clock
  beforeEach(() => void (clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {} })))
  afterEach(() => clock.stop())

  const record = () => {
    const seen: [what: string, at: number][] = []
    const pieces: Buffer[] = []
    const to: Sink = {
      head: (head, streams) => void seen.push([`head ${head.status} ${streams}`, clock.now()]),
      write: (part) => void pieces.push(Buffer.from(part)),
      end: () => void seen.push(['end', clock.now()]),
      reset: () => void seen.push(['reset', clock.now()]),
    }
    const sink: Sink = new FragmentedSink(to, clock, { seed: 'one', everyMs: 1 })
    return { seen, pieces, sink }
  }

  test('writes the same bytes, each piece by itself, and ends after the last one', async () => {
    const { seen, pieces, sink } = record()
    const parts = ['data: Grüße\n\n', '', Buffer.from('data: 東京\n\n'), 'data: [DONE]\n\n']
    await clock.supervise(async () => {
      sink.head({ status: 200, headers: {} }, false)
      for (const part of parts) sink.write(part)
      sink.end()
      await clock.sleep(1_000)
    })
    expect(Buffer.concat(pieces).toString()).toBe(parts.map(String).join(''))
    expect(pieces.length).toBeGreaterThan(4)
    expect(seen).toEqual([
      ['head 200 true', 0],
      ['end', pieces.length],
    ])
  })

  test('lets what follows the last cut of a part come with the next one', () => {
    const { pieces, sink } = record()
    const write = async (part: string): Promise<void> => {
      sink.write(part)
      await clock.sleep(100)
    }
    return clock.supervise(async () => {
      await write('data: one\n\n')
      const before = Buffer.concat(pieces).toString()
      expect('data: one\n\n'.startsWith(before)).toBe(true)
      expect(before).not.toBe('data: one\n\n')
      await write('data: two\n\n')
      expect(Buffer.concat(pieces).toString()).toContain('data: one\n\n')
    })
  })

  test('writes what it holds before the connection breaks', () => {
    const { seen, pieces, sink } = record()
    sink.write('data: one\n\n')
    sink.reset()
    expect(Buffer.concat(pieces).toString()).toBe('data: one\n\n')
    expect(seen).toEqual([['reset', 0]])
  })
})
