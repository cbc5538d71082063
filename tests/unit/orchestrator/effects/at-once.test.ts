import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { carryOutAtOnce } from '../../../../src/orchestrator/effects/at-once.ts'
import type { BusEvent } from '../../../../src/orchestrator/team/bus.ts'
import type { Json } from '../../../../src/strategy/index.ts'
import { teamThatSays } from '../../../given/team.ts'

beforeEach(() => void vi.useFakeTimers({ now: 5_000 }))
afterEach(() => void vi.useRealTimers())

type Request = Parameters<typeof carryOutAtOnce>[0]

/** A team of three, what a statement in line 7 gives, and what it changes. */
function withTeam(gone: readonly string[] = []) {
  const given = teamThatSays({ ann: [{}], ben: [{}], cem: [{}] })
  for (const agent of gone) given.team.terminate(agent, 'it is ill')
  const emitted: BusEvent[] = []
  given.team.bus.listen((event) => emitted.push(event))
  return {
    ...given,
    emitted,
    carryOut: (request: Request): Json => carryOutAtOnce(request, 7, given.dependencies),
    inboxes: () =>
      Object.fromEntries(
        [...given.team.agents.values()]
          .filter(({ inbox }) => inbox.length > 0)
          .map(({ name, inbox }) => [name, inbox.map(({ text }) => text)]),
      ),
  }
}

const NOBODY = { type: 'log', at: 5_000, line: 0, text: 'No agent receives the message: no agent is "worker_*".' }

describe('a statement that waits for nobody', () => {
  test('makes agents', () => {
    expect(withTeam().carryOut({ kind: 'spawn', agent: 'dan', options: {} })).toBe('dan')
  })

  test('ends agents, and says where', () => {
    const { carryOut, team, told } = withTeam()
    expect(carryOut({ kind: 'terminate', agents: ['ann', 'ben'] })).toBeNull()
    expect(team.names.map((name) => team.isAlive(name))).toEqual([false, false, true])
    expect(told('agent.terminated')).toEqual([
      { type: 'agent.terminated', at: 5_000, agent: 'ann', reason: 'terminated by the strategy at line 7' },
      { type: 'agent.terminated', at: 5_000, agent: 'ben', reason: 'terminated by the strategy at line 7' },
    ])
  })

  test('sends a message, and gives the names of those it is for', () => {
    const { carryOut, inboxes, told } = withTeam()
    expect(carryOut({ kind: 'send', message: { n: 1 }, to: ['ann', 'cem'] })).toEqual(['ann', 'cem'])
    expect(inboxes()).toEqual({ ann: ['{"n":1}'], cem: ['{"n":1}'] })
    expect(told('message.sent')).toEqual([
      { type: 'message.sent', at: 5_000, from: 'strategy', to: 'ann' },
      { type: 'message.sent', at: 5_000, from: 'strategy', to: 'cem' },
    ])
  })

  test('sends to nobody where nobody fits, and the trace says so', () => {
    const { carryOut, inboxes, told } = withTeam()
    expect(carryOut({ kind: 'send', message: 'Hello.', to: 'worker_*' })).toEqual([])
    expect(inboxes()).toEqual({})
    expect(told('log')).toEqual([NOBODY])
  })

  test('tells all who are alive, with the options behind it', () => {
    const { carryOut, inboxes, told } = withTeam(['ben'])
    expect(carryOut({ kind: 'broadcast', message: 'Stop.', agents: null, options: {} })).toBeNull()
    expect(carryOut({ kind: 'broadcast', message: 'Go.', agents: null, options: { by: 2 } })).toBeNull()
    expect(inboxes()).toEqual({ ann: ['Stop.', 'Go.\n{"by":2}'], cem: ['Stop.', 'Go.\n{"by":2}'] })
    expect(told('message.sent')).toMatchObject(['ann', 'cem', 'ann', 'cem'].map((to) => ({ from: 'strategy', to })))
  })

  test('tells those whom it names', () => {
    const { carryOut, inboxes } = withTeam()
    carryOut({ kind: 'broadcast', message: 'Stop.', agents: ['ben'], options: {} })
    expect(inboxes()).toEqual({ ben: ['Stop.'] })
  })

  test('tells and ends those who have what it names', () => {
    const { carryOut, inboxes, team } = withTeam()
    team.spawn({ ...team.find('ann').settings, name: 'zoe', role: 'analyst' })
    const analysts = { role: 'analyst' }
    carryOut({ kind: 'broadcast', message: 'Stop.', agents: analysts, options: {} })
    expect(inboxes()).toEqual({ zoe: ['Stop.'] })
    carryOut({ kind: 'terminate', agents: analysts })
    expect(team.names.filter((name) => !team.isAlive(name))).toEqual(['zoe'])
  })

  test('emits an event to all who listen', () => {
    const { carryOut, emitted, inboxes, told } = withTeam()
    expect(carryOut({ kind: 'emit', event: 'begin', to: null, data: { n: 1 } })).toBeNull()
    expect(emitted).toEqual([{ event: 'begin', from: 'strategy', data: { n: 1 } }])
    expect(inboxes()).toEqual({})
    expect(told('log')).toEqual([])
  })

  test('emits an event, and tells those whom it is for', () => {
    const { carryOut, emitted, inboxes, told } = withTeam()
    expect(carryOut({ kind: 'emit', event: 'begin', to: ['ann', 'ben'], data: { n: 1 } })).toBeNull()
    expect(emitted).toHaveLength(1)
    expect(inboxes()).toEqual({ ann: ['begin: {"n":1}'], ben: ['begin: {"n":1}'] })
    expect(told('message.sent')).toMatchObject([{ from: 'strategy' }, { from: 'strategy' }])
    carryOut({ kind: 'emit', event: 'begin', to: 'worker_*', data: null })
    expect(told('log')).toEqual([NOBODY])
  })

  test.for([
    [{ type: 'score', data: { n: 1 } }, { n: 1 }],
    [{ type: 'score' }, {}],
  ] as const)('tracks %j', ([entry, data]) => {
    const { carryOut, emitted, tracked } = withTeam()
    const noted = { type: 'score', data, at: 5 }
    expect(carryOut({ kind: 'track', entry })).toEqual(noted)
    expect(tracked).toEqual([noted])
    expect(emitted).toEqual([{ event: 'orchestration:track', from: 'strategy', data: { type: 'score', data } }])
  })

  test('asks what is known', () => {
    const { carryOut } = withTeam()
    expect(carryOut({ kind: 'query', request: { query_type: 'context' } })).toEqual({
      mood: 'calm',
      orchestration_id: 'run',
    })
  })

  test('writes to the trace, with its line', () => {
    const { carryOut, told } = withTeam()
    expect(carryOut({ kind: 'log', text: 'Half done.' })).toBeNull()
    expect(told('log')).toEqual([{ type: 'log', at: 5_000, line: 7, text: 'Half done.' }])
  })
})
