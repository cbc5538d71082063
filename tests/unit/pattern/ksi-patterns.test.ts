import { describe, expect, test } from 'vitest'
import { loadPattern, resolveAgents, resolveVariables } from '../../../src/pattern/index.ts'

const STRATEGY = 'orchestration_logic:\n  strategy: |\n    LOG 1\n'
const SKETCH = 'orchestration_logic:\n  strategy: |\n    THINK about it\n'
const load = (text: string) => loadPattern({ text: `name: x\n${text}` })
const agentsOf = (text: string, vars: Record<string, unknown> = {}) => {
  const pattern = load(text)
  return resolveAgents(pattern, resolveVariables(pattern, vars, { run: 'orch_1' }), { run: 'orch_1' })
}

describe('patterns as KSI has them', () => {
  test('may extend nothing, and have blocks of their own', () => {
    const { data } = load(`extends: null\nmixins: []\ncomponents: []\nperformance: { runs: 0 }\n${STRATEGY}`)
    expect(data).toMatchObject({ extends: null, performance: { runs: 0 } })
  })

  test('may have no strategy: their agents talk', () => {
    const { program, strategy } = load('agents: { ann: {}, ben: {} }\n')
    expect(strategy.statements).toEqual([])
    expect(program.map(({ op }) => op)).toEqual(['effect', 'end'])
  })

  test('may be there to be extended only', () => {
    expect(load('variables: { n: 1 }\nmetadata: { tags: [a] }\n').data).toMatchObject({ variables: { n: 1 } })
    expect(() => load('description: nothing more\n')).toThrow('The pattern has no strategy.')
    expect(() => load('agents: { ann: {} }\norchestration_logic:\n  strategy: "# nothing"\n')).toThrow(
      'The pattern has no strategy.',
    )
  })

  test('declare variables by the types of other languages, and by what they may be', () => {
    const pattern = load(
      `variables:\n  share: { type: float, default: 0.5 }\n  n: { type: int, default: 1 }\n  mode: { type: str, default: calm, allowed_values: [calm, wild] }\n  shape: { type: circle, radius: 2 }\n${STRATEGY}`,
    )
    expect(resolveVariables(pattern, { n: '3' })).toEqual({
      share: 0.5,
      n: 3,
      mode: 'calm',
      shape: { type: 'circle', radius: 2 },
    })
    expect(() => resolveVariables(pattern, { mode: 'odd' })).toThrow('allowed values: "calm", "wild"')
  })
})

describe('agents', () => {
  test('are told their own id, and that of the orchestration', () => {
    expect(
      agentsOf(`agents:\n  ann: { prompt: "You are {{agent_id}} of {{orchestration_id}}." }\n${STRATEGY}`),
    ).toMatchObject([{ name: 'ann', systemPrompt: 'You are orch_1_ann of orch_1.' }])
  })

  test('that lead keep what they are told at the start as their system prompt; others read it first', () => {
    const text = `variables: { n: 3 }
agents:
  lead: { profile: base_orchestrator, prompt_template: You lead., vars: { initial_prompt: "Play {{n}} rounds, {{agent_id}}." } }
  ann: { profile: worker, vars: { mood: calm, initial_prompt: "Be {{mood}}." } }
  ben: { initial_message: Begin. }
${STRATEGY}`
    const [lead, ann, ben] = agentsOf(text)
    expect(lead).toMatchObject({ systemPrompt: 'You lead.\n\nPlay 3 rounds, orch_1_lead.' })
    expect(lead).not.toHaveProperty('initialPrompt')
    expect(ann).toMatchObject({ initialPrompt: 'Be calm.' })
    expect(ben).toMatchObject({ initialPrompt: 'Begin.' })
  })

  test('the pattern may say what its leader is told', () => {
    const [lead] = agentsOf(`initial_prompt: Go on.\nagents:\n  lead: { role: coordinator }\n  ann: {}\n${STRATEGY}`)
    expect(lead).toMatchObject({ systemPrompt: 'Go on.' })
  })

  test('may be templates, numbered by a name, and made later', () => {
    const names = agentsOf(
      `agents:
  base: { template: true, model: gpt-4o }
  stage: { template: "stage_{n}", count: 2 }
  later: { template: "late_{n}", count: dynamic }
  ann: { template: base }
${STRATEGY}`,
    ).map(({ name, model }) => [name, model])
    expect(names).toEqual([
      ['stage_1', undefined],
      ['stage_2', undefined],
      ['ann', 'gpt-4o'],
    ])
  })

  test('in a sketch keep what is no variable in their prompts; elsewhere it is a mistake', () => {
    const agents = 'agents:\n  ann: { prompt: "Play {{game_type}}." }\n'
    expect(agentsOf(agents + SKETCH)).toMatchObject([{ systemPrompt: 'Play {{game_type}}.' }])
    expect(() => agentsOf(agents + STRATEGY)).toThrow('there is no variable "game_type"')
    expect(() => agentsOf(`variables: { game_typo: 1 }\n${agents}${SKETCH}`)).toThrow('Did you mean "game_typo"?')
  })
})

describe('mistakes are shown with their place', () => {
  test.each([
    ['variables:\n  n: { type: integr, default: 3 }\n' + STRATEGY, 'pattern.yaml:3:14: variables.n.type'],
    [
      'coordination: { turn_taking: { mode: alternately } }\n' + STRATEGY,
      'pattern.yaml:2:38: coordination.turn_taking.mode',
    ],
    [
      'coordination:\n  termination:\n    conditions:\n      - { round: 2 }\n' + STRATEGY,
      'pattern.yaml:5:11: coordination.termination.conditions.0: there is no setting "round".',
    ],
    [
      'routing_rules:\n  - { patern: "a", to: ann }\nagents: { ann: {} }\n' + STRATEGY,
      'pattern.yaml:3:7: There is no setting "patern".',
    ],
    [
      'coordination: { terminaton: { timeout: 1 } }\n' + STRATEGY,
      'pattern.yaml:2:17: There is no setting "terminaton".',
    ],
    [
      'routing_rules:\n  - { event: a, to: { rle: x } }\n' + STRATEGY,
      'pattern.yaml:3:23: routing_rules.0.to: there is no setting "rle".',
    ],
    ['routing_rules:\n  - { event: a }\n' + STRATEGY, 'pattern.yaml:3:5: routing_rules.0: a rule needs "to"'],
    [
      'agents: { ann: {} }\nrouting_rules:\n  - { event: a, to: anne }\n' + STRATEGY,
      'pattern.yaml:4:21: routing_rules.0.to: There is no agent "anne".',
    ],
    [
      'agents: { ann: {} }\nrouting:\n  default: bob\n' + STRATEGY,
      'pattern.yaml:4:12: routing.default: There is no agent "bob".',
    ],
    [
      'agents: { ann: {} }\nrouting_rules:\n  - { event: a, to: ann, condition: "x = 3" }\n' + STRATEGY,
      'pattern.yaml:4:37: routing_rules.0.condition: "x = 3" is not a valid expression',
    ],
    [
      'transformers:\n  - { source: a, target: b, condition: "x ==" }\n' + STRATEGY,
      'pattern.yaml:3:40: transformers.0.condition: "x ==" is not a valid expression',
    ],
  ])('%j', (text, message) => {
    expect(() => load(text)).toThrow(message)
  })

  test.each([
    'agents: { ann: {} }\nrouting_rules:\n  - { event: a, to: later }\n' + SKETCH,
    'agents: { ann: {} }\nrouting_rules:\n  - { event: a, to: later }\norchestration_logic:\n  strategy: |\n    SPAWN "later"\n',
    'agents: { ann: { count: 2 } }\nrouting_rules:\n  - { event: a, from: "ann_*", to: [ann_1, "{{who}}", "!ann_2", all] }\n' +
      STRATEGY,
    'agents: { ann: {} }\nrouting_rules:\n  - { event: a, to: { agent_id: "{{who}}" } }\n  - { event: b, broadcast: true }\n' +
      STRATEGY,
  ])('agents that may come to be, and rules for whoever fits, are none: %j', (text) => {
    expect(() => load(text)).not.toThrow()
  })
})
