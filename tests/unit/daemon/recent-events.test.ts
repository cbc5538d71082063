import { expect, test } from 'vitest'
import { RecentEvents } from '../../../src/daemon/recent-events.ts'

const event = (nth: number, text = '') => ({
  event_name: 'note',
  timestamp: nth,
  orchestration_id: null,
  data: { text },
})

test('the newest ten thousand events are remembered, and a tenth goes where there are more', () => {
  const remembered = new RecentEvents()
  for (let nth = 0; nth < 10_000; nth++) remembered.add(event(nth))
  expect(remembered.events).toHaveLength(10_000)
  remembered.add(event(10_000))
  expect(remembered.events).toHaveLength(9_000)
  expect(remembered.events.at(-1)!.timestamp).toBe(10_000)
  expect(remembered.events[0]!.timestamp).toBe(1_001)
})

test('large events go sooner', () => {
  const remembered = new RecentEvents()
  const megabyte = 'x'.repeat(1024 * 1024)
  for (let nth = 0; nth < 40; nth++) remembered.add(event(nth, megabyte))
  expect(remembered.events.length).toBeGreaterThan(10)
  expect(remembered.events.length).toBeLessThanOrEqual(16)
  expect(remembered.events.at(-1)!.timestamp).toBe(39)
})
