import { afterEach, expect, test } from 'vitest'
import * as undici7 from 'undici7'
import * as undici8 from 'undici8'
import { hasOwnDispatcher } from '../../../src/doors/dispatcher.ts'

const PLACES = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) => Symbol.for(name))
const holder = globalThis as unknown as Record<symbol, unknown>
const before = PLACES.map((place) => holder[place])
afterEach(() => PLACES.forEach((place, index) => void (holder[place] = before[index])))

test('what copies of undici set when they are loaded is nobody’s own', () => {
  expect(hasOwnDispatcher()).toBe(false)
  undici7.setGlobalDispatcher(new undici7.Agent())
  expect(hasOwnDispatcher()).toBe(false)
  undici8.setGlobalDispatcher(new undici8.Agent())
  expect(hasOwnDispatcher()).toBe(false)
})

test.each<[string, () => void]>([
  ['a proxy of version 7', () => undici7.setGlobalDispatcher(new undici7.ProxyAgent('http://127.0.0.1:1'))],
  ['a proxy of version 8', () => undici8.setGlobalDispatcher(new undici8.ProxyAgent('http://127.0.0.1:1'))],
  ['a mock', () => undici7.setGlobalDispatcher(new undici7.MockAgent())],
  ['an Agent with limits', () => undici7.setGlobalDispatcher(new undici7.Agent({ headersTimeout: 1_000 }))],
  [
    'an Agent with interceptors',
    () => undici7.setGlobalDispatcher(new undici7.Agent().compose(undici7.interceptors.retry())),
  ],
])('%s is somebody’s own', (_name, set) => {
  set()
  expect(hasOwnDispatcher()).toBe(true)
})
