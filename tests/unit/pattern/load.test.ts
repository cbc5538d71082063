import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadPattern, resolveAgents, resolveVariables } from '../../../src/pattern/index.ts'
import { PatternError } from '../../../src/strategy/index.ts'
import { strategy } from '../../given/strategy.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-pattern-'))
afterAll(() => rmSync(folder, { recursive: true }))
const write = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const STRATEGY = strategy`
  orchestration_logic:
    strategy: |
      LOG 1
`
const load = (text: string) => loadPattern({ text })

describe('a pattern file', () => {
  test('is read with variables, agents and strategy', () => {
    const pattern = load(
      `name: game
variables:
  rounds: 10
  prefix: { type: string, default: player }
  limit: { type: number, default: 2, description: how many }
agents:
  host: { profile: base, role: orchestrator, prompt_template: "You host {{rounds}} rounds." }
  player: { template: host, role: player, count: "{{limit}}", vars: { mood: calm }, prompt: "x" }
${STRATEGY}`,
    )
    const variables = resolveVariables(pattern, { rounds: 3 })
    expect(variables).toEqual({ rounds: 3, prefix: 'player', limit: 2 })
    expect(resolveAgents(pattern, variables)).toMatchObject([
      { name: 'host', role: 'orchestrator', systemPrompt: 'You host 3 rounds.' },
      { name: 'player_1', profile: 'base', role: 'player' },
      { name: 'player_2' },
    ])
  })

  test('extends another: blocks are merged, the strategy is replaced', () => {
    write('base.yaml', `name: base\nvariables: { a: 1, b: 2 }\nagents:\n  ann: { profile: p, model: m }\n${STRATEGY}`)
    const file = write('own.yaml', 'name: own\nextends: base\nvariables: { b: 3 }\nagents:\n  ann: { model: n }\n')
    const pattern = loadPattern(file)
    expect(pattern.data).toMatchObject({
      name: 'own',
      variables: { a: 1, b: 3 },
      agents: { ann: { profile: 'p', model: 'n' } },
    })
    expect(pattern.strategy.statements).toHaveLength(1)
  })

  test('a circle of extends is refused', () => {
    write('one.yaml', `name: one\nextends: two\n${STRATEGY}`)
    const file = write('two.yaml', `name: two\nextends: one\n${STRATEGY}`)
    expect(() => loadPattern(file)).toThrow(/one\.yaml:2:10: .*in a circle: .*two\.yaml → .*one\.yaml → .*two\.yaml/s)
  })

  test('a mistake in the strategy is shown in the line of the file', () => {
    expect(() =>
      load(strategy`
        name: x
        orchestration_logic:
          strategy: |

            LOG 1
            GATHR x FROM agents
      `),
    ).toThrow(
      /^pattern\.yaml:6:5: There is no statement "GATHR"\.\n  6 \|     GATHR x FROM agents\n          \^\n  Did you mean "GATHER"/,
    )
  })

  test.each([
    ['agents: {}\nextends: {}\n' + STRATEGY, 'pattern.yaml:2:10: extends'],
    [
      'name: x\nvarables: {}\n' + STRATEGY,
      'pattern.yaml:2:1: There is no setting "varables".',
      'Did you mean "variables"?',
    ],
    [
      'name: x\nagents:\n  ann: { modle: m }\n' + STRATEGY,
      'pattern.yaml:3:10: agents.ann: there is no setting "modle".',
      '"model"',
    ],
    ['name: x\nagents:\n  ann: { count: [] }\n' + STRATEGY, 'pattern.yaml:3:17: agents.ann.count'],
    ['name: x\nname: y\n', 'pattern.yaml:2:1: YAML: Map keys must be unique.'],
    ['name: x\n__proto__: {}\n', 'pattern.yaml:2:1: "__proto__" cannot be a name.'],
    ['name: x\nvariables: { a: { constructor: 1 } }\n', 'pattern.yaml:2:19: "constructor" cannot be a name.'],
    ['- 1\n', 'pattern.yaml:1:1: A pattern is a block of names and values.'],
    ['name: x\n', 'The pattern has no strategy.'],
    ['name: "x\n', 'YAML:'],
    [
      'name: x\nextends: nowhere\n' + STRATEGY,
      'pattern.yaml:2:10: extends: there is no pattern "nowhere" in the folder of this pattern',
    ],
    [
      `name: x\na: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]\n`,
      'Excessive alias count',
    ],
    [
      `name: x\nd: ${'['.repeat(200)}${']'.repeat(200)}\nv: ${'{a: '.repeat(60)}1${'}'.repeat(60)}\n`,
      'nested more than 50 deep',
    ],
    ['x'.repeat(2_000_000), 'at most 1048576 are allowed'],
  ])('mistake %#', (text, ...messages) => {
    for (const message of messages) expect(() => load(text)).toThrow(message)
  })

  test.each([
    [{ rounds: 'many' }, 'is of type integer, but the given value is "many"'],
    [{ round: 3 }, 'has no variable "round". Did you mean "rounds"?'],
    [{}, 'needs the variable "rounds" (integer)'],
  ])('variables %j', (given, message) => {
    const pattern = load(`name: x\nvariables:\n  rounds: { type: integer }\n${STRATEGY}`)
    expect(() => resolveVariables(pattern, given)).toThrow(message)
  })

  test('a number that comes as text is read', () => {
    const pattern = load(`name: x\nvariables:\n  rounds: { type: integer }\n${STRATEGY}`)
    expect(resolveVariables(pattern, { rounds: '7' })).toEqual({ rounds: 7 })
  })
})

test('all mistakes of the form of a file are found at once, in the order of its lines', () => {
  const text = `
agents:
  ann: { role: [planner], modle: gpt-4o }
  ben: { colour: red, size: 3 }
variables:
  rounds: { type: intger }
routing_rules:
  - { event: a, too: ann }
orchestration_logic:
  stratgy: LOG 1
`
  let thrown: unknown
  try {
    loadPattern({ text })
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(PatternError)
  const first = thrown as PatternError
  expect([first, ...first.others].map(({ line, column, problem }) => `${line}:${column} ${problem}`)).toEqual([
    '3:16 agents.ann.role: Invalid input: expected string, received array.',
    '3:27 agents.ann: there is no setting "modle".',
    '4:10 agents.ben: there is no setting "colour".',
    '4:23 agents.ben: there is no setting "size".',
    expect.stringMatching(/^6:19 variables\.rounds\.type: Invalid option/),
    '8:17 There is no setting "too".',
    '10:3 There is no setting "stratgy".',
  ])
  expect(first.others[0]!.others).toEqual([])
})
