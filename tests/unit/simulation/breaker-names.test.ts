import { expect, test } from 'vitest'
import { strangeBreakers } from '../../../src/simulation/breaker-names.ts'
import { call, event, story } from '../../given/story.ts'

const namesOf = (targets: readonly string[], config = {}, declared: readonly string[] = []) =>
  strangeBreakers(
    config,
    story(
      call(1, { agent: 'writer', from: 0, to: 9 }),
      event(3, { type: 'agent.spawned', agent: 'reviewer' }),
      ...targets.map((target) => event(5, { type: 'breaker.changed', target, state: 'open' })),
    ),
    declared,
  )

test.each([
  ['the service, the model and the agent of a call', ['openai', 'gpt-4o-mini', 'writer', 'openai/gpt-4o-mini']],
  ['a service and a model that longhaul knows, though nobody called them', ['anthropic', 'claude-haiku-4-5']],
  ['a model of a known service, whatever its name', ['openai/my-finetune']],
  ['an agent that has only started', ['reviewer']],
])('a breaker may have the name of %s', (_, targets) => {
  expect(namesOf(targets)).toEqual([])
})

test('a breaker may have a name of the set-up, or of a declared agent', () => {
  expect(namesOf(['gateway', 'small', 'judge', 'editor'])).toHaveLength(4)
  const config = { services: { gateway: {} }, models: { small: {} }, agents: { judge: {} } }
  expect(namesOf(['gateway', 'small', 'judge', 'editor', 'gateway/any'], config, ['editor'])).toEqual([])
})

test('another name is strange: a misspelt one, for which one is meant, or one of which nobody knows', () => {
  expect(namesOf(['opnai', 'opnai', 'wirter', 'llm'])).toEqual([
    { name: 'opnai', meant: 'openai' },
    { name: 'wirter', meant: 'writer' },
    { name: 'llm', meant: undefined },
  ])
})
