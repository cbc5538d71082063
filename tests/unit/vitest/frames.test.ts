import { expect, test } from 'vitest'
import { withoutOwnFrames } from '../../../src/vitest/frames.ts'

const ask = '    at ask (/home/team/src/agents.ts:12:3)'
const own = '    at run (file:///home/team/node_modules/longhaul/dist/chunks/reality.js:813:48)'
const node = '    at AsyncLocalStorage.run (node:internal/async_local_storage:65:14)'
const text = (...lines: string[]): string => lines.join('\n')

test('a stack has no lines of longhaul below those of the system', () => {
  expect(withoutOwnFrames(text('Error: gone', ask, own, node, own))).toBe(text('Error: gone', ask, node))
  expect(withoutOwnFrames('no stack at all')).toBe('no stack at all')
})

test('an error of longhaul keeps the lines at its top', () => {
  expect(withoutOwnFrames(text('Error: gone', own, own, ask, own))).toBe(text('Error: gone', own, own, ask))
})

test('an error by which longhaul tells of a test has none of its lines', () => {
  expect(withoutOwnFrames(text('', own, node, own), true)).toBe(text('', node))
  expect(withoutOwnFrames(text('', own), true)).toBe('')
})

test('each cause has a stack of its own, and its bracket stays', () => {
  const cause = text('  [cause]: Error: no such host', `    ${own}`, `    ${ask}`, `    ${own}`, '}')
  expect(withoutOwnFrames(text('Error: gone', ask, own, `${own} {`, cause))).toBe(
    text('Error: gone', `${ask} {`, '  [cause]: Error: no such host', `    ${own}`, `    ${ask}`, '}'),
  )
})
