import { expect, test } from 'vitest'
import { lateClass } from '../../../src/packages/index.ts'

test('a class of a package is loaded when the first instance of our class is made', () => {
  let loads = 0
  class Real {
    readonly given: number
    constructor(given: number) {
      this.given = given
    }
    twice(): number {
      return 2 * this.given
    }
  }
  class Ours extends lateClass(() => {
    loads += 1
    return Real
  }) {
    readonly twiceAtFirst = this.twice()
  }
  expect(loads).toBe(0)
  const ours = new Ours(4)
  expect(ours.twiceAtFirst).toBe(8)
  expect(ours).toBeInstanceOf(Real)
  expect(ours).toBeInstanceOf(Ours)
})
