import { expect, test } from 'vitest'
import { event, finds, story } from '../../given/story.ts'

test('a run that is stuck is told by the first line of what the clock says', () => {
  const stuck = event(5_000, { type: 'clock.stuck', code: 'DEADLOCK', message: 'Deadlock at 5s.\nWho waits: ann' })
  expect(finds('deadlock', story(stuck))).toEqual(['Deadlock at 5s.'])
  expect(finds('deadlock', story(event(0, { type: 'note', text: 'fine' })))).toEqual([])
})
