import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { hasToken, keptToken, newToken } from '../../../src/daemon/token.ts'

const home = mkdtempSync(join(tmpdir(), 'longhaul-token-'))
afterAll(() => rmSync(home, { recursive: true }))

test('tokens are 48 hexadecimal digits, each its own', () => {
  expect(newToken()).toMatch(/^[0-9a-f]{48}$/)
  expect(newToken()).not.toBe(newToken())
})

test('a token is kept for its owner only, and given again', () => {
  const file = join(home, 'kept')
  const token = keptToken(file)
  expect(readFileSync(file, 'utf8')).toBe(`${token}\n`)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(keptToken(file)).toBe(token)
})

test('a token that others could have read is replaced', () => {
  const file = join(home, 'open')
  const token = keptToken(file)
  chmodSync(file, 0o640)
  expect(keptToken(file)).not.toBe(token)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a file that holds no token is replaced', () => {
  const file = join(home, 'other')
  writeFileSync(file, 'secret\n', { mode: 0o600 })
  expect(keptToken(file)).toMatch(/^[0-9a-f]{48}$/)
})

test('one of those that are given has to be the token', () => {
  expect(hasToken(['x', 'abc'], 'abc')).toBe(true)
  expect(hasToken([], 'abc')).toBe(false)
  expect(hasToken(['ab', 'abcd', 'abd', 'äb'], 'abc')).toBe(false)
})
