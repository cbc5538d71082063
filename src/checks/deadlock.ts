import { check } from './check.ts'

export const deadlock = check({
  holds: 'The run does not deadlock, and no timer fires for ever without progress.',
  why: 'A deadlocked run never ends, and holds its resources until someone kills it.',
  advice: 'Give every wait a timeout. The error lists each agent with the event that it waits for.',
  settings: {},
  *find(facts) {
    for (const { at, message } of facts.of('clock.stuck'))
      yield {
        at,
        what: message.split('\n')[0]!,
        calls: facts.calls.flatMap(({ call, status }) => (status === 'open' ? [call] : [])),
      }
  },
})
