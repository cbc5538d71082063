import { types } from 'node:util'

/** Where the copies of undici in a process keep the dispatcher that all use which are given none; the number is that of its interface. */
const OLD_PLACE = Symbol.for('undici.globalDispatcher.1')
const NEW_PLACE = Symbol.for('undici.globalDispatcher.2')
type Holder = Record<symbol, object | undefined>

/** What stood in the places when they were looked at last; nothing before that. */
let seen: readonly [object | undefined, object | undefined] | undefined
let verdict = false

/**
 * Whether somebody has set a dispatcher of their own for all requests (`setGlobalDispatcher`: a proxy, a mock, other limits of time).
 * What copies of undici set when they are loaded is none.
 */
export function hasOwnDispatcher(): boolean {
  const first = (globalThis as unknown as Holder)[OLD_PLACE]
  const second = (globalThis as unknown as Holder)[NEW_PLACE]
  if (!seen || first !== seen[0] || second !== seen[1]) {
    seen = [first, second]
    // Version 8 puts its own into the old place too, in a wrapper.
    verdict = first?.constructor.name === 'Dispatcher1Wrapper' ? !isUsual(second) : !isUsual(first)
  }
  return verdict
}

/** An `Agent` that was given no options, or nothing yet. */
function isUsual(dispatcher: object | undefined): boolean {
  if (!dispatcher) return true
  if (dispatcher.constructor.name !== 'Agent' || types.isProxy(dispatcher)) return false
  const key = Object.getOwnPropertySymbols(dispatcher).find(({ description }) => description === 'options')
  const options = key ? Object.entries((dispatcher as Record<symbol, object>)[key] ?? {}) : []
  return options.every(([name, value]) => value === undefined || (name === 'maxOrigins' && value === Infinity))
}
