import { withSignatureOf } from './signature-of.ts'

type Work = (...given: unknown[]) => unknown
type Use = (value: unknown) => Promise<void>

/** Runs the parts of a fixture. */
export interface FixtureRunner {
  /** Makes what a test gets. */
  setUp: <Value>(work: () => Value | Promise<Value>) => Promise<Value>
  /** Puts it away. */
  tearDown: (work: () => unknown) => Promise<void>
}

const isFunction = (value: unknown): value is Work => typeof value === 'function'

/** Whether a fixture is made for each test: those of a file or a worker have no test to be kept in. */
const isOfTest = (options: unknown): boolean => {
  const { scope = 'test' } = (options ?? {}) as { scope?: string }
  return scope === 'test'
}

/** A fixture that says `use(value)`. */
const using = (fixture: Work, runner: FixtureRunner): Work =>
  withSignatureOf(async (context, use) => {
    const used = Promise.withResolvers<void>()
    const putAway = Promise.withResolvers<void>()
    const making = (async () =>
      fixture(context, async (value: unknown) => {
        used.resolve()
        await (use as Use)(value)
        putAway.resolve()
      }))()
    making.catch(() => {})
    await runner.setUp(() => Promise.race([used.promise, making]))
    await Promise.race([putAway.promise, making])
    await runner.tearDown(() => making)
  }, fixture)

/** A fixture that returns its value, and may say how it is put away. */
const returning = (fixture: Work, runner: FixtureRunner): Work =>
  withSignatureOf(
    (context, more) =>
      runner.setUp(() => {
        const { onCleanup } = more as { onCleanup: (work: () => unknown) => void }
        return fixture(context, {
          ...(more as object),
          onCleanup: (work: () => unknown) => onCleanup(() => runner.tearDown(work)),
        })
      }),
    fixture,
  )

/**
 * What `test.extend(…)` is given, in either of its forms, with fixtures that a runner runs.
 *
 * @param given an object of fixtures; or a name, maybe options, and a value
 */
export function keptFixtures(given: readonly unknown[], runner: FixtureRunner): unknown[] {
  const [first, ...rest] = given
  if (typeof first === 'string')
    return [
      first,
      ...rest.map((value) => (isFunction(value) && rest.every(isOfTest) ? returning(value, runner) : value)),
    ]
  if (typeof first !== 'object' || first === null) return [...given]
  const fixtures = Object.entries(first).map(([name, value]: [string, unknown]) => {
    if (isFunction(value)) return [name, using(value, runner)]
    if (Array.isArray(value) && isFunction(value[0]) && isOfTest(value[1]))
      return [name, [using(value[0], runner), ...value.slice(1)]]
    return [name, value]
  })
  return [Object.fromEntries(fixtures), ...rest]
}
