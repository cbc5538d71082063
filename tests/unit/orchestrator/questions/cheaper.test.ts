import { describe, expect, test } from 'vitest'
import { cheaperWhenTight } from '../../../../src/orchestrator/questions/cheaper.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { fated, open, question, target, Told } from '../../../given/ask.ts'

describe('a cheaper model', () => {
  const cheaper = (model: string, isTight: boolean) => {
    const time = new HandTime()
    const trace = new Told()
    const service = fated(time, [{}])
    return { time, trace, service, ask: cheaperWhenTight(target(model), { isTight: () => isTight, trace })(service) }
  }

  test.for([
    ['nano', true, 'nano', 1],
    ['nano', false, 'mini', 0],
    // The same as the agent's own: nothing is replaced, and nothing says so.
    ['mini', true, 'mini', 0],
  ] as const)('%s, money tight: %s, asks %s, and %i event says so', async ([model, isTight, asked, events]) => {
    const { time, trace, service, ask } = cheaper(model, isTight)
    const answered = ask(question(), open())
    await time.pass(0)
    await answered
    expect(service.asked[0]!.target.model).toBe(asked)
    expect(trace.of('model.fellBack')).toHaveLength(events)
  })
})
