import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sealed, SealError, unsealed } from '../../../src/store/seal.ts'

test('what is sealed is what it was, and stays JSON for SQLite', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(unsealed(sealed(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('whatever bit was flipped, it is seen', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), fc.nat(6), (value, place, bit) => {
      const bytes = Buffer.from(sealed(value))
      // Of what is sealed: a seal that is none any more is one of an earlier version, which JSON refuses.
      bytes[place % (bytes.length - 12)]! ^= 1 << bit
      const text = bytes.toString('utf8')
      if (text !== sealed(value)) expect(() => unsealed(text)).toThrow(SealError)
    }),
  )
})

test('what earlier versions wrote has no seal', () => {
  expect(unsealed('{"a":1}')).toEqual({ a: 1 })
  expect(() => unsealed('{"a":1')).toThrow('it is truncated')
})
