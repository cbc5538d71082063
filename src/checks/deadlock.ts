import { check } from './check.ts'

export const deadlock = check({
  holds: 'No deadlock, and no timers that fire for ever without anything else happening.',
  why: 'A run that waits for what can never come holds its money and its place until somebody notices.',
  advice: 'Give every wait a timeout; the report of the clock says who waited for whom.',
  settings: {},
  *find(facts) {
    for (const { at, message } of facts.of('clock.stuck')) yield { at, what: message.split('\n')[0]! }
  },
})
