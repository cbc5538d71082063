import { expect, test } from 'vitest'
import { readSending } from '../../../src/cli/send.ts'

const FLAGS = {
  json: { about: '', value: 'OBJECT' },
  every: { about: '', value: 'DURATION' },
}
const read = (line: string) => readSending(line.split(' '), FLAGS, (event) => (event === 'timer:set' ? ['every'] : []))

test.for([
  ['system:health --every 5s', 5_000, {}],
  ['--every 5s system:health --deep', 5_000, { deep: true }],
  ['--every=5s system:health', 5_000, {}],
  ['timer:set --every 5s', undefined, { every: '5s' }],
  ['--every 10s timer:set --every 5s', 10_000, { every: '5s' }],
  ['agent:spawn --every 3s -- --every 5s --json x', 3_000, { every: '5s', json: 'x' }],
  ['agent:spawn --agent-id ann', undefined, { agent_id: 'ann' }],
] as const)('flags of the command and keys of the event are told apart: %s', ([line, everyMs, data]) => {
  const sending = read(line)
  expect(sending.everyMs).toBe(everyMs)
  expect({ ...sending.data }).toEqual(data)
})

test('an event is needed, also behind flags', () => {
  expect(() => read('--every 5s')).toThrow('Give an event')
})
