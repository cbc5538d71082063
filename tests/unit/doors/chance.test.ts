import '../../../src/vitest/setup.ts'
import crypto, { randomBytes, randomFill, randomFillSync, randomInt, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { customAlphabet as alphabet3, nanoid as nanoid3 } from 'nanoid3'
import { nanoid as nanoid5 } from 'nanoid5'
import { v4, v7 } from 'uuid'
import { v4 as v4of9 } from 'uuid9'
import { describe, expect, test } from 'vitest'
import { KeyedRandom } from '../../../src/random/index.ts'
import { emptyPools, stand } from '../../../src/doors/index.ts'

/** Runs something by a seed, as a session does. */
async function seeded<Value>(seed: number, draw: () => Value | Promise<Value>): Promise<Value> {
  const random = new KeyedRandom(seed)
  let index = 0
  emptyPools()
  const leave = stand('chance', {
    random: () => random.draw('random', index++),
    fill: (bytes) => {
      for (let place = 0; place < bytes.length; place++) bytes[place] = Math.floor(random.draw('bytes', index++) * 256)
    },
  })
  try {
    return await draw()
  } finally {
    leave()
  }
}

const secret = (key: crypto.KeyObject): string => key.export().toString('hex')

const draws: Record<string, () => unknown> = {
  'Math.random': () => Math.random(),
  randomBytes: () => randomBytes(20).toString('hex'),
  'randomBytes with a callback': async () => (await promisify(randomBytes)(20)).toString('hex'),
  pseudoRandomBytes: () =>
    (crypto as unknown as { pseudoRandomBytes: typeof randomBytes }).pseudoRandomBytes(20).toString('hex'),
  randomFillSync: () => randomFillSync(Buffer.alloc(200)).toString('hex'),
  'randomFillSync of a part': () => (randomFillSync(new Uint16Array(20), 3, 5) as Uint16Array).join(),
  'randomFillSync of a buffer without a view': () =>
    Buffer.from(randomFillSync(new ArrayBuffer(16) as never) as never).toString('hex'),
  randomFill: () =>
    new Promise((resolve) => randomFill(Buffer.alloc(20), (_error, bytes) => resolve(bytes.toString('hex')))),
  randomInt: () => [randomInt(6), randomInt(100, 1_000_000), randomInt(-5, 2 ** 47)],
  'randomInt with a callback': () => new Promise((resolve) => randomInt(1e9, (_error, value) => resolve(value))),
  randomUUID: () => [randomUUID(), globalThis.crypto.randomUUID()],
  getRandomValues: () => [
    globalThis.crypto.getRandomValues(new Uint32Array(4)).join(),
    crypto.webcrypto.getRandomValues(new Uint8Array(4)).join(),
    crypto.getRandomValues(new Uint8Array(4)).join(),
  ],
  generateKeySync: () => [
    secret(crypto.generateKeySync('hmac', { length: 256 })),
    secret(crypto.generateKeySync('aes', { length: 128 })),
  ],
  generateKey: async () => secret(await promisify(crypto.generateKey)('aes', { length: 256 })),
  'subtle.generateKey': async () => {
    const key = await crypto.webcrypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt'])
    return Buffer.from(await crypto.webcrypto.subtle.exportKey('raw', key)).toString('hex')
  },
  'nanoid 3': () => [nanoid3(), nanoid3(), alphabet3('abc', 10)()],
  'nanoid 5': () => [nanoid5(), nanoid5()],
  'uuid 9': () => [v4of9(), v4of9()],
  uuid: () => [v4(), v4()],
}

describe.each(Object.entries(draws))('%s', (_name, draw) => {
  test('is chosen by the seed, whatever was drawn before', async () => {
    const first = await seeded(7, draw)
    await draw()
    const second = await seeded(7, draw)
    await draw()
    await draw()
    const third = await seeded(7, draw)
    expect(second).toEqual(first)
    expect(third).toEqual(first)
    expect(await seeded(8, draw)).not.toEqual(first)
  })

  test('is real chance without a session', async () => {
    expect(await draw()).not.toEqual(await draw())
  })
})

describe('arguments that Node refuses', () => {
  test.each([
    () => randomBytes(-1),
    () => randomInt(0),
    () => randomInt(5, 5),
    () => randomFillSync('text' as never),
    () => randomFillSync(Buffer.alloc(4), 5),
    () => globalThis.crypto.getRandomValues(new Float64Array(4) as never),
    () => globalThis.crypto.getRandomValues(new Uint8Array(70_000)),
    () => crypto.generateKeySync('aes', { length: 5 }),
  ])('%s', async (wrong) => {
    const say = (): string => {
      try {
        wrong()
        return 'nothing'
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`
      }
    }
    expect(await seeded(1, say)).toBe(say())
    expect(say()).not.toBe('nothing')
  })
})

test('an array of random bytes of the program itself keeps its length', async () => {
  const own = randomFillSync(new Uint8Array(512))
  await seeded(1, () => expect(own).toHaveLength(512))
})

test('uuid 7 holds the present date', async () => {
  const at = Number.parseInt(v7().replaceAll('-', '').slice(0, 12), 16)
  expect(Math.abs(at - Date.now())).toBeLessThan(60_000)
})
