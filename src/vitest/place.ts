import type { RunnerTask, RunnerTestCase, RunnerTestFile } from 'vitest'

const places = new WeakMap<RunnerTestFile, WeakMap<RunnerTask, number>>()

function* testsOf(tasks: readonly RunnerTask[]): Generator<RunnerTask> {
  for (const task of tasks)
    if (task.type === 'suite') yield* testsOf(task.tasks)
    else yield task
}

/** Counts the tests of a file from 0, those too that are not run: a test has the same place alone and within its file. */
export function placeOf(task: RunnerTestCase): number {
  let known = places.get(task.file)
  if (!known)
    places.set(task.file, (known = new WeakMap([...testsOf(task.file.tasks)].map((test, place) => [test, place]))))
  return known.get(task) ?? 0
}
