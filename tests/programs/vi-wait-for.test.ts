import OpenAI from 'openai'
import { afterEach, expect as shared, vi } from 'vitest'
import { describeOrchestration } from 'longhaul'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })

/** A job queue as programs have it: what it says of a job changes while nobody awaits it. */
class Queue {
  state: 'waiting' | 'asking' | 'done' | 'failed' = 'waiting'
  answer: string | undefined

  /** Settles when the job is over, however it went. */
  add(prompt: string): Promise<void> {
    return new Promise((resolve) => setTimeout(() => void this.#work(prompt).then(resolve), 30_000))
  }

  async #work(prompt: string): Promise<void> {
    this.state = 'asking'
    try {
      const messages = [{ role: 'user' as const, content: prompt }]
      const { choices } = await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
      this.answer = choices[0]!.message.content!
      this.state = 'done'
    } catch {
      this.state = 'failed'
    }
  }
}

let queue = new Queue()
afterEach(() => {
  queue = new Queue()
})

describeOrchestration(
  'a job that is waited for',
  { provider: { latency: '4s', replies: 'Yes.' }, system: () => queue.add('Ready?') },
  (test) => {
    test('vi.waitFor polls in virtual time, and sees each state on the way', async ({ start, clock, expect }) => {
      await start()
      const states = new Set<string>()
      const answer = await vi.waitFor(
        () => {
          states.add(queue.state)
          expect(queue.answer).toBeDefined()
          return queue.answer
        },
        { timeout: 60_000, interval: 100 },
      )
      expect(answer).toBe('Yes.')
      expect([...states]).toEqual(['waiting', 'asking', 'done'])
      expect(clock.now()).toBe(34_000)
    })

    test('vi.waitFor gives up after its timeout, in virtual time, with what it saw last', async ({
      start,
      clock,
      expect,
    }) => {
      await start()
      const waiting = vi.waitFor(() => shared(queue.state).toBe('done'), { timeout: 10_000 })
      await expect(waiting).rejects.toThrow("expected 'waiting' to be 'done'")
      expect(clock.now()).toBe(10_000)
    })

    test('vi.waitFor takes the timeout alone, and a second of it if it is not told', async ({
      start,
      clock,
      expect,
    }) => {
      await start()
      await expect(vi.waitFor(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
      expect(clock.now()).toBe(1_000)
      await vi.waitFor(() => (queue.state === 'done' ? true : Promise.reject(new Error('not yet'))), 60_000)
      expect(clock.now()).toBe(34_000)
    })

    test('vi.waitFor polls what calls the model itself, and waits for each answer', async ({
      clock,
      expect,
      trace,
    }) => {
      const messages = [{ role: 'user' as const, content: 'Is it done?' }]
      let asked = 0
      await vi.waitFor(
        async () => {
          await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
          if ((asked += 1) < 3) throw new Error('not yet')
        },
        { timeout: 60_000, interval: 700 },
      )
      expect(trace.ofType('call.ended')).toHaveLength(3)
      expect(clock.now()).toBe(12_000)
    })

    test('vi.waitUntil gives what is true at last', async ({ start, clock, expect }) => {
      await start()
      expect(await vi.waitUntil(() => queue.answer, { timeout: 60_000, interval: 1_000 })).toBe('Yes.')
      expect(clock.now()).toBe(34_000)
      await expect(vi.waitUntil(() => false, { timeout: 5_000 })).rejects.toThrow('Timed out in waitUntil!')
      expect(clock.now()).toBe(39_000)
    })

    test('expect.poll is awaited in virtual time', async ({ start, clock, expect }) => {
      await start()
      await expect.poll(() => queue.state, { timeout: 60_000 }).toBe('asking')
      expect(clock.now()).toBe(30_000)
      await expect.poll(() => queue.answer, { timeout: 60_000, interval: 1_000 }).not.toBeUndefined()
      expect(clock.now()).toBe(34_000)
    })

    test('the global expect.poll too', async ({ start, clock }) => {
      await start()
      await shared.poll(() => queue.state, { timeout: 60_000, message: 'the job' }).toBe('done')
      shared(clock.now()).toBe(34_000)
    })

    test('expect.poll gives up after its timeout, in virtual time', async ({ start, clock, expect }) => {
      await start()
      const polling = expect.poll(() => queue.state, { timeout: 2_000 }).toBe('done')
      await expect(polling).rejects.toThrow("expected 'waiting' to be 'done'")
      expect(clock.now()).toBe(2_000)
    })

    test('what can never come is ended by the timeout of the poll', async ({ clock, expect }) => {
      await expect(vi.waitFor(() => new Promise(() => {}), { timeout: 600_000 })).rejects.toThrow(
        'Timed out in waitFor!',
      )
      expect(clock.now()).toBe(600_000)
    })

    test('what is true for a moment between two polls is seen', async ({ expect }) => {
      let isOpen = false
      const openFor10Ms = (): void => {
        setTimeout(() => (isOpen = true), 10_010)
        setTimeout(() => (isOpen = false), 10_020)
      }
      openFor10Ms()
      await vi.waitUntil(() => isOpen, { timeout: 60_000, interval: 10_000 })
      openFor10Ms()
      await expect.poll(() => isOpen, { timeout: 60_000, interval: 10_000 }).toBe(true)
    })

    test('a spy is polled as any other', async ({ start, expect }) => {
      const done = vi.fn()
      vi.spyOn(queue, 'add').mockImplementation(async () => void setTimeout(done, 600_000))
      await start()
      await vi.waitFor(() => expect(done).toHaveBeenCalledOnce(), { timeout: 3_600_000, interval: 60_000 })
      await expect.poll(() => done.mock.calls.length).toBe(1)
    })
  },
)
