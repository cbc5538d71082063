import { expect, test } from 'vitest'
import { isMisspelt } from '../../../src/simulation/misspelt.ts'

test.for([
  ['reseacher', 'researcher'],
  ['planer', 'planner'],
  ['Researcher', 'researcher'],
  ['code-reviewer', 'code_reviewer'],
  ['codeReviewer', 'code_reviewer'],
  ['codereviewer', 'code-reviewer'],
  ['critics', 'critic'],
  ['wirter', 'writer'],
  ['revieser', 'reviewer'],
  ['head_reseacher', 'head_researcher'],
  ['opnai', 'openai'],
  ['gpt-4o-mni', 'gpt-4o-mini'],
  ['annn', 'ann'],
  ['team_annnn', 'team_ann'],
  ['reseacher', 'researcher-1'],
  ['code-reviwer', 'codeReviewer_12'],
] as const)('%s is %s, written wrongly', ([given, meant]) => {
  expect(isMisspelt(given, meant)).toBe(true)
  expect(isMisspelt(meant, given)).toBe(true)
})

test.for([
  ['worker_1', 'worker_2'],
  ['worker1', 'worker12'],
  ['worker_a', 'worker_b'],
  ['subworker_a', 'subworker_b'],
  ['analyst_uk', 'analyst_us'],
  ['ann', 'anna'],
  ['ana', 'anna'],
  ['ben', 'benn'],
  ['reader', 'leader'],
  ['tester', 'taster'],
  ['writer', 'waiter'],
  ['search', 'searcher'],
  ['red-team', 'blue-team'],
  ['planner', 'scanner'],
  ['gpt-4o', 'gpt-4o-mini'],
  ['gpt-4.1', 'gpt-4o'],
  ['agent-east', 'agent-west'],
  ['agent_a', 'agent_ab'],
  ['o3', 'o3-mini'],
  ['', 'a'],
  ['researcher', 'researcher-1'],
  ['researchers', 'researcher-1'],
  ['reviewer', 'previewer-1'],
] as const)('%s and %s are two', ([given, other]) => {
  expect(isMisspelt(given, other)).toBe(false)
  expect(isMisspelt(other, given)).toBe(false)
})
