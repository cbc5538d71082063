import { describe, expect, test } from 'vitest'
import { Bus, fitsPattern } from '../../../../src/orchestrator/team/bus.ts'
import { Told } from '../../../given/ask.ts'

test.each([
  ['a:b', 'a:b', true],
  ['a:b', 'a:bc', false],
  ['*', '', true],
  ['a:*', 'a:b', true],
  ['a:*', 'b:a:', false],
  ['*:end', 'x:end', true],
  ['*:end', 'x:end:y', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'ac', false],
  ['a*a', 'a', false],
  ['**', 'anything', true],
])('%s fits %s: %s', (pattern, name, fits) => {
  expect(fitsPattern(pattern, name)).toBe(fits)
})

test('a pattern of many stars is read in no time', () => {
  expect(fitsPattern(`${'*a'.repeat(5_000)}b`, 'a'.repeat(5_000))).toBe(false)
})

const bussed = (over: Partial<ConstructorParameters<typeof Bus>[0]> = {}) => {
  const trace = new Told()
  const delivered: [to: string, message: string, from: string, hops: number][] = []
  const bus = new Bus({
    rules: [],
    transformers: [],
    otherwise: () => undefined,
    maxHops: 3,
    trace,
    recipients: (to) => (to === '*' ? ['ann', 'ben'] : to === 'nobody' ? [] : [String(to)]),
    deliver: (...message) => void delivered.push(message),
    ...over,
  })
  return { bus, trace, delivered }
}

describe('an event', () => {
  test('is heard by all who listen, until they end that', () => {
    const { bus, trace } = bussed()
    const heard: string[] = []
    const stop = bus.listen(({ event, from }, hops) => heard.push(`${event} ${from} ${hops}`))
    bus.emit({ event: 'vote:yes', from: 'ann', data: {} })
    stop()
    bus.emit({ event: 'vote:no', from: 'ann', data: {} }, 1)
    expect(heard).toEqual(['vote:yes ann 0'])
    expect(trace.of('event.emitted')).toMatchObject([
      { event: 'vote:yes', from: 'ann', hops: 0 },
      { event: 'vote:no', hops: 1 },
    ])
  })

  test('goes to whom a rule says, but not back to who said it', () => {
    const { bus, delivered } = bussed({ rules: [{ pattern: 'vote:*' }] })
    bus.emit({ event: 'vote:yes', from: 'ann', data: { text: 'I do.' } })
    expect(delivered).toEqual([['ben', 'ann: I do.', 'ann', 1]])
  })

  test('is told with its data where that is more than a text', () => {
    const { bus, delivered } = bussed({ rules: [{ event: 'vote', to: 'cem' }] })
    bus.emit({ event: 'vote', from: 'ann', data: { text: 'I do.', n: 1 } })
    bus.emit({ event: 'vote', from: 'ann', data: ['x'] })
    expect(delivered.map(([, message]) => message)).toEqual([
      'vote from ann: {"text":"I do.","n":1}',
      'vote from ann: ["x"]',
    ])
  })

  test('is told in the words of its rule', () => {
    const { bus, delivered } = bussed({ rules: [{ event: 'vote', to: '{{who}}', message: '{{from}} says {{n}}.' }] })
    bus.emit({ event: 'vote', from: 'ann', data: { n: 3, who: 'cem' } })
    expect(delivered).toEqual([['cem', 'ann says 3.', 'ann', 1]])
  })

  test.each([
    ['another event', { event: 'vote:no' }],
    ['another sender', { event: 'vote:yes', from: 'ben' }],
    ['a condition that does not hold', { event: 'vote:yes', condition: 'n > 5' }],
    ['a condition that cannot be read on it', { event: 'vote:yes', condition: 'none.of > this' }],
  ])('is not routed by a rule for %s', (_, rule) => {
    const { bus, delivered } = bussed({ rules: [{ ...rule, to: 'cem' }] })
    bus.emit({ event: 'vote:yes', from: 'ann', data: { n: 3 } })
    expect(delivered).toEqual([])
  })

  test('that reaches nobody is told of', () => {
    const { bus, trace } = bussed({ rules: [{ event: 'vote', to: 'nobody' }] })
    bus.emit({ event: 'vote', from: 'ann', data: {} })
    expect(trace.of('log')).toEqual([
      { type: 'log', line: 0, text: 'vote from ann has no recipient: no agent is "nobody".' },
    ])
  })

  test('of an agent for which there is no rule goes to whoever is told of the rest', () => {
    const { bus, delivered } = bussed({ otherwise: () => 'lead' })
    bus.emit({ event: 'hello', from: 'ann', data: {} })
    bus.emit({ event: 'hello', from: 'lead', data: {} })
    bus.emit({ event: 'hello', from: 'strategy', data: {} })
    bus.emit({ event: 'agent:response', from: 'ann', data: {} })
    expect(delivered).toEqual([['lead', 'hello from ann: {}', 'ann', 1]])
  })

  test('is transformed into others, with the data that they map', () => {
    const { bus, trace, delivered } = bussed({
      transformers: [
        { source: 'vote:*', target: 'counted', mapping: { by: '{{from}}', n: '{{n}}' } },
        { source: 'vote:*', target: 'late', condition: 'n > 5' },
      ],
      rules: [{ event: 'counted', to: 'lead' }],
    })
    bus.emit({ event: 'vote:yes', from: 'ann', data: { n: 3 } })
    expect(trace.of('event.emitted').map(({ event, hops }) => [event, hops])).toEqual([
      ['vote:yes', 0],
      ['counted', 1],
    ])
    expect(delivered).toEqual([['lead', 'counted from ann: {"by":"ann","n":3}', 'ann', 2]])
  })

  test('that leads to itself is cut', () => {
    const { bus, trace } = bussed({ transformers: [{ source: 'ping', target: 'ping' }] })
    bus.emit({ event: 'ping', from: 'ann', data: {} })
    expect(trace.of('event.emitted').map(({ hops }) => hops)).toEqual([0, 1, 2, 3])
    expect(trace.of('event.dropped')).toEqual([{ type: 'event.dropped', event: 'ping', hops: 4 }])
  })
})

test('what an agent says that names no event is what a rule lets come from it, else a message', () => {
  const { bus } = bussed({
    rules: [
      { from: '*', event: 'all' },
      { from: 'ann', pattern: 'vote:*' },
      { from: 'a*', event: 'talk' },
      { from: 'ben', pattern: 'view' },
    ],
  })
  expect(['ann', 'ben', 'cem'].map((agent) => bus.usualEventOf(agent))).toEqual(['talk', 'view', 'message'])
})
