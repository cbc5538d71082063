import { setTimeout as sleep } from 'node:timers/promises'
import {
  afterAll,
  afterEach,
  aroundEach,
  beforeAll,
  beforeEach,
  describe,
  expect as plainly,
  onTestFailed,
  onTestFinished,
  test as plain,
} from 'vitest'
import { describeOrchestration } from 'longhaul'

const HOUR = 3_600_000

/** Which clock is in force where; an hour of virtual time passes at once. */
const seen: [string, 'virtual' | 'real'][] = []
async function hour(where: string): Promise<void> {
  const isVirtual = new Date().getUTCFullYear() === 2040
  seen.push([where, isVirtual ? 'virtual' : 'real'])
  if (isVirtual) await sleep(HOUR)
}

let elapsedMs: number | undefined

describe('the hooks of a test', () => {
  beforeAll(() => hour('beforeAll'))
  afterAll(() => hour('afterAll'))

  describeOrchestration(
    'in virtual time',
    { clock: { epoch: Date.UTC(2040, 0) }, system: () => sleep(HOUR) },
    (test) => {
      beforeEach(async () => {
        await hour('beforeEach')
        return () => hour('the clean-up of beforeEach')
      })
      afterEach(() => hour('afterEach'))
      aroundEach(async (runTest) => {
        await hour('aroundEach, before')
        await runTest()
        await hour('aroundEach, after')
      })
      test.beforeEach(() => hour('beforeEach of the test API'))
      const given = test.extend('given', async ({ task }, { onCleanup }) => {
        await hour('a fixture')
        onCleanup(() => hour('a fixture put away'))
        return task.name
      })
      given.fails('the test', async ({ run, given: name, clock }) => {
        onTestFinished(() => hour('onTestFinished'))
        onTestFailed(() => hour('onTestFailed'))
        await run()
        await hour(name)
        elapsedMs = clock.now()
        throw new Error('so that onTestFailed is called')
      })
    },
  )
})

plain('all hooks of each test are in its time, those of a suite are not', () => {
  plainly(elapsedMs).toBe(6 * HOUR)
  plainly(seen).toEqual([
    ['beforeAll', 'real'],
    ['aroundEach, before', 'virtual'],
    ['beforeEach', 'virtual'],
    ['beforeEach of the test API', 'virtual'],
    ['a fixture', 'virtual'],
    ['the test', 'virtual'],
    ['afterEach', 'virtual'],
    ['the clean-up of beforeEach', 'virtual'],
    ['a fixture put away', 'virtual'],
    ['onTestFinished', 'virtual'],
    ['onTestFailed', 'virtual'],
    ['aroundEach, after', 'virtual'],
    ['afterAll', 'real'],
  ])
})
