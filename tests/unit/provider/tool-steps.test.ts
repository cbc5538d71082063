import { expect, test } from 'vitest'
import type { Message } from '../../../src/provider/call.ts'
import { repeatedSteps } from '../../../src/provider/tool-steps.ts'

const said = (role: Message['role'], text: string, toolCalls: Message['toolCalls'] = []): Message => ({
  role,
  text,
  toolCalls,
  cacheBreakpoint: false,
})
let ids = 0
/** Calls of tools, and their results: `'search x: nothing'`. */
const step = (...calls: string[]): Message[] => {
  const all = calls.map((call) => /^(\w+) (\w+): (.*)$/.exec(call)!)
  const toolCalls = all.map(([, name, given]) => ({ id: `${ids++}`, name: name!, arguments: given! }))
  return [said('assistant', '', toolCalls), ...all.map(([, , , result]) => said('tool', result!))]
}
const start = [said('system', 'Be kind.'), said('user', 'Find it.')]
const nothing = 'search x: nothing'
const times = (count: number, ...calls: string[]) => Array.from({ length: count }, () => step(...calls)).flat()

test('equal calls with equal results are counted to the end of the messages', () => {
  expect(repeatedSteps([...start, ...times(1, nothing)])).toBeUndefined()
  expect(repeatedSteps([...start, ...times(2, nothing)])).toEqual({ tools: ['search'], times: 2 })
  expect(repeatedSteps([...start, ...times(7, nothing)])).toEqual({ tools: ['search'], times: 7 })
  expect(repeatedSteps([...start, ...step('search y: nothing'), ...times(7, nothing)])).toMatchObject({ times: 7 })
})

test('other arguments, tools, results and numbers of calls are another step', () => {
  for (const other of ['search y: nothing', 'find x: nothing', 'search x: something'])
    expect(repeatedSteps([...start, ...step(nothing), ...step(other)])).toBeUndefined()
  expect(repeatedSteps([...start, ...step(nothing, nothing), ...step(nothing)])).toBeUndefined()
  expect(repeatedSteps([...start, ...times(3, nothing, 'look y: no')])).toEqual({ tools: ['search', 'look'], times: 3 })
})

test('what the model says beside its calls does not matter, and what the user says in between does', () => {
  const [called, result] = step(nothing)
  const talking = [said('assistant', 'Again.'), called!, result!]
  expect(repeatedSteps([...start, ...step(nothing), ...talking])).toMatchObject({ times: 2 })
  expect(repeatedSteps([...start, ...step(nothing), said('user', 'Go on.'), ...step(nothing)])).toBeUndefined()
  expect(repeatedSteps([...start, ...times(3, nothing), said('user', 'Go on.')])).toBeUndefined()
})

test('two or three steps in turn are a loop too', () => {
  const turn = [...step(nothing), ...step('open y: closed')]
  expect(repeatedSteps([...start, ...turn, ...turn, ...turn])).toEqual({ tools: ['search', 'open'], times: 3 })
  expect(repeatedSteps([...start, ...turn, ...turn, ...turn.slice(0, 2)])).toEqual({
    tools: ['open', 'search'],
    times: 2,
  })
  const three = [...turn, ...step('read z: nothing')]
  expect(repeatedSteps([...start, ...three, ...three])).toEqual({ tools: ['search', 'open', 'read'], times: 2 })
  const four = [...three, ...step('close z: done')]
  expect(repeatedSteps([...start, ...four, ...four])).toBeUndefined()
})

test('nothing, and results without calls, are no steps', () => {
  expect(repeatedSteps([])).toBeUndefined()
  expect(repeatedSteps([said('tool', 'a'), said('tool', 'a')])).toBeUndefined()
  expect(repeatedSteps([...start, said('assistant', 'Hi.'), said('tool', 'a')])).toBeUndefined()
})
