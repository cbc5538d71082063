import dns from 'node:dns'
import { isIP } from 'node:net'
import { hang } from './door.ts'
import { addressFor, learn } from './names.ts'
import { behind } from './stand.ts'

type AnyFunction = (...given: unknown[]) => unknown
type Functions = Record<string, AnyFunction>
type Callback = (error: Error | null, ...found: unknown[]) => void

/** What becomes of a name that is looked up: the real thing, an address that stands for it, or an error. */
type Fate = { kind: 'real' } | { kind: 'address'; address: string } | { kind: 'error'; error: Error }

const REAL: Fate = { kind: 'real' }

function fateOf(name: unknown): Fate {
  const { network } = behind
  if (!network || typeof name !== 'string' || name === '' || isIP(name) !== 0) return REAL
  const destination = { host: name, port: undefined, secure: false }
  switch (network.judge(destination)) {
    case 'pass':
      return REAL
    case 'answer':
      return { kind: 'address', address: addressFor(name) }
    case 'refuse':
      return { kind: 'error', error: network.refuse(destination, { method: 'LOOKUP', path: '' }) }
  }
}

/** What Node says where a name has no such record. */
const noData = (query: string, hostname: string): Error =>
  Object.assign(new Error(`${query} ENODATA ${hostname}`), {
    code: 'ENODATA',
    errno: undefined,
    syscall: query,
    hostname,
  })

/** How each function answers for a name that has an address and nothing else. */
type Answer = (address: string, given: readonly unknown[]) => unknown[] | undefined

const optionsIn = (given: readonly unknown[]): { all?: boolean; ttl?: boolean; family?: unknown } => {
  const options = given.find((each) => typeof each === 'object' && each !== null)
  return options ?? {}
}
const records = (address: string, given: readonly unknown[]): unknown[] => [
  optionsIn(given).ttl ? [{ address, ttl: 60 }] : [address],
]

const ANSWERS: Readonly<Record<string, Answer>> = {
  lookup: (address, given) => (optionsIn(given).all ? [[{ address, family: 4 }]] : [address, 4]),
  resolve: (address, given) => (typeof given[1] !== 'string' || given[1] === 'A' ? records(address, given) : undefined),
  resolve4: records,
  ...Object.fromEntries(
    ['6', 'Any', 'Caa', 'Cname', 'Mx', 'Naptr', 'Ns', 'Ptr', 'Soa', 'Srv', 'Tlsa', 'Txt'].map((type) => [
      `resolve${type}`,
      () => undefined,
    ]),
  ),
}

/** Hangs the doors of look-ups: no name of the world outside leaves the process in one. */
export function hangDns(): void {
  const { Resolver, promises } = dns
  for (const name of Object.keys(ANSWERS)) {
    const byCallback = (real: AnyFunction) => callbackDoor(name, real)
    const byPromise = (real: AnyFunction) => promiseDoor(name, real)
    for (const [place, target, make] of [
      ['dns', dns, byCallback],
      ['dns.Resolver', Resolver.prototype, byCallback],
      ['dns.promises', promises, byPromise],
      ['dns.promises.Resolver', promises.Resolver.prototype, byPromise],
    ] as const)
      if (name in target) hang(`${place}.${name}`, target as unknown as Functions, name, make)
  }
}

function answerOf(name: string, address: string, given: readonly unknown[]): unknown[] | Error {
  return ANSWERS[name]!(address, given) ?? noData(name, String(given[0]))
}

/** The addresses in what a look-up has found, whichever it was. */
const addressesIn = (found: unknown): string[] =>
  [found].flat().flatMap((each: unknown) => {
    const address = typeof each === 'object' && each !== null ? (each as { address?: unknown }).address : each
    return typeof address === 'string' && isIP(address) !== 0 ? [address] : []
  })

function callbackDoor(name: string, real: AnyFunction): AnyFunction {
  return function lookUp(this: unknown, ...given) {
    const callback = given.at(-1) as Callback
    const fate = typeof callback === 'function' ? fateOf(given[0]) : REAL
    if (fate.kind === 'real') {
      if (!behind.network || typeof callback !== 'function') return Reflect.apply(real, this, given)
      const told: Callback = (error, ...found) => {
        learn(String(given[0]), addressesIn(found[0]))
        callback(error, ...found)
      }
      return Reflect.apply(real, this, [...given.slice(0, -1), told])
    }
    const found = fate.kind === 'error' ? fate.error : answerOf(name, fate.address, given)
    if (found instanceof Error) process.nextTick(callback, found)
    else process.nextTick(callback, null, ...found)
    return {}
  }
}

function promiseDoor(name: string, real: AnyFunction): AnyFunction {
  return function lookUp(this: unknown, ...given) {
    const fate = fateOf(given[0])
    if (fate.kind === 'real') {
      const looking = Reflect.apply(real, this, given) as Promise<unknown>
      if (behind.network) looking.then((found) => learn(String(given[0]), addressesIn(found))).catch(() => {})
      return looking
    }
    const found = fate.kind === 'error' ? fate.error : answerOf(name, fate.address, given)
    if (found instanceof Error) return Promise.reject(found)
    const [first, family] = found
    return Promise.resolve(family === undefined ? first : { address: first, family })
  }
}
