import { expect, test } from 'vitest'
import { converse } from '../../../../src/orchestrator/effects/converse.ts'
import type { EffectDependencies } from '../../../../src/orchestrator/effects/dependencies.ts'
import { failure, open, Told } from '../../../given/ask.ts'
import { settled } from '../../../given/hand-time.ts'

/** Agents that have something to read; each that is asked tells those that its name stands for in `tells`, once. */
function talking({
  tells = {},
  failing = [],
  spoken = [],
  gone = [],
}: {
  tells?: Record<string, string[]>
  failing?: string[]
  spoken?: string[]
  gone?: string[]
} = {}) {
  const names = ['ann', 'ben', 'cid']
  const agents = new Map(names.map((name) => [name, { name, isAlive: !gone.includes(name), inbox: ['Begin.'] }]))
  const asked: string[] = []
  const listeners = new Set<(name: string) => void>()
  const trace = new Told()
  const pausing = new AbortController()
  const dependencies = {
    effect: 1,
    signal: open(),
    pausing: pausing.signal,
    pause: () => Promise.resolve('paused'),
    trace,
    team: {
      names,
      agents,
      answersBefore: () => spoken.map((agent) => ({ question: agent, answer: { agent } })),
      onDelivery: (listener: (name: string) => void) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      requestAnswer: async (name: string, _: undefined, { question }: { question: string }) => {
        asked.push(question)
        // No service answers at once.
        await settled()
        // Who fails keeps what it was told.
        if (failing.includes(name)) throw failure('server_error')
        agents.get(name)!.inbox.length = 0
        for (const to of tells[name]?.splice(0) ?? []) {
          agents.get(to)!.inbox.push('Go on.')
          for (const listener of listeners) listener(to)
        }
      },
    },
  } as unknown as EffectDependencies
  return { dependencies, asked, trace, listeners, pausing }
}

test.each([true, false])('agents talk until nobody has anything to read; in turns: %s', async (inTurns) => {
  const { dependencies, asked, trace, listeners } = talking({ tells: { cid: ['ben'] }, gone: ['ann'] })
  expect(await converse(dependencies, { inTurns })).toBeNull()
  expect(asked).toEqual(['ben 1', 'cid 1', 'ben 2'])
  expect([trace.events, listeners.size]).toEqual([[], 0])
})

test('after a restart the next in turn is asked, and counted on', async () => {
  const { dependencies, asked } = talking({ spoken: ['ann', 'ben'] })
  await converse(dependencies, { inTurns: true })
  expect(asked).toEqual(['cid 1', 'ann 2', 'ben 2'])
})

test.each([true, false])('who fails is asked again when it is told more; in turns: %s', async (inTurns) => {
  const { dependencies, asked, trace } = talking({ failing: ['ann'], tells: { ben: ['ann'] } })
  expect(await converse(dependencies, { inTurns })).toBeNull()
  expect(asked.toSorted()).toEqual(['ann 1', 'ann 2', 'ben 1', 'cid 1'])
  expect(trace.events).toEqual([{ type: 'log', line: 0, text: 'Not answered: It is server_error.' }])
})

test.each([true, false])('where nobody answers, it fails; in turns: %s', async (inTurns) => {
  const { dependencies } = talking({ failing: ['ann', 'ben', 'cid'] })
  await expect(converse(dependencies, { inTurns })).rejects.toMatchObject({ kind: 'server_error' })
})

test.each([true, false])('who waits when the run pauses is asked later; in turns: %s', async (inTurns) => {
  const { dependencies, asked, pausing } = talking()
  pausing.abort()
  expect(await converse(dependencies, { inTurns })).toBe('paused')
  expect(asked).toEqual([])
})
