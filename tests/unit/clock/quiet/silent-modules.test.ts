import { expect, test } from 'vitest'
import { silentModules } from '../../../../src/clock/quiet/silent-modules.ts'

test('a module of Node that works in the thread pool and says nothing is known from when it is loaded', () => {
  const loaded = ['NativeModule fs', 'NativeModule internal/sqlite']
  const hasSilentModule = silentModules(loaded)
  expect(hasSilentModule()).toBe(false)
  loaded.push('NativeModule zlib', 'NativeModule sqlite')
  expect([hasSilentModule(), hasSilentModule()]).toEqual([true, true])
})

test('one that was loaded before is known at once', () => {
  expect(silentModules(['NativeModule sqlite', 'NativeModule zlib'])()).toBe(true)
})

test('the modules of this process are those that count by themselves', () => {
  const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] }
  // Not loaded here: it would be, from then on, for the tests that share this process.
  expect(silentModules()()).toBe(silentModules(moduleLoadList)())
})
