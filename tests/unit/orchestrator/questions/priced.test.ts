import { describe, expect, test } from 'vitest'
import { priced } from '../../../../src/orchestrator/questions/priced.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { failure, fated, question, type Fate } from '../../../given/ask.ts'

describe('the price of a call', () => {
  const booked = async (fate: Fate, abort = false) => {
    const time = new HandTime()
    const ends: string[] = []
    const reserve = () => ({
      settle: () => (ends.push('settled'), 7n),
      release: () => void ends.push('released'),
      keep: () => void ends.push('kept'),
    })
    const caller = new AbortController()
    const asked = priced({ reserve })(fated(time, [{ ms: 10, ...fate }]))(question(), caller.signal)
    asked.catch(() => {})
    if (abort) caller.abort(failure('cancelled'))
    await time.pass(10)
    return {
      ends,
      cost: await asked.then(
        ({ cost }) => cost,
        () => null,
      ),
    }
  }

  test('is settled by what is reported, released where nothing was billed, and kept where nobody knows', async () => {
    expect(await booked({})).toEqual({ ends: ['settled'], cost: 7n })
    expect((await booked({ ends: failure('rate_limited') })).ends).toEqual(['released'])
    expect((await booked({ ends: failure('connection', { mayBeBilled: true }) })).ends).toEqual(['kept'])
    expect((await booked({}, true)).ends).toEqual(['kept'])
  })
})
