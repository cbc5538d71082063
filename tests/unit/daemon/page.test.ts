import { expect, test } from 'vitest'
import { page, withoutLong, type Page } from '../../../src/daemon/page.ts'

const items = Array.from({ length: 250 }, (_, n) => ({ n, text: 'x'.repeat(1_000) }))
const KSI_LINE = 64 * 1024

test('pages of a list are all of it, and each goes into a line that clients of KSI read', () => {
  const seen: number[] = []
  for (let offset: number | undefined = 0; offset !== undefined;) {
    const part: Page<(typeof items)[number]> = page(items, { limit: 100, offset })
    expect(JSON.stringify(part.items).length).toBeLessThan(KSI_LINE)
    expect(part.total).toBe(250)
    seen.push(...part.items.map(({ n }) => n))
    offset = part.next
  }
  expect(seen).toEqual(items.map(({ n }) => n))
})

test('an item that is longer than a line stands alone', () => {
  const long = [{ text: 'y'.repeat(KSI_LINE) }, { text: 'z' }]
  expect(page(long, { limit: 10, offset: 0 })).toMatchObject({ items: [long[0]], next: 1 })
})

test('long values among others are left out, and told of', () => {
  expect(withoutLong({ a: 1, long: 'y'.repeat(KSI_LINE), b: 2 })).toEqual({
    a: 1,
    long: { left_out: `${KSI_LINE + 2} bytes` },
    b: 2,
  })
})
