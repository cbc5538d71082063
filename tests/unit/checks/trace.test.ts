import { describe, expect, test } from 'vitest'
import type { EventBody } from '../../../src/trace/index.ts'
import { call, event, finds, gather, story } from '../../given/story.ts'

describe('trace', () => {
  test('a gather that goes on was begun', () => {
    const ended: EventBody = { type: 'gather.ended', gather: 7, received: [], missing: [] }
    expect(finds('trace', story(event(0, ended)))).toEqual(['the gather 7 has events, but no start'])
    expect(finds('trace', story(gather(7, { from: 0, to: 1, expected: [] })))).toEqual([])
  })

  test('a call that ends has arrived, and ends once', () => {
    const [, ended] = call(1, { from: 0, to: 1_000 })
    expect(finds('trace', story([ended!]))).toEqual(['call 1 has an end, but no start'])
    expect(finds('trace', story(call(1, { from: 0, to: 1_000 }), [ended!]))).toEqual(['call 1 has two ends'])
  })
})
