import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { actAs, describeOrchestration } from 'longhaul'
import OpenAI from 'openai'

const openai = new OpenAI({ apiKey: 'test' })
const ask = async (content: string): Promise<string> => {
  const { choices } = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content }],
  })
  return choices[0]!.message.content!
}

/** Real work that nothing shows: a thread that nobody is told of writes into memory, and this one looks at it now and then. */
function unseen(ms: number): Promise<string> {
  const cell = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(
    `const { workerData } = require('node:worker_threads'); setTimeout(() => { Atomics.store(workerData, 0, 1); Atomics.notify(workerData, 0) }, ${ms})`,
    { eval: true, workerData: cell },
  )
  worker.unref()
  const { async, value } = Atomics.waitAsync(cell, 0, 0)
  return async ? value.then(() => 'written') : Promise.resolve('written')
}

describeOrchestration(
  'work that is given to clock.io',
  { provider: { latency: '10s', replies: 'Yes.' }, system: async () => {} },
  (test) => {
    test('comes before a timer', async ({ clock, expect }) => {
      const late = sleep(1_000, 'too late')
      expect(await Promise.race([clock.io(unseen(300)), late])).toBe('written')
      expect(clock.now()).toBe(0)
    })

    test('does not hold the latency of a call that is part of it', async ({ clock, expect }) => {
      const answer = await clock.io(
        (async () => {
          await unseen(50)
          return ask('May we?')
        })(),
      )
      expect(answer).toBe('Yes.')
      expect(clock.now()).toBe(10_000)
    })

    test('does not hold the time of a server in this process that it waits for', async ({ clock, expect }) => {
      const server = createServer((_request, response) => setTimeout(() => response.end('page'), 60_000))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const page = await clock.io(fetch(`http://127.0.0.1:${port}/`).then((response) => response.text()))
      expect(page).toBe('page')
      expect(clock.now()).toBe(60_000)
      server.closeAllConnections()
      server.close()
    })

    test('holds the clock while another agent waits for a call', async ({ clock, expect }) => {
      const order: string[] = []
      await Promise.all([
        actAs('ann', async () => {
          await clock.io(unseen(300))
          order.push(`ann's work at ${clock.now()}`)
        }),
        actAs('ben', async () => {
          await ask('May we?')
          order.push(`ben's answer at ${clock.now()}`)
        }),
      ])
      expect(order).toEqual(["ann's work at 0", "ben's answer at 10000"])
    })

    test('is named while it holds the clock', async ({ clock, expect }) => {
      let named: string | undefined
      const own = new Promise<void>((resolve) => {
        let turns = 0
        const turn = (): void => {
          named = clock.holding()
          if (++turns < 50) setImmediate(turn)
          else resolve()
        }
        turn()
      })
      await clock.io(own)
      expect(named).toMatch(/^1 promise\(s\) given to clock\.io\(\), for /)
    })
  },
)
