import { setTimeout as pause } from 'node:timers/promises'
import { expect, test as plain } from 'vitest'
import { explore, restartable, type Session, type System } from 'longhaul'

/** What a test of a system with this function fails with. */
async function failureOf(system: System, work: (session: Pick<Session, 'start'>) => Promise<unknown>) {
  const { failures } = await explore('only started', { system }, { seeds: 1, failRate: 0, maxShrunk: 0 }, work)
  return failures[0]?.error
}

/** Is ready after five seconds, in which it works, and goes on for a while. */
const slowToBegin: System = async ({ readyWhen }) => {
  const ready = pause(5_000)
  readyWhen(ready)
  await ready
  await pause(60_000)
}

plain('a test that waits until the orchestration is ready has seen it work', async () => {
  expect(await failureOf(slowToBegin, async ({ start }) => void (await start()))).toBeUndefined()
})

plain('a test that does not wait until the orchestration is ready fails', async () => {
  expect(await failureOf(slowToBegin, async ({ start }) => void start())).toMatchObject({
    code: 'LONGHAUL_NOT_AWAITED',
  })
})

plain('a test that resumes a run has used it', async () => {
  const system = restartable(async ({ resumed }) => {
    if (!resumed) await new Promise(() => {})
  })
  const failure = await failureOf(system, async ({ start }) => {
    const run = await start()
    await run.resume().catch(() => {})
  })
  expect(failure).toBeUndefined()
})
