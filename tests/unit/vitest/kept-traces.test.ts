import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Attempt } from '../../../src/vitest/attempt.ts'
import { fileNameOf, keepTrace } from '../../../src/vitest/kept-traces.ts'
import { call, story } from '../../given/story.ts'

test.each([
  ['tests/votes.test.ts', 'tests-votes-test-ts'],
  ['votes > three agents, 50 %', 'votes-three-agents-50'],
  ['Größe: 日本', 'Größe-日本'],
])('%j becomes the name of a file', (text, name) => {
  expect(fileNameOf(text)).toBe(name)
})

test('names that are cut are told apart', () => {
  const long = 'x'.repeat(150)
  expect(fileNameOf('x'.repeat(100))).toBe('x'.repeat(100))
  expect(fileNameOf(long)).toMatch(/^x{100}-[0-9a-f]{8}$/)
  expect(fileNameOf(`${long}1`)).not.toBe(fileNameOf(`${long}2`))
})

let home: string
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'longhaul-kept-'))))
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})
const attempt = {
  file: 'tests/votes.test.ts',
  name: 'all vote',
  session: { trace: story(call(1, { from: 0, to: 5 })) },
} as unknown as Pick<Attempt<unknown>, 'file' | 'name' | 'session'>

test('the trace of a test is kept in the folder that is named', () => {
  vi.stubEnv('LONGHAUL_TRACES', join(home, 'traces'))
  keepTrace(attempt)
  const text = readFileSync(join(home, 'traces', 'tests-votes-test-ts', 'all-vote.ndjson'), 'utf8')
  expect(text).toBe(attempt.session.trace.toNDJSON())
})

test('no trace is kept where no folder is named', () => {
  vi.stubEnv('LONGHAUL_TRACES', '')
  keepTrace(attempt)
  expect(existsSync(join(home, 'traces'))).toBe(false)
})
