import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel, Worker } from 'node:worker_threads'
import { describeOrchestration, startServer } from 'longhaul'
import { afterAll, beforeAll, describe } from 'vitest'

const orTooLate = <T>(work: Promise<T>): Promise<T | 'too late'> =>
  Promise.race([work, sleep(3_600_000, 'too late' as const)])

const workers: Worker[] = []
const start = (program: string): Worker => {
  const worker = new Worker(`const { parentPort } = require('node:worker_threads')\n${program}`, { eval: true })
  workers.push(worker)
  return worker
}
const stopAll = () => Promise.all(workers.splice(0).map((worker) => worker.terminate()))

const SPIN = 'const spin = (ms) => { const end = performance.now() + ms; while (performance.now() < end); }; '

/** The worker's last word. */
const lastWord = (worker: Worker): Promise<string> =>
  new Promise((resolve) => worker.on('message', (word: string) => void (word.startsWith('done') && resolve(word))))

const ask = async (worker: Worker, question: string): Promise<string> => {
  const answer = once(worker, 'message')
  worker.postMessage(question)
  return String((await answer)[0])
}

const PROGRAMS: [string, string][] = [
  ['computes and answers', `${SPIN}spin(300); parentPort.postMessage('done')`],
  [
    'says that it has begun, and computes on',
    `${SPIN}parentPort.postMessage('begun'); setImmediate(() => { spin(300); parentPort.postMessage('done') })`,
  ],
  ['waits for its own timer', `parentPort.postMessage('begun'); setTimeout(() => parentPort.postMessage('done'), 300)`],
  [
    'reads a file and compresses it',
    `const { readFileSync, promises } = require('node:fs'); const { gzip } = require('node:zlib')
     promises.readFile(process.execPath).then((bytes) => gzip(bytes.subarray(0, 2e7), () => parentPort.postMessage('done')))`,
  ],
  [
    'starts a worker of its own',
    `const { Worker } = require('node:worker_threads')
     new Worker("${SPIN}spin(300); require('node:worker_threads').parentPort.postMessage(1)", { eval: true })
       .on('message', () => parentPort.postMessage('done'))`,
  ],
  [
    'lets a program run',
    `require('node:child_process').execFile('sleep', ['0.3'], () => parentPort.postMessage('done'))`,
  ],
]

for (const [what, program] of PROGRAMS) {
  describeOrchestration(
    `a worker thread that ${what}`,
    { system: () => orTooLate(lastWord(start(program))) },
    (test) => {
      test.afterEach(stopAll)
      test('answers before a timer of an hour, and takes no time', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result).toBe('done')
        expect(outcome.elapsedMs).toBe(0)
      })
    },
  )
}

describeOrchestration(
  'a pool of two workers',
  {
    system: async () => {
      const pool = [1, 2].map(() =>
        start(`${SPIN}parentPort.on('message', (n) => { spin(2); parentPort.postMessage(n * n) })`),
      )
      const squares: string[] = []
      for (let n = 1; n <= 20; n++) squares.push(await orTooLate(ask(pool[n % 2]!, String(n))))
      await sleep(86_400_000)
      return squares
    },
  },
  (test) => {
    test.afterEach(stopAll)
    test('answers twenty questions in no time, and then lets a day pass', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual(Array.from({ length: 20 }, (_, n) => String((n + 1) ** 2)))
      expect(outcome.elapsedMs).toBe(86_400_000)
    })
  },
)

describeOrchestration(
  'a worker thread that only logs',
  {
    system: async () => {
      const worker = start(`setInterval(() => parentPort.postMessage('tick'), 50)`)
      worker.on('message', () => {})
      await once(worker, 'online')
      await sleep(3_600_000)
      return 'an hour later'
    },
  },
  (test) => {
    test.afterEach(stopAll)
    test('is found out', async ({ run, expect }) => {
      expect((await run()).result).toBe('an hour later')
    })
  },
)

const burners: Worker[] = []

describe('beside workers that keep both cores busy', () => {
  beforeAll(async () => {
    for (let i = 0; i < 2; i++) burners.push(new Worker('for (;;);', { eval: true }))
    await Promise.all(burners.map((burner) => once(burner, 'online')))
  })
  afterAll(() => Promise.all(burners.map((burner) => burner.terminate())))

  describeOrchestration(
    'a message and its answer',
    {
      system: async () => {
        const { port1, port2 } = new MessageChannel()
        const answer = once(port1, 'message')
        port2.once('message', (question) => port2.postMessage(`answer to ${question}`))
        await sleep(3_600_000)
        port1.postMessage('question')
        const [text] = await orTooLate(answer)
        port1.close()
        return text as unknown
      },
    },
    (test) => {
      test('pass as ever, and so do hours', async ({ run, expect }) => {
        const outcome = await run()
        expect(outcome.result).toBe('answer to question')
        expect(outcome.elapsedMs).toBe(3_600_000)
      })
    },
  )
})
describeOrchestration(
  'a worker thread that asks a model',
  {
    provider: { latency: '1h', replies: 'Yes.' },
    system: async ({ provider }) => {
      const server = await startServer(provider)
      // fetch has a timer of its own for each request.
      const worker = start(`parentPort.on('message', async (content) => {
        const response = await fetch('${server.baseURLs.openai}/chat/completions', {
          method: 'POST',
          headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] }),
        })
        parentPort.postMessage((await response.json()).choices[0].message.content)
      })`)
      const answers: string[] = []
      for (let n = 1; n <= 20; n++) answers.push(await ask(worker, String(n)))
      await server.close()
      return answers
    },
  },
  (test) => {
    test.afterEach(stopAll)
    test('does not keep the clock waiting for the timers of its client', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual(Array.from({ length: 20 }, () => 'Yes.'))
      expect(outcome).toHaveElapsed({ exactly: '20h' })
    })
  },
)
