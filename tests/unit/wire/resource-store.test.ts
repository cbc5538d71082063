import { describe, expect, test } from 'vitest'
import { ResourceStore } from '../../../src/wire/resource-store.ts'

describe('a resources', () => {
  test('holds so many things of a kind, the newest ones', () => {
    const resources = new ResourceStore({ things: 2, bytes: 100 })
    for (const id of ['a', 'b', 'c']) resources.put('file', id, id, 1)
    resources.put('batch', 'a', 'another', 1)
    expect(resources.all('file')).toEqual(['b', 'c'])
    expect(resources.get('batch', 'a')).toBe('another')
  })

  test('holds so many bytes of a kind, and its newest thing whatever it has', () => {
    const resources = new ResourceStore({ things: 10, bytes: 100 })
    for (const id of ['a', 'b', 'c']) resources.put('file', id, id, 40)
    expect(resources.all('file')).toEqual(['b', 'c'])
    resources.put('file', 'd', 'd', 500)
    expect(resources.all('file')).toEqual(['d'])
    resources.put('file', 'e', 'e', 1)
    expect(resources.all('file')).toEqual(['e'])
  })

  test('counts what is put again, or removed, once', () => {
    const resources = new ResourceStore({ things: 10, bytes: 100 })
    resources.put('file', 'a', 1, 60)
    resources.put('file', 'a', 2, 60)
    resources.put('file', 'b', 3, 40)
    expect(resources.all('file')).toEqual([2, 3])
    expect(resources.remove('file', 'a')).toBe(true)
    expect(resources.remove('file', 'a')).toBe(false)
    resources.put('file', 'c', 4, 60)
    expect(resources.all('file')).toEqual([3, 4])
  })
})
