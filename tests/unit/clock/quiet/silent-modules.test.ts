import { expect, test } from 'vitest'
import { silentModules } from '../../../../src/clock/quiet/silent-modules.ts'

test('a module of Node that works in the thread pool and says nothing is known from when it is loaded', () => {
  const loaded = ['NativeModule fs', 'NativeModule internal/sqlite']
  const hasSilentModule = silentModules(loaded)
  expect(hasSilentModule()).toBe(false)
  loaded.push('NativeModule zlib', 'NativeModule sqlite')
  expect([hasSilentModule(), hasSilentModule()]).toEqual([true, true])
})

test('those that this process has loaded are known', () => {
  const hasSilentModule = silentModules()
  process.getBuiltinModule('node:sqlite')
  expect(hasSilentModule()).toBe(true)
})
