import { describe, expect, test } from 'vitest'
import { PART_VERSIONS, RUN_VERSION, unreadablePart } from '../../../../src/orchestrator/run/state.ts'

describe('what is kept of a run', () => {
  test('is read where each part has the shape that is known', () => {
    expect(unreadablePart({ version: RUN_VERSION, parts: PART_VERSIONS })).toBeUndefined()
  })

  test.for(Object.keys(PART_VERSIONS))('is refused where its %s have another one', (part) => {
    const parts = { ...PART_VERSIONS, [part]: 99 }
    expect(unreadablePart({ version: RUN_VERSION, parts })).toBe(
      `has its ${part} in version 99; this longhaul reads version 1`,
    )
  })

  test('is refused where it is of before parts had versions, or of another frame', () => {
    expect(unreadablePart({ version: RUN_VERSION })).toMatch(/has its machine in version undefined/)
    expect(unreadablePart({ version: 9 })).toMatch(/has version 9/)
    expect(unreadablePart(null)).toMatch(/has version undefined/)
  })
})
