import { expect, test } from 'vitest'
import { isAnthropic, modelIdOf, withoutProfile } from '../../../../src/wire/bedrock/model-id.ts'

const ID = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'

test.each([
  [ID, ID],
  [encodeURIComponent(ID), ID],
  [encodeURIComponent(`arn:aws:bedrock:us-east-1:123456789012:inference-profile/${ID}`), ID],
  ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
  ['arn:aws-us-gov:bedrock:us-gov-west-1:1:application-inference-profile/a1b2', 'a1b2'],
  ['%zz', '%zz'],
])('%s names the model %s', (given, id) => {
  expect(modelIdOf(given)).toBe(id)
})

test("Anthropic's models are known with any region before them", () => {
  for (const id of [
    ID,
    'anthropic.claude-3-haiku-20240307-v1:0',
    'global.anthropic.claude-opus-4-6-v1',
    'zz.anthropic.c',
  ])
    expect(isAnthropic(id), id).toBe(true)
  for (const id of ['amazon.nova-lite-v1:0', 'notanthropic.x', 'us.meta.llama3-3-70b-instruct-v1:0'])
    expect(isAnthropic(id), id).toBe(false)
})

test('newer models of Anthropic are refused without a region, older ones are not', () => {
  expect(withoutProfile('anthropic.claude-sonnet-4-5-20250929-v1:0')).toBeDefined()
  expect(withoutProfile('anthropic.claude-3-7-sonnet-20250219-v1%3A0')).toBeDefined()
  expect(withoutProfile('anthropic.claude-3-haiku-20240307-v1:0')).toBeUndefined()
  expect(withoutProfile(ID)).toBeUndefined()
})
