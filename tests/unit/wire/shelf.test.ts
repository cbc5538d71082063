import { describe, expect, test } from 'vitest'
import { Shelf } from '../../../src/wire/shelf.ts'

describe('a shelf', () => {
  test('holds so many things of a kind, the newest ones', () => {
    const shelf = new Shelf({ things: 2, bytes: 100 })
    for (const id of ['a', 'b', 'c']) shelf.put('file', id, id, 1)
    shelf.put('batch', 'a', 'another', 1)
    expect(shelf.all('file')).toEqual(['b', 'c'])
    expect(shelf.get('batch', 'a')).toBe('another')
  })

  test('holds so many bytes of a kind, and its newest thing whatever it has', () => {
    const shelf = new Shelf({ things: 10, bytes: 100 })
    for (const id of ['a', 'b', 'c']) shelf.put('file', id, id, 40)
    expect(shelf.all('file')).toEqual(['b', 'c'])
    shelf.put('file', 'd', 'd', 500)
    expect(shelf.all('file')).toEqual(['d'])
    shelf.put('file', 'e', 'e', 1)
    expect(shelf.all('file')).toEqual(['e'])
  })

  test('counts what is put again, or removed, once', () => {
    const shelf = new Shelf({ things: 10, bytes: 100 })
    shelf.put('file', 'a', 1, 60)
    shelf.put('file', 'a', 2, 60)
    shelf.put('file', 'b', 3, 40)
    expect(shelf.all('file')).toEqual([2, 3])
    expect(shelf.remove('file', 'a')).toBe(true)
    expect(shelf.remove('file', 'a')).toBe(false)
    shelf.put('file', 'c', 4, 60)
    expect(shelf.all('file')).toEqual([3, 4])
  })
})
