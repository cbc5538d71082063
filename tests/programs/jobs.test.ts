import { AsyncResource, executionAsyncId } from 'node:async_hooks'
import * as crypto from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import Queue from 'better-queue'
import { describeOrchestration } from 'longhaul'
import { MockAgent, request } from 'undici8'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const orTooLate = <T>(work: Promise<T>): Promise<T | 'too late'> =>
  Promise.race([work, sleep(3_600_000, 'too late' as const)])

const bytes = Buffer.alloc(2_000_000, 'longhaul ')
const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 1_024 })
const signature = crypto.sign('sha256', bytes, rsa.privateKey)

const JOBS: Record<string, () => Promise<unknown>> = {
  pbkdf2: () => promisify(crypto.pbkdf2)('password', 'salt', 200_000, 32, 'sha256'),
  scrypt: () => promisify(crypto.scrypt)('password', 'salt', 64),
  hkdf: () => promisify(crypto.hkdf)('sha256', bytes, 'salt', 'info', 64),
  'randomFill, of many bytes': () => promisify(crypto.randomFill)(Buffer.alloc(1_000)),
  generateKeyPair: () => promisify(crypto.generateKeyPair)('rsa', { modulusLength: 1_024 }),
  generateKey: () => promisify(crypto.generateKey)('hmac', { length: 256 }),
  generatePrime: () => promisify(crypto.generatePrime)(256),
  checkPrime: () => promisify(checkLargePrime)(),
  sign: () => promisify(signBytes)(),
  verify: () => promisify(verifyBytes)(),
  'a digest of Web Crypto': () => crypto.subtle.digest('SHA-512', bytes),
  'a key of Web Crypto': () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign']),
  gzip: () => promisify(zlib.gzip)(bytes),
  brotli: () => promisify(zlib.brotliCompress)(bytes.subarray(0, 200_000)),
  'a stream of compression': async () =>
    new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
}

function checkLargePrime(done: (error: Error | null, prime: boolean) => void): void {
  crypto.checkPrime(2n ** 521n - 1n, done)
}
function signBytes(done: (error: Error | null, signed: Buffer) => void): void {
  crypto.sign('sha256', bytes, rsa.privateKey, done)
}
function verifyBytes(done: (error: Error | null, right: boolean) => void): void {
  crypto.verify('sha256', bytes, rsa.publicKey, signature, done)
}

for (const [what, job] of Object.entries(JOBS)) {
  describeOrchestration(`${what} in the thread pool`, { system: () => orTooLate(job()) }, (test) => {
    test('comes before a timer of an hour, and takes no time', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result).not.toBe('too late')
      expect(outcome.elapsedMs).toBe(0)
    })
  })
}

/** Synchronous jobs, which are done when the call returns. */
const SYNCHRONOUS: Record<string, () => unknown> = {
  randomFillSync: () => crypto.randomFillSync(Buffer.alloc(8)),
  randomInt: () => crypto.randomInt(1_000),
  scryptSync: () => crypto.scryptSync('password', 'salt', 32),
  pbkdf2Sync: () => crypto.pbkdf2Sync('password', 'salt', 10, 32, 'sha256'),
  hkdfSync: () => crypto.hkdfSync('sha256', 'key', 'salt', 'info', 32),
  generateKeySync: () => crypto.generateKeySync('hmac', { length: 64 }),
  generateKeyPairSync: () => crypto.generateKeyPairSync('ed25519'),
  generatePrimeSync: () => crypto.generatePrimeSync(64),
  signSync: () => crypto.sign('sha256', bytes, rsa.privateKey),
}

describeOrchestration(
  'jobs that are done at once',
  {
    system: async () => {
      for (const job of Object.values(SYNCHRONOUS)) {
        job()
        await sleep(60_000)
      }
    },
  },
  (test) => {
    test('do not hold the clock afterwards', async ({ run, expect }) => {
      expect(await run()).toHaveElapsed({ atLeast: '9m', atMost: '9m' })
    })
  },
)

const TYPES = [
  'BATCH_REQUEST',
  'UNDICI_REQUEST',
  'HTTPCLIENTREQUEST',
  'HASHREQUEST',
  'ZLIB',
  'BLOBREADER',
  'generic',
  'Worker',
]

describeOrchestration(
  'async resources of the program itself',
  {
    system: async () => {
      class Batch extends AsyncResource {
        write(): number {
          return executionAsyncId()
        }
      }
      const kept = TYPES.map((type) => new Batch(type))
      for (const resource of kept) resource.write()
      await sleep(3_600_000)
      return kept.map((resource) => resource.runInAsyncScope(() => executionAsyncId() > 0))
    },
  },
  (test) => {
    test('are no work, whatever their type is named', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual(TYPES.map(() => true))
      expect(outcome.elapsedMs).toBe(3_600_000)
    })
  },
)

describeOrchestration(
  'a queue of jobs (better-queue)',
  {
    system: () =>
      new Promise<number[]>((resolve) => {
        const done: number[] = []
        const queue = new Queue<number>((n, finish) => void sleep(60_000).then(() => finish(null, n * n)), {
          concurrent: 2,
        })
        queue.on('task_finish', (_id: unknown, square: number) => void done.push(square))
        queue.on('drain', () => resolve(done))
        for (let n = 1; n <= 6; n++) queue.push(n)
      }),
  },
  (test) => {
    test('works its jobs off in virtual time', async ({ run, expect }) => {
      const outcome = await run()
      expect((outcome.result as number[]).toSorted((a, b) => a - b)).toEqual([1, 4, 9, 16, 25, 36])
      expect(outcome).toHaveElapsed({ atLeast: '3m', atMost: '4m' })
    })
  },
)

describeOrchestration(
  'requests by undici',
  {
    system: async () => {
      const server = createServer((_request, response) => setTimeout(() => response.end('page'), 60_000))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const texts: string[] = []
      for (let i = 0; i < 3; i++) {
        const { body } = await request(`http://127.0.0.1:${port}/`)
        texts.push(await body.text())
      }
      server.closeAllConnections()
      server.close()
      const agent = new MockAgent()
      agent.disableNetConnect()
      await agent.close()
      return texts
    },
  },
  (test) => {
    test('let the time pass that a server in this process takes', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.result).toEqual(['page', 'page', 'page'])
      expect(outcome.elapsedMs).toBe(180_000)
    })
  },
)
