import { expect, test } from 'vitest'
import { callsAllowed } from '../../../src/provider/obedience.ts'

const tools = ['paint', 'draw'].map((name) => ({ name, description: '', parameters: {} }))
const names = (toolChoice: object, { parallelToolCalls }: { parallelToolCalls?: boolean } = {}, ...called: string[]) =>
  callsAllowed(
    { tools, toolChoice, ...(parallelToolCalls !== undefined && { parallelToolCalls }) } as never,
    called.map((name) => ({ name, arguments: {} })),
  ).map(({ name }) => name)

test.each([
  ['whatever is offered', { kind: 'auto' }, ['paint', 'draw'], ['paint', 'draw']],
  ['nothing', { kind: 'none' }, ['paint', 'draw'], []],
  ['the one that it has to', { kind: 'tool', name: 'draw' }, ['paint', 'draw'], ['draw']],
  ['some of them', { kind: 'auto', among: ['draw'] }, ['paint', 'draw'], ['draw']],
  ['some of them, one at least', { kind: 'required', among: ['paint'] }, ['paint', 'draw'], ['paint']],
  ['a tool that is not offered, which is told of', { kind: 'tool', name: 'draw' }, ['sing'], ['sing']],
  ['the same, where some may be called', { kind: 'auto', among: ['draw'] }, ['sing'], ['sing']],
] as const)('a model calls %s', (_, choice, called, allowed) => {
  expect(names(choice, {}, ...called)).toEqual(allowed)
})

test('a model calls one tool at a time where it is told so', () => {
  expect(names({ kind: 'auto' }, { parallelToolCalls: false }, 'paint', 'draw')).toEqual(['paint'])
  expect(names({ kind: 'auto' }, { parallelToolCalls: false }, 'draw')).toEqual(['draw'])
  expect(names({ kind: 'auto' }, { parallelToolCalls: true }, 'paint', 'draw')).toEqual(['paint', 'draw'])
})
