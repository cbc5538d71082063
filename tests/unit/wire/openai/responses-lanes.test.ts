import { expect, test } from 'vitest'
import { Lanes } from '../../../../src/wire/openai/responses/socket/lanes.ts'

const on = (lane: string | undefined, bytes = 1) => ({ lane, bytes })

test('one lane gives one after another, in their order', () => {
  const lanes = new Lanes()
  const [first, second] = [on('a'), on('a')]
  lanes.add(first)
  lanes.add(second)
  expect(lanes.next()).toBe(first)
  expect(lanes.next()).toBeUndefined()
  lanes.leave('a')
  expect(lanes.next()).toBe(second)
})

test('a lane that is busy lets others go first', () => {
  const lanes = new Lanes()
  const [first, second, other] = [on(undefined), on(undefined), on('b')]
  for (const asked of [first, second, other]) lanes.add(asked)
  expect([lanes.next(), lanes.next(), lanes.next()]).toEqual([first, other, undefined])
})

test.each([
  ['a thousand requests', 1_000, 1],
  ['32 MiB', 4, 8 * 1024 * 1024],
])('no more waits than %s', (_, count, bytes) => {
  const lanes = new Lanes()
  for (let nth = 0; nth < count; nth++) expect(lanes.add(on(undefined, bytes))).toBeUndefined()
  expect(lanes.add(on(undefined, bytes))).toMatchObject({
    code: 'longhaul_queue_full',
    message: expect.stringContaining('Wait for a response') as string,
  })
})

test.each(['', 'a b', 'x'.repeat(257), 5, {}])('no lane goes by the name %j', (name) => {
  expect(new Lanes().lane(name)).toMatchObject({ lane: undefined, problem: { code: 'invalid_stream_id' } })
})
