import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { RunStore } from '../../../src/store/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-answers-'))
afterAll(() => rmSync(folder, { recursive: true }))

const answer = (prompt: string) => ({
  context: '[]',
  prompt,
  text: `To ${prompt}`,
  target: 'openai/mini',
  cost: 12_345_678_901_234_567_890n,
  keptAt: 1_800_000_000_000,
})
const promptsIn = (store: RunStore, most = 10): string[] => store.cachedAnswers.newest(most).map(({ prompt }) => prompt)

test('answers are kept over a restart as they were', () => {
  const file = join(folder, 'one.db')
  const store = new RunStore(file)
  store.cachedAnswers.add(answer('One?'), 2)
  store.close()
  const again = new RunStore(file)
  expect(again.cachedAnswers.newest(2)).toEqual([answer('One?')])
  again.close()
})

test('as many answers are kept as was said, the newest ones, oldest first', () => {
  const store = new RunStore(join(folder, 'two.db'))
  store.cachedAnswers.add(answer('One?'), 2)
  store.cachedAnswers.add(answer('Two?'), 2)
  expect(promptsIn(store)).toEqual(['One?', 'Two?'])
  store.cachedAnswers.add(answer('Three?'), 2)
  expect(promptsIn(store)).toEqual(['Two?', 'Three?'])
  expect(promptsIn(store, 1)).toEqual(['Three?'])
  store.close()
})
