import { expect, test } from 'vitest'
import { ownName } from '../../../../src/wire/anthropic/by-path.ts'

test.each([
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929'],
  ['anthropic.claude-3-haiku-20240307-v1:0', 'claude-3-haiku-20240307'],
  ['global.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
  ['anthropic.claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5-20250929'],
  ['our-own', 'our-own'],
])('%s is %s at Anthropic itself', (id, name) => {
  expect(ownName(id)).toBe(name)
})
