import { describe, expect, test } from 'vitest'
import { Roster } from '../../../../src/orchestrator/team/roster.ts'
import { loadPattern } from '../../../../src/pattern/index.ts'
import type { Json } from '../../../../src/strategy/index.ts'
import { teamThatSays } from '../../../given/team.ts'

const AGENTS = `
  critic: { template: true, role: critic, prompt_template: 'You are {{agent_id}}, a critic of {{topic}}.' }
  worker: { count: dynamic, template: critic, profile: worker }
  lost: { template: true, prompt_template: 'You read {{nothing}}.' }
`

/** A team of ann, and who makes agents in it. */
function withRoster() {
  const { team } = teamThatSays({ ann: [{}] })
  const variables: Record<string, Json> = { topic: 'plans', agents: ['ann'] }
  const pattern = loadPattern({
    text: `name: x\nvariables: { topic: '' }\nagents:${AGENTS}orchestration_logic: { strategy: RETURN 1 }\n`,
  })
  return { roster: new Roster(team, pattern, () => variables), team, variables }
}

describe('an agent that is made from a template', () => {
  test('has the settings of an agent that serves as a template only, with its own name in the prompt', () => {
    const { roster, team, variables } = withRoster()
    expect(roster.spawn('zoe', { template: 'critic', model: 'gpt-4o' })).toBe('zoe')
    expect(team.find('zoe').settings).toMatchObject({
      role: 'critic',
      model: 'gpt-4o',
      systemPrompt: 'You are run_zoe, a critic of plans.',
    })
    expect(variables['agents']).toEqual(['ann', 'zoe'])
  })

  test('has those of an agent of which there is none at the start, and of its template', () => {
    const { roster, team } = withRoster()
    expect(roster.spawn('w', { template: 'worker', count: 2 })).toEqual(['w_1', 'w_2'])
    expect(team.find('w_2').settings).toMatchObject({
      profile: 'worker',
      role: 'critic',
      systemPrompt: 'You are run_w_2, a critic of plans.',
    })
  })

  test('has those of an agent of the team, also of one that was made before', () => {
    const { roster, team } = withRoster()
    roster.spawn('zoe', { template: 'ann', role: 'reader' })
    roster.spawn('yan', { template: 'zoe' })
    expect(team.find('yan').settings).toEqual({ ...team.find('ann').settings, name: 'yan', role: 'reader' })
  })

  test('is refused where nothing has the name, or its prompt cannot be filled in', () => {
    const { roster } = withRoster()
    expect(() => roster.spawn('zoe', { template: 'critc' })).toThrow(
      'There is no agent "critc" to serve as a template. Did you mean "critic"?',
    )
    expect(() => roster.spawn('zoe', { template: 'lost' })).toThrow(
      expect.objectContaining({
        kind: 'refused_request',
        message: expect.stringContaining('there is no variable "nothing"') as string,
      }),
    )
  })
})
