import type { KeyObject, webcrypto } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import type { ChanceBehind } from './behind.ts'
import { hang } from './door.ts'
import { cryptoModule, native } from './natives.ts'
import { notePool } from './pools.ts'
import { behind } from './stand.ts'

/** Bytes of any view or buffer. */
const bytesOf = (view: ArrayBufferView | ArrayBuffer | SharedArrayBuffer): Uint8Array =>
  ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(view)

/** A version 4 UUID (RFC 9562) from sixteen of the bytes that chance gives. */
function uuid(chance: ChanceBehind): `${string}-${string}-${string}-${string}-${string}` {
  const bytes = new Uint8Array(16)
  chance.fill(bytes)
  return uuidOf(bytes, 4)
}

/** A version 7 UUID: the present date, and chance. */
function timedUuid(chance: ChanceBehind): `${string}-${string}-${string}-${string}-${string}` {
  const bytes = new Uint8Array(16)
  chance.fill(bytes)
  new DataView(bytes.buffer).setBigUint64(0, (BigInt(Date.now()) << 16n) | BigInt((bytes[6]! << 8) | bytes[7]!))
  return uuidOf(bytes, 7)
}

function uuidOf(bytes: Uint8Array, version: number): `${string}-${string}-${string}-${string}-${string}` {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4)
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A whole number below `range`, which is at most 2^48, without a bias: six bytes, drawn again where they exceed the last whole multiple. */
function integerBelow(chance: ChanceBehind, range: number): number {
  const limit = 2 ** 48 - (2 ** 48 % range)
  const bytes = Buffer.alloc(6)
  for (;;) {
    chance.fill(bytes)
    const value = bytes.readUIntBE(0, 6)
    if (value < limit) return value % range
  }
}

type Done<Value> = (error: Error | null, value: Value) => void
const soon = (callback: (...args: never[]) => unknown, ...args: unknown[]): void =>
  void native.setImmediate(callback as never, ...args)

const isSize = (size: unknown): size is number =>
  Number.isInteger(size) && (size as number) >= 0 && (size as number) <= 2 ** 31 - 1

/** The place within a view that is filled, where the arguments are right. */
function part(view: ArrayBufferView | ArrayBuffer, offset: unknown = 0, size?: unknown): Uint8Array | undefined {
  if (!(ArrayBuffer.isView(view) || view instanceof ArrayBuffer || (view as unknown) instanceof SharedArrayBuffer))
    return undefined
  const unit = (view as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1
  const bytes = bytesOf(view)
  const from = Number(offset) * unit
  const length = size === undefined ? bytes.length - from : Number(size) * unit
  const fits = Number.isInteger(from) && Number.isInteger(length) && from >= 0 && length >= 0
  return fits && from + length <= bytes.length ? bytes.subarray(from, from + length) : undefined
}

function hangBytes(): void {
  const randomBytes = (real: typeof cryptoModule.randomBytes): typeof cryptoModule.randomBytes =>
    ((size: number, callback?: Done<Buffer>) => {
      const { chance } = behind
      if (!chance || !isSize(size) || (callback !== undefined && typeof callback !== 'function'))
        return callback === undefined ? real(size) : real(size, callback)
      const bytes = Buffer.alloc(size)
      chance.fill(bytes)
      if (!callback) return bytes
      soon(callback, null, bytes)
      return undefined
    }) as never
  hang('crypto.randomBytes', cryptoModule, 'randomBytes', randomBytes)
  // Aliases from the old days, which are getters that would give the real function.
  for (const alias of ['pseudoRandomBytes', 'prng', 'rng'] as const) {
    if (alias in cryptoModule)
      hang(`crypto.${alias}`, cryptoModule as unknown as Record<string, unknown>, alias, () => cryptoModule.randomBytes)
  }
  hang(
    'crypto.randomFillSync',
    cryptoModule,
    'randomFillSync',
    (real) =>
      ((view: NodeJS.ArrayBufferView, offset?: number, size?: number) => {
        notePool(view)
        const place = behind.chance && part(view, offset, size)
        if (!place) return (real as (...given: unknown[]) => unknown)(view, offset, size)
        behind.chance!.fill(place)
        return view
      }) as never,
  )
  hang(
    'crypto.randomFill',
    cryptoModule,
    'randomFill',
    (real) =>
      ((view: NodeJS.ArrayBufferView, ...rest: unknown[]) => {
        const callback = rest.at(-1)
        const [offset, size] = rest.slice(0, -1)
        const place = behind.chance && typeof callback === 'function' ? part(view, offset, size) : undefined
        if (!place) return (real as (...given: unknown[]) => unknown)(view, ...rest)
        behind.chance!.fill(place)
        return soon(callback as Done<unknown>, null, view)
      }) as never,
  )
  hang(
    'crypto.randomInt',
    cryptoModule,
    'randomInt',
    (real) =>
      ((...given: unknown[]) => {
        const callback = typeof given.at(-1) === 'function' ? (given.at(-1) as Done<number>) : undefined
        const numbers = callback ? given.slice(0, -1) : given
        const [low, high] = (numbers.length === 1 ? [0, numbers[0]] : numbers) as [number, number]
        const isRight =
          Number.isSafeInteger(low) && Number.isSafeInteger(high) && low < high && high - low <= 2 ** 48 - 1
        if (!behind.chance || !isRight) return (real as (...given: unknown[]) => unknown)(...given)
        const value = low + integerBelow(behind.chance, high - low)
        if (!callback) return value
        return soon(callback, null, value)
      }) as never,
  )
}

type Uuid = typeof cryptoModule.randomUUID

function hangUuids(): void {
  hang(
    'crypto.randomUUID',
    cryptoModule,
    'randomUUID',
    (real): Uuid =>
      (options) =>
        behind.chance ? uuid(behind.chance) : real(options),
  )
  const later = cryptoModule as unknown as { randomUUIDv7?: Uuid }
  if (later.randomUUIDv7)
    hang(
      'crypto.randomUUIDv7',
      later as Required<typeof later>,
      'randomUUIDv7',
      (real): Uuid =>
        (options) =>
          behind.chance ? timedUuid(behind.chance) : real(options),
    )
}

/** What a secret key is made of. */
const LENGTHS: Readonly<Record<string, (bits: number) => boolean>> = {
  hmac: (bits) => bits >= 8 && bits <= 2 ** 31 - 1,
  aes: (bits) => bits === 128 || bits === 192 || bits === 256,
}

/** Secret keys are bytes; pairs of keys come from a native search for primes, which takes no seed. */
function hangKeys(): void {
  const keyOf = (kind: string, options: { length: number }): KeyObject | undefined => {
    if (!behind.chance || !LENGTHS[kind]?.(options?.length)) return undefined
    const bytes = Buffer.alloc(Math.floor(options.length / 8))
    behind.chance.fill(bytes)
    return cryptoModule.createSecretKey(bytes)
  }
  hang('crypto.generateKeySync', cryptoModule, 'generateKeySync', (real): typeof cryptoModule.generateKeySync => {
    return (kind, options) => keyOf(kind, options) ?? real(kind, options)
  })
  hang(
    'crypto.generateKey',
    cryptoModule,
    'generateKey',
    (real) =>
      ((kind: 'hmac' | 'aes', options: { length: number }, callback: (error: Error | null, key: KeyObject) => void) => {
        const key = typeof callback === 'function' ? keyOf(kind, options) : undefined
        if (key) soon(callback, null, key)
        else real(kind, options, callback)
      }) as never,
  )
}

/** The lengths of the keys that Web Crypto makes of chance alone. Bits. */
const secretBits = (algorithm: {
  name?: string
  length?: number
  hash?: string | { name: string }
}): number | undefined => {
  const name = algorithm?.name?.toUpperCase() ?? ''
  if (name.startsWith('AES-')) return [128, 192, 256].includes(algorithm.length!) ? algorithm.length : undefined
  if (name !== 'HMAC') return undefined
  const hash = typeof algorithm.hash === 'string' ? algorithm.hash : algorithm.hash?.name
  const block = { 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 }[hash?.toUpperCase() ?? '']
  return algorithm.length ?? block
}

function hangWebCrypto(): void {
  const prototype = Object.getPrototypeOf(globalThis.crypto) as Crypto
  hang('webcrypto.getRandomValues', prototype, 'getRandomValues', (real) => {
    return function getRandomValues(this: Crypto, view) {
      notePool(view as ArrayBufferView)
      const { chance } = behind
      const isRight = view instanceof Object && ArrayBuffer.isView(view) && view.byteLength <= 65_536
      if (!chance || !isRight || /Float|DataView/.test(view.constructor.name)) return real.call(this, view as never)
      chance.fill(bytesOf(view as ArrayBufferView))
      return view
    } as typeof real
  })
  hang('webcrypto.randomUUID', prototype, 'randomUUID', (real) => {
    return function randomUUID(this: Crypto) {
      return behind.chance ? uuid(behind.chance) : real.call(this)
    }
  })
  const subtle = Object.getPrototypeOf(globalThis.crypto.subtle) as webcrypto.SubtleCrypto
  hang('webcrypto.subtle.generateKey', subtle, 'generateKey', (real) => {
    return function generateKey(this: webcrypto.SubtleCrypto, ...given: [never, never, never]) {
      const [algorithm, extractable, usages] = given
      const bits = behind.chance && secretBits(algorithm)
      if (!bits) return real.apply(this, given)
      const bytes = new Uint8Array(Math.ceil(bits / 8))
      behind.chance!.fill(bytes)
      return this.importKey('raw', bytes, algorithm, extractable, usages)
    } as never
  })
}

/**
 * Hangs the doors of chance: `Math.random`, and all of `node:crypto` and Web Crypto that is random bytes in the end. Not for secrets in
 * production: with a session in force, whoever knows the seed knows them all.
 */
export function hangChance(): void {
  hang('Math.random', Math, 'random', (real) => () => (behind.chance ? behind.chance.random() : real()))
  hangBytes()
  hangUuids()
  hangKeys()
  hangWebCrypto()
  syncBuiltinESMExports()
}
