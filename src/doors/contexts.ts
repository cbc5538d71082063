import { syncBuiltinESMExports } from 'node:module'
import vm from 'node:vm'
import { dateDoor, now } from './dates.ts'
import { hang } from './door.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Contexts in which the doors are hung. */
const done = new WeakSet<object>()

/**
 * Hangs the doors of `Date` and of `Math.random` in a context, which has its own of both; timers it has only where it was
 * given ours. What a program has put there itself stays.
 */
function hangIn(context: object): void {
  if (done.has(context)) return
  done.add(context)
  const own = (name: string): boolean => Object.hasOwn(context, name)
  if (!own('Math')) {
    const chance = vm.runInContext('Math', context) as Math
    chance.random = () => Math.random()
  }
  if (own('Date')) return
  const Real = vm.runInContext('Date', context) as DateConstructor
  Real.now = () => now()
  // Of a frozen object nothing can be changed.
  Reflect.defineProperty(context, 'Date', {
    configurable: true,
    enumerable: false,
    writable: true,
    value: dateDoor(Real),
  })
}

const isContext = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && vm.isContext(value)

/** What `createContext` is told by the options of `runInNewContext`. */
const contextOptions = (given: unknown): vm.CreateContextOptions | undefined => {
  if (typeof given !== 'object' || given === null) return undefined
  const { contextName, contextOrigin, contextCodeGeneration, microtaskMode } =
    given as vm.RunningScriptInNewContextOptions
  return Object.fromEntries(
    Object.entries({
      name: contextName,
      origin: contextOrigin,
      codeGeneration: contextCodeGeneration,
      microtaskMode,
    }).filter(([, value]) => value !== undefined),
  )
}

/** Hangs the doors of `node:vm`, behind which programs run code that was written for them, in a global object of its own. */
export function hangContexts(): void {
  const module = vm as unknown as Record<'createContext' | 'runInNewContext', AnyFunction>
  hang('vm.createContext', module, 'createContext', (real) => {
    return function (...args) {
      const context = real(...args)
      if (isContext(context)) hangIn(context)
      return context
    }
  })
  /** Makes the new context in which something is to run, with the doors; Node's own function tells what is wrong. */
  const contextOf = (given: unknown, options: unknown): unknown => {
    if (given !== undefined && (typeof given !== 'object' || given === null)) return given
    return module.createContext(given ?? {}, contextOptions(options))
  }
  hang('vm.runInNewContext', module, 'runInNewContext', (real) => {
    return (code, context, options) => real(code, contextOf(context, options), options)
  })
  const script = vm.Script.prototype as unknown as Record<'runInNewContext', AnyFunction>
  hang('vm.Script.runInNewContext', script, 'runInNewContext', (real) => {
    return function (context, options) {
      return real.call(this, contextOf(context, options), options)
    }
  })
  syncBuiltinESMExports()
}
