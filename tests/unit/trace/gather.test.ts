import { expect, test } from 'vitest'
import { openGather } from '../../../src/trace/gather.ts'
import { Trace } from '../../../src/trace/trace.ts'

const opened = () => {
  const trace = new Trace(() => 0)
  trace.append({ type: 'note', text: 'before' })
  const gather = openGather(trace, { name: 'votes', from: ['ann', 'ben', 'cem'], atLeast: 2, timeoutMs: 5_000 })
  return { trace, gather }
}

test('a gather is told from its start to its end, each caused by what went before', () => {
  const { trace, gather } = opened()
  gather.received('ben')
  gather.received('ann')
  gather.end()
  const [, ...told] = [...trace]
  expect(told).toEqual([
    {
      seq: 1,
      at: 0,
      causes: [],
      type: 'gather.started',
      gather: 1,
      name: 'votes',
      expected: ['ann', 'ben', 'cem'],
      atLeast: 2,
      timeoutMs: 5_000,
      tasks: null,
    },
    { seq: 2, at: 0, causes: [1], type: 'gather.received', gather: 1, agent: 'ben', late: false },
    { seq: 3, at: 0, causes: [1], type: 'gather.received', gather: 1, agent: 'ann', late: false },
    {
      seq: 4,
      at: 0,
      causes: [1, 2, 3],
      type: 'gather.ended',
      gather: 1,
      received: ['ben', 'ann'],
      missing: ['cem'],
    },
  ])
})

test('an answer after the end is late, and still missing', () => {
  const { trace, gather } = opened()
  gather.received('ann')
  gather.end()
  gather.received('ben')
  expect(trace.ofType('gather.received').map(({ agent, late }) => [agent, late])).toEqual([
    ['ann', false],
    ['ben', true],
  ])
  expect(trace.ofType('gather.ended')).toMatchObject([{ received: ['ann'], missing: ['ben', 'cem'] }])
})

test('a gather ends once', () => {
  const { trace, gather } = opened()
  gather.end()
  gather.end()
  expect(trace.ofType('gather.ended')).toHaveLength(1)
})

test('gathers have numbers of their own', () => {
  const { trace, gather } = opened()
  const other = openGather(trace, { name: 'views', from: ['ann'], atLeast: 1, timeoutMs: null, tasks: 4 })
  expect(other.id).not.toBe(gather.id)
  expect(trace.ofType('gather.started').at(-1)).toMatchObject({ gather: other.id, tasks: 4, timeoutMs: null })
})
