import { setTimeout as sleep } from 'node:timers/promises'
import { BroadcastChannel, MessageChannel } from 'node:worker_threads'
import { describeOrchestration } from 'longhaul'

const orTooLate = <T>(work: Promise<T>): Promise<T | 'too late'> =>
  Promise.race([work, sleep(3_600_000, 'too late' as const)])

/** Two ends that send a number to and fro until it has grown to `hops`. */
function hops(count: number): Promise<number> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port2.on('message', (n: number) => port2.postMessage(n + 1))
    port1.on('message', (n: number) => {
      if (n < count) return port1.postMessage(n + 1)
      port1.close()
      resolve(n)
    })
    port1.postMessage(1)
  })
}

/** The same with web channels, which know no `on`. */
function webHops(count: number): Promise<number> {
  const { port1, port2 } = new globalThis.MessageChannel()
  return new Promise((resolve) => {
    port2.addEventListener('message', ({ data }: MessageEvent<number>) => port2.postMessage(data + 1))
    port1.addEventListener('message', ({ data }: MessageEvent<number>) => {
      if (data < count) return port1.postMessage(data + 1)
      port1.close()
      resolve(data)
    })
    port1.start()
    port2.start()
    port1.postMessage(1)
  })
}

function broadcast(): Promise<string> {
  const [asker, answerer] = [new BroadcastChannel('desk'), new BroadcastChannel('desk')]
  return new Promise((resolve) => {
    answerer.onmessage = () => answerer.postMessage('answer')
    asker.onmessage = (event) => {
      asker.close()
      answerer.close()
      resolve(String((event as { data?: unknown }).data))
    }
    asker.postMessage('question')
  })
}

/** Sent by an immediate, which is gone when the message is still on its way. */
const later = (): Promise<number> => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve(hops(2)))))

const signalled = (): Promise<string> =>
  new Promise((resolve) => {
    process.once('SIGUSR2', () => resolve('heard'))
    process.kill(process.pid, 'SIGUSR2')
  })

const shared = (): Promise<string> => {
  const cell = new Int32Array(new SharedArrayBuffer(4))
  const { value } = Atomics.waitAsync(cell, 0, 0)
  Atomics.notify(cell, 0)
  return Promise.resolve(value)
}

const WAYS: [string, () => Promise<unknown>, unknown][] = [
  ['a message and its answer on a channel', () => hops(3), 4],
  ['a message that an immediate sends', later, 2],
  ['five hundred hops', () => hops(500), 500],
  ['hops on a web channel', () => webHops(20), 20],
  ['a broadcast and its answer', broadcast, 'answer'],
  ['a signal of the process to itself', signalled, 'heard'],
  ['a wait on shared memory', shared, 'ok'],
]

for (const [what, work, wanted] of WAYS) {
  describeOrchestration(what, { system: () => orTooLate(work()) }, (test) => {
    test('comes before a timer of an hour, and takes no time', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toBe(wanted)
      expect(outcome.elapsedMs).toBe(0)
    })
  })
}
