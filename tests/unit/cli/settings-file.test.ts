import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { readSettingsFile } from '../../../src/cli/settings-file.ts'

const home = mkdtempSync(join(tmpdir(), 'longhaul-settings-'))
afterAll(() => rmSync(home, { recursive: true }))
const KNOWN = ['failover', 'retry_first_delay', 'cache', 'cache_size', 'services']

let nth = 0
function read(text: string, name = 'yaml') {
  const file = join(home, `${(nth += 1)}.${name}`)
  writeFileSync(file, text)
  return readSettingsFile(file, KNOWN)
}

/** Reads the settings in a folder of its own with these files. */
function readHere(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(home, 'here-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  using _cwd = vi.spyOn(process, 'cwd').mockReturnValue(folder)
  return readSettingsFile(undefined, KNOWN)
}

describe('a settings file', () => {
  test('may be written in blocks or in one level, in any spelling', () => {
    const values = { retry_first_delay: '2s', cache_size: 3 }
    expect(read('retry: { first_delay: 2s }\ncache: { size: 3 }').values).toEqual(values)
    expect(read('cache: true').values).toEqual({ cache: true })
    expect(read('retry_first_delay: 2s\ncache_size: 3').values).toEqual(values)
    expect(read('retryFirstDelay: 2s\ncache-size: 3').values).toEqual(values)
    expect(read('{"retry": {"firstDelay": "2s"}, "cacheSize": 3}', 'json').values).toEqual(values)
  })

  test('keeps the block of a setting that is one', () => {
    expect(read('services: { own: { base_url: http://localhost } }').values).toEqual({
      services: { own: { base_url: 'http://localhost' } },
    })
    expect(read('failover: [a, b]').values).toEqual({ failover: ['a', 'b'] })
  })

  test('may be empty', () => {
    expect(read('# nothing\n').values).toEqual({})
  })

  test('says where it is', () => {
    expect(read('').file).toBe(join(home, `${nth}.yaml`))
  })

  test.each([
    ['failovr: [a]', 'there is no setting "failovr". Did you mean "failover"?'],
    ['retry: { first: 2s }', 'there is no setting "retry_first".'],
    ['zebra: 1', 'there is no setting "zebra". There are: failover, retry_first_delay,'],
    ['- a', 'must be a block of names and values, such as failover: [claude-haiku-4-5]'],
    ['just text', 'must be a block of names and values'],
    ['a: [', 'cannot be read: '],
  ])('%j is refused', (text, message) => {
    expect(() => read(text)).toThrow(message)
  })

  test('that is named and not there is told of', () => {
    expect(() => readSettingsFile(join(home, 'none.yaml'), KNOWN)).toThrow(
      /The settings file .*none\.yaml cannot be read: /,
    )
  })

  test('of a usual name that longhaul wrote for something else is not read', () => {
    const results = '{ "tests": [{ "file": "a.test.ts" }], "sweeps": [] }'
    const dashboard = readFileSync('dashboards/longhaul.json', 'utf8')
    for (const other of [results, dashboard]) {
      expect(readHere({ 'longhaul.json': other })).toEqual({ file: undefined, values: {} })
      expect(() => read(other, 'json')).toThrow(/has no settings: it is (the results of|a dashboard for) /)
    }
    expect(readHere({ 'longhaul.json': '{ "failover": ["a"] }' }).values).toEqual({ failover: ['a'] })
    expect(() => readHere({ 'longhaul.json': '{ "tests": [] }' })).toThrow('there is no setting "tests"')
    expect(readHere({ 'longhaul.yaml': results, 'longhaul.json': '{ "cache_size": 3 }' })).toMatchObject({
      values: { cache_size: 3 },
    })
  })
})
