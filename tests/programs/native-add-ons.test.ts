import { setTimeout as sleep } from 'node:timers/promises'
import argon2 from 'argon2'
import { describeOrchestration } from 'longhaul'
import sharp from 'sharp'

const orTooLate = <T>(work: Promise<T>): Promise<T | 'too late'> =>
  Promise.race([work, sleep(3_600_000, 'too late' as const)])

const WORK: Record<string, () => Promise<unknown>> = {
  'a hash of argon2': async () => argon2.verify(await argon2.hash('secret', { timeCost: 4 }), 'secret'),
  'an image of sharp': async () => {
    const image = sharp({ create: { width: 1_500, height: 1_500, channels: 3, background: 'teal' } })
    const { width } = await sharp(await image.blur(9).png().toBuffer()).metadata()
    return width === 1_500
  },
}

for (const [what, work] of Object.entries(WORK)) {
  describeOrchestration(
    what,
    {
      system: async () => {
        const results: unknown[] = []
        for (let day = 0; day < 3; day++) {
          results.push(await orTooLate(work()))
          await sleep(86_400_000)
        }
        return results
      },
    },
    (test) => {
      test(
        'comes before a timer of an hour, and lets days pass when it is done',
        { timeout: 60_000 },
        async ({ run, expect }) => {
          const outcome = await run()
          expect(outcome.result).toEqual([true, true, true])
          expect(outcome.elapsedMs).toBe(3 * 86_400_000)
        },
      )
    },
  )
}
