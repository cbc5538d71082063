import { expect, test } from 'vitest'
import { targetOf } from '../../../../src/orchestrator/service/target.ts'

const service = (format: 'openai' | 'anthropic') => ({ baseURL: 'http://nowhere.test', format })
const SERVICES = { openai: service('openai'), anthropic: service('anthropic'), own: service('openai') }

test.each([
  ['gpt-4o-mini', 'openai', 'gpt-4o-mini'],
  ['claude-haiku-4-5', 'anthropic', 'claude-haiku-4-5'],
  ['sonnet', 'anthropic', 'claude-sonnet-4-5'],
  ['own/llama', 'own', 'llama'],
  ['own/meta/llama', 'own', 'meta/llama'],
  ['openai/claude-like', 'openai', 'claude-like'],
  ['claude-cli/sonnet', 'anthropic', 'claude-sonnet-4-5'],
  ['litellm/gpt-4o', 'openai', 'gpt-4o'],
  ['litellm/own/llama', 'own', 'llama'],
  ['meta/llama', 'openai', 'meta/llama'],
  ['toString', 'openai', 'toString'],
])('%s is asked of %s as %s', (asked, provider, model) => {
  expect(targetOf(asked, SERVICES)).toEqual({
    name: `${provider}/${model}`,
    provider,
    model,
    service: SERVICES[provider as keyof typeof SERVICES],
  })
})

test.each([
  ['claude-haiku-4-5', { openai: SERVICES.openai }],
  ['gpt-4o', { own: SERVICES.own }],
  ['own/', SERVICES],
  ['', SERVICES],
])('%j is refused where no service has it', (asked, services) => {
  expect(() => targetOf(asked, services)).toThrow(
    `a model, or service/model with one of ${Object.keys(services).join(', ')}`,
  )
})

test('a way to a model may be a service of its own', () => {
  expect(targetOf('litellm/gpt-4o', { ...SERVICES, litellm: service('openai') })).toMatchObject({
    provider: 'litellm',
    model: 'gpt-4o',
  })
})
