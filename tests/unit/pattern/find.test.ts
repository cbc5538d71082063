import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  findPattern,
  listPatterns,
  loadPattern,
  PatternNotFoundError,
  resolveVariables,
} from '../../../src/pattern/index.ts'
import { strategy } from '../../given/strategy.ts'

const home = mkdtempSync(join(tmpdir(), 'longhaul-find-'))
afterAll(() => rmSync(home, { recursive: true }))

/** The patterns that the test plan names. */
const PLAN = [
  'cost_tracking_test',
  'evolution_marathon',
  'game_theory_orchestration_v2',
  'multi_agent_evolution_scale',
  'parallel_pattern',
  'semantic_test',
  'sequential_pattern',
  'stress_test_decisions',
  'timeout_resilience_test',
]

test("the test plan's patterns come with the package, and can be read", () => {
  expect(listPatterns().map(({ name }) => name)).toEqual(expect.arrayContaining(PLAN))
  for (const name of PLAN) expect(loadPattern(name).data.name).toBe(name)
})

test('a name that nobody has is refused with the nearest one, and where it was looked for', () => {
  const find = (): string => findPattern('game_theory_orchestration_v3')
  expect(find).toThrow(PatternNotFoundError)
  expect(find).toThrow(/Did you mean "game_theory_orchestration_v2"\? longhaul looked for .*orchestrations/)
})

test('a folder of one’s own goes before the package, and a path before all', () => {
  const own = join(home, 'own')
  mkdirSync(own)
  const text = strategy`
    orchestration_logic:
      strategy: |
        LOG 1
  `
  writeFileSync(join(own, 'semantic_test.yaml'), text)
  writeFileSync(join(home, 'direct.yml'), text)
  expect(findPattern('semantic_test', [own])).toBe(join(own, 'semantic_test.yaml'))
  expect(findPattern('semantic_test.yaml', [own])).toBe(join(own, 'semantic_test.yaml'))
  expect(findPattern(join(home, 'direct'))).toBe(join(home, 'direct.yml'))
  expect(listPatterns([own]).filter(({ name }) => name === 'semantic_test')).toHaveLength(1)
  expect(basename(findPattern('semantic_test'))).toBe('semantic_test.yaml')
})

test('a pattern without a name has that of its file', () => {
  const file = join(home, '4 votes-v2.yaml')
  writeFileSync(
    file,
    strategy`
      agents: { ann: {} }
      orchestration_logic:
        strategy: |
          LOG 1
    `,
  )
  expect(loadPattern(file).data.name).toBe('_4_votes-v2')
})

test('a pattern may extend one that comes with the package', () => {
  const file = join(home, 'longer.yaml')
  writeFileSync(file, 'extends: semantic_test\nvariables: { enable_cache: true }\n')
  expect(loadPattern(file).data).toMatchObject({ name: 'longer', variables: { enable_cache: true } })
})

test('a variable that nobody reads is refused; one that the orchestrator or the text reads is not', () => {
  const pattern = loadPattern('game_theory_orchestration_v2')
  expect(() => resolveVariables(pattern, { max_round: 3 })).toThrow('Did you mean "max_rounds"?')
  expect(() => resolveVariables(pattern, { colour: 'red' })).toThrow(
    /has no variable "colour"\. There are: max_rounds, /,
  )
  expect(resolveVariables(pattern, { budget_limit: 5, agent_name: 'x' })).toMatchObject({ budget_limit: 5 })
})
