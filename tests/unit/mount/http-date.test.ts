import fc from 'fast-check'
import { expect, test } from 'vitest'
import { httpDate } from '../../../src/mount/http-date.ts'

test('dates of headers are those that Node writes', () => {
  const moments = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) })
  fc.assert(fc.property(moments, (unixMs) => void expect(httpDate(unixMs)).toBe(new Date(unixMs).toUTCString())))
})
