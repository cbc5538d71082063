import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test, type RunnerTask } from 'vitest'
import { describeOrchestration } from 'longhaul'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const SEEDS = 20
const begun: WeakRef<object>[] = []

describeOrchestration.sweep({ seeds: SEEDS })('an orchestration, swept', { system: async () => 'done' }, (test) => {
  test('completes', async ({ run, task, expect }) => {
    begun.push(new WeakRef(task))
    expect(await run()).toHaveCompleted()
  })
})

const testsIn = (tasks: readonly RunnerTask[]): RunnerTask[] =>
  tasks.flatMap((task) => (task.type === 'suite' ? testsIn(task.tasks) : task))

test('of cases that have passed, their summaries are left and nothing else', async ({ task }) => {
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  expect(begun).toHaveLength(SEEDS)
  // Nothing has come after the last one that would let it go.
  expect(begun.slice(0, -1).filter((test) => test.deref() !== undefined)).toEqual([])
  const told = testsIn(task.file.tasks).filter(({ meta }) => meta.longhaul !== undefined)
  expect(told.map(({ result }) => result?.state)).toEqual(Array.from({ length: SEEDS }, () => 'pass'))
})
