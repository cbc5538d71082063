import { expect, test } from 'vitest'
import { eventsIn } from '../../../../src/orchestrator/team/speech.ts'

test('brackets without end cost no time', () => {
  expect(eventsIn('{'.repeat(200_000))).toEqual([])
  expect(eventsIn('[{"event": '.repeat(50_000))).toEqual([])
})
