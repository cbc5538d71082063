import { describe, expect, test } from 'vitest'
import { allItems, withItems, type KeptItems } from '../../../../src/wire/openai/kept-items.ts'

const item = (content: string) => ({ type: 'message', role: 'user', content })

describe('kept items', () => {
  test('are those of all steps, in their order', () => {
    const first = withItems(undefined, [item('a'), item('b')])
    const second = withItems(first, [item('c')])
    expect(allItems(second).map(({ content }) => content)).toEqual(['a', 'b', 'c'])
    expect(allItems(undefined)).toEqual([])
    expect(withItems(second, [])).toBe(second)
  })

  test('of earlier steps are shared by later ones', () => {
    const first = withItems(undefined, [item('a')])
    expect(withItems(first, [item('b')])!.before).toBe(first)
  })

  test('are the newest ones where there are more than a request could bring', () => {
    let kept: KeptItems | undefined
    const megabyte = 'x'.repeat(1024 * 1024)
    for (let step = 0; step < 100; step++) kept = withItems(kept, [item(`${step} ${megabyte}`)])
    expect(kept!.bytes).toBeLessThan(33 * 1024 * 1024)
    expect(allItems(kept).at(-1)!.content).toMatch(/^99 /)
    expect(allItems(kept).length).toBeGreaterThan(15)
  })
})
