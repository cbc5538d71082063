import { expect, test } from 'vitest'
import { Bus, type BusEvent } from '../../../../src/orchestrator/team/bus.ts'
import type { SavedRoutes } from '../../../../src/orchestrator/team/response-routes.ts'

function busWith(routes?: SavedRoutes): { bus: Bus; heard: BusEvent[] } {
  const bus = new Bus({
    rules: [],
    transformers: [
      {
        source: 'game:analyze',
        target: 'work:asked',
        async: true,
        mapping: { id: '{{transform_id}}', what: '{{what}}' },
        response_route: { from: 'work:done', to: 'game:analyzed', filter: 'id == {{transform_id}}' },
      },
    ],
    otherwise: () => undefined,
    maxHops: 10,
    trace: { append: () => 0 },
    recipients: () => [],
    deliver: () => {},
    routes,
  })
  const heard: BusEvent[] = []
  bus.listen((event) => heard.push(event))
  return { bus, heard }
}

test('a transformer waits for the answer to what it has asked, and says it as its own event, once', () => {
  const { bus, heard } = busWith()
  for (const what of ['a', 'b']) bus.emit({ event: 'game:analyze', from: 'ann', data: { what } })
  const asked = heard.filter(({ event }) => event === 'work:asked').map(({ data }) => data)
  expect(asked).toEqual([
    { id: 'transform_1', what: 'a' },
    { id: 'transform_2', what: 'b' },
  ])
  const done = (id: string): void => bus.emit({ event: 'work:done', from: 'ben', data: { id, result: 3 } })
  done('transform_2')
  done('transform_2')
  done('transform_9')
  expect(heard.filter(({ event }) => event === 'game:analyzed')).toEqual([
    { event: 'game:analyzed', from: 'ben', data: { id: 'transform_2', result: 3 } },
  ])
})

test('the answer may come after a restart, and later askings have ids of their own', () => {
  const before = busWith()
  before.bus.emit({ event: 'game:analyze', from: 'ann', data: { what: 'a' } })
  const kept = JSON.parse(JSON.stringify(before.bus.saveRoutes())) as SavedRoutes
  const { bus, heard } = busWith(kept)
  bus.emit({ event: 'game:analyze', from: 'ann', data: { what: 'b' } })
  expect(heard.at(-1)!.data).toEqual({ id: 'transform_2', what: 'b' })
  bus.emit({ event: 'work:done', from: 'ben', data: { id: 'transform_1', result: 3 } })
  expect(heard.at(-1)).toMatchObject({ event: 'game:analyzed', data: { id: 'transform_1' } })
})
