import { describe, expect, test } from 'vitest'
import type { Agent } from '../../../../src/orchestrator/team/agent.ts'
import { carryOutRequest, isRequest } from '../../../../src/orchestrator/team/requests.ts'
import type { Json } from '../../../../src/strategy/index.ts'

const agent = (name: string) => ({ name, status: 'alive', working: 0, isAlive: true, settings: {} }) as unknown as Agent

/** What comes of an event that an agent emits. */
function asked(
  event: string,
  data: Json,
  { from = 'ann', spawn = () => {} }: { from?: string; spawn?: () => void } = {},
) {
  const done: unknown[][] = []
  carryOutRequest({ event, from, data }, 1, {
    run: 'orch_1',
    agents: new Map(['lead', 'ann', 'ben'].map((name) => [name, agent(name)])),
    except: () => false,
    leads: (name) => name === 'lead',
    spawn: (...given) => {
      spawn()
      done.push(['spawn', ...given])
    },
    send: (...given) => void done.push(['send', ...given]),
    terminate: (...given) => void done.push(['terminate', ...given]),
    end: () => void done.push(['end']),
    refuse: (problem) => void done.push(['refuse', problem]),
  })
  return done
}

describe('an agent asks', () => {
  test('for another agent, with what that is to be', () => {
    const data = { agent_id: 'orch_1_helper', profile: 'worker', mood: 'calm', count: 2 }
    expect(asked('agent:spawn', data)).toEqual([['spawn', 'helper', { profile: 'worker', count: 2 }]])
    expect(asked('agent:spawn', {})).toEqual([['spawn', null, {}]])
  })

  test('for the end of others', () => {
    expect(asked('agent:terminate', { agent_id: 'ben' })).toEqual([['terminate', 'ben', 'terminated by ann']])
    expect(asked('agent:terminate', { agent_ids: ['ben', 'orch_1_lead'] })).toEqual([
      ['terminate', 'ben', 'terminated by ann'],
      ['terminate', 'lead', 'terminated by ann'],
    ])
    expect(asked('agent:terminate', {})).toEqual([])
  })

  test.each([
    ['Hello.', 'Hello.'],
    [{ content: 'Hello.' }, 'Hello.'],
    [{ text: 'Hello.' }, 'Hello.'],
    [{ n: 1 }, '{"n":1}'],
    [undefined, ''],
  ])('for a message, however it is wrapped: %j', (message, text) => {
    const data = { to: 'ben', ...(message !== undefined && { message }) } as Json
    for (const event of ['agent:send_message', 'orchestration:send'])
      expect(asked(event, data)).toEqual([['send', 'ben', text, 'ann', 2]])
  })

  test('for a message to all others', () => {
    expect(asked('orchestration:broadcast', { message: 'Hello.' })).toEqual([
      ['send', 'lead', 'Hello.', 'ann', 2],
      ['send', 'ben', 'Hello.', 'ann', 2],
    ])
    expect(asked('orchestration:broadcast', { message: 'Hello.', criteria: 'b*' })).toHaveLength(1)
  })

  test('to go on', () => {
    expect(asked('agent:needs_continuation', { reason: 'more to say' })).toEqual([
      ['send', 'ann', 'Go on: more to say', 'ann', 2],
    ])
    expect(asked('agent:needs_continuation', {})).toEqual([['send', 'ann', 'Go on: the next step', 'ann', 2]])
    expect(asked('agent:needs_continuation', {}, { from: 'stranger' })).toEqual([])
  })

  test('for the end of all, which only who leads may', () => {
    expect(asked('orchestration:request_termination', {}, { from: 'lead' })).toEqual([['end']])
    expect(asked('orchestration:request_termination', {}, { from: 'strategy' })).toEqual([['end']])
    expect(asked('orchestration:request_termination', {})).toEqual([
      ['refuse', 'ann requested the end of the orchestration, which only the orchestrating agent can request.'],
    ])
  })

  test('for what cannot be done, and is told so', () => {
    const spawn = () => {
      throw new Error('No room.')
    }
    expect(asked('agent:spawn', {}, { spawn })).toEqual([['refuse', 'agent:spawn of ann: No room.']])
  })

  test('for nothing by any other event, nor by data that is none', () => {
    expect(asked('vote:yes', {})).toEqual([])
    expect(asked('agent:terminate', 'ben')).toEqual([])
    expect(asked('toString', {})).toEqual([])
    expect([isRequest('agent:spawn'), isRequest('vote'), isRequest('toString')]).toEqual([true, false, false])
  })
})
