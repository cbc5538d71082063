import { TestRunner, type RunnerTestCase } from 'vitest'
import { ClockInUseError } from '../clock/index.ts'
import { keptFixtures, type FixtureRunner } from './kept-fixtures.ts'
import { withSignatureOf } from './signature-of.ts'

type Work = (...given: unknown[]) => unknown

/** What is done with the functions that are given to a test API. */
export interface Keeper extends FixtureRunner {
  /** Runs the function of a test. */
  body: (work: Work, given: readonly unknown[]) => unknown
  /** Runs a hook that is called for each test. */
  hook: (work: Work, given: readonly unknown[]) => unknown
  /** A test was declared. */
  declared: (task: RunnerTestCase) => void
}

const SUITES = new Set<PropertyKey>(['describe', 'suite'])
const FIXTURE_MAKERS = new Set<PropertyKey>(['extend', 'override', 'scoped'])
const HOOKS_OF_EACH = new Set<PropertyKey>(['beforeEach', 'afterEach'])
const HOOK = /^(before|after|around)(Each|All)$/

const isFunction = (value: unknown): value is Work => typeof value === 'function'
const isTestApi = (value: unknown): value is Work => isFunction(value) && 'extend' in value && 'each' in value
const isSuiteApi = (value: unknown): value is Work => isFunction(value) && 'each' in value && !('extend' in value)

/** Whether a property is as it is for every function, or has to stay as it is. */
function isFixed(target: object, name: PropertyKey): boolean {
  if (typeof name === 'symbol' || name in Function.prototype) return true
  const own = Reflect.getOwnPropertyDescriptor(target, name)
  return own !== undefined && !own.configurable && own.writable === false
}

function refuse(): never {
  throw new ClockInUseError(
    'Tests of an orchestration cannot be concurrent: one process has one virtual time. Remove .concurrent.',
  )
}

/** Declares tests, and tells which they are. */
function declaring(declare: () => unknown, keeper: Keeper): unknown {
  const { tasks } = TestRunner.getCurrentSuite()
  const before = tasks.length
  const result = declare()
  for (const task of tasks.slice(before)) {
    if (task.type !== 'test') continue
    if (task.concurrent) refuse()
    keeper.declared(task)
  }
  return result
}

/**
 * A test API all of whose tests are kept by the same keeper, whatever modifiers, cases and fixtures stand between. What
 * is not known here and gives a test API again, gives one that is kept.
 *
 * @throws ClockInUseError for tests that are to be concurrent
 */
export function supervised<Api extends object>(api: Api, keeper: Keeper): Api {
  const kept = (value: unknown): unknown => (isFunction(value) ? supervised(value, keeper) : value)
  return new Proxy(api, {
    apply(target, self, given: unknown[]) {
      const wrapped = given.map((work) =>
        isFunction(work) ? withSignatureOf((...args) => keeper.body(work, args), work) : work,
      )
      return kept(declaring(() => Reflect.apply(target as unknown as Work, self, wrapped), keeper))
    },
    get(target, name, receiver) {
      if (name === 'concurrent') refuse()
      const value: unknown = Reflect.get(target, name, receiver)
      if (!isFunction(value) || isFixed(target, name)) return value
      if (isTestApi(value)) return kept(value)
      if (SUITES.has(name)) return supervisedSuite(value, supervised(target, keeper))
      if (FIXTURE_MAKERS.has(name))
        return (...given: unknown[]) => kept(Reflect.apply(value, target, keptFixtures(given, keeper)))
      if (HOOKS_OF_EACH.has(name))
        return (work: Work, ...rest: unknown[]) =>
          Reflect.apply(value, target, [withSignatureOf((...args) => keeper.hook(work, args), work), ...rest])
      if (HOOK.test(String(name))) return (...given: unknown[]) => Reflect.apply(value, target, given)
      return (...given: unknown[]) => kept(Reflect.apply(value, target, given))
    },
  })
}

/** A suite API that gives its suites our test API in place of Vitest's own. */
function supervisedSuite<Api extends object>(api: Api, test: unknown): Api {
  const kept = (value: unknown): unknown => (isFunction(value) ? supervisedSuite(value, test) : value)
  return new Proxy(api, {
    apply(target, self, given: unknown[]) {
      const wrapped = given.map((describe) =>
        isFunction(describe)
          ? (...args: unknown[]) => describe(...args.map((argument) => (isTestApi(argument) ? test : argument)))
          : describe,
      )
      return kept(Reflect.apply(target as unknown as Work, self, wrapped))
    },
    get(target, name, receiver) {
      if (name === 'concurrent') refuse()
      const value: unknown = Reflect.get(target, name, receiver)
      if (!isFunction(value) || isFixed(target, name)) return value
      return isSuiteApi(value) ? kept(value) : (...given: unknown[]) => kept(Reflect.apply(value, target, given))
    },
  })
}
