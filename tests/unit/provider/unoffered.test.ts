import { expect, test } from 'vitest'
import { offeredTools, unofferedTools } from '../../../src/provider/unoffered.ts'

const asked = { tools: [{ name: 'paint' }], hosted: [{ name: 'web_search' }] } as never
const reply = (...choices: object[]) => ({ choices }) as never
const choice = (calls: string[], hosted?: string[]) => ({
  toolCalls: calls.map((name) => ({ name })),
  ...(hosted && { hosted: hosted.map((name) => ({ name })) }),
})

test('a request offers its own tools, and those of the service', () => {
  expect(offeredTools(asked)).toEqual(['paint', 'web_search'])
  expect(offeredTools({ tools: [] } as never)).toEqual([])
})

test('an answer is held against them, in every choice, each tool once', () => {
  expect(unofferedTools(asked, reply(choice([])))).toEqual([])
  expect(unofferedTools(asked, reply(choice(['paint'], ['web_search'])))).toEqual([])
  expect(unofferedTools(asked, reply(choice(['paint', 'sing']), choice(['sing'], ['dance'])))).toEqual([
    'sing',
    'dance',
  ])
})
