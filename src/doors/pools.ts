import { shared } from './realm.ts'

/** Smaller arrays are no pools. Bytes. */
const MIN_POOL = 128
/** Old entries are looked through when there are so many. */
const SWEEP_AT = 256

const state = shared('chance.pools', () => ({
  pools: [] as WeakRef<ArrayBufferView>[],
  emptied: new WeakSet<ArrayBufferView>(),
}))

/** Whether the function that asks for random bytes is a library's: below this one stand `notePool` and the door. */
const fromLibrary = (): boolean => (new Error().stack?.split('\n')[4] ?? '').includes('node_modules')

/**
 * Remembers an array that a library fills with random bytes, from which it may draw for a long time: the pools of nanoid and uuid. What was drawn
 * before a session began is not of its seed, and how much is left depends on the tests before.
 */
export function notePool(view: unknown): void {
  if (!ArrayBuffer.isView(view) || view.byteLength < MIN_POOL) return
  if (state.emptied.delete(view)) delete (view as { length?: number }).length
  else if (!fromLibrary()) return
  if (state.pools.length >= SWEEP_AT) state.pools = state.pools.filter((pool) => pool.deref() !== undefined)
  state.pools.push(new WeakRef(view))
}

/**
 * Lets libraries fill their pools anew: each array shows no length until it is filled again, so that its owner takes it for used up.
 */
export function emptyPools(): void {
  for (const pool of state.pools) {
    const view = pool.deref()
    if (!view || state.emptied.has(view)) continue
    state.emptied.add(view)
    Object.defineProperty(view, 'length', { value: 0, configurable: true })
  }
  state.pools = []
}
