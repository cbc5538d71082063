import { hang } from './door.ts'
import { native } from './natives.ts'
import { nativeOf } from './realm.ts'
import { behind } from './stand.ts'

/** The present date in Unix milliseconds: a read of whatever clock is in force. */
export const now = (): number => (behind.time ? behind.time.wall() : native.dateNow())

type DateArguments = ConstructorParameters<DateConstructor>

/** A door in the place of a realm's `Date`. The prototype is that of the real one, so dates of before and after are of one kind. */
export function dateDoor(Real: DateConstructor): DateConstructor {
  function DateDoor(this: unknown, ...given: unknown[]): unknown {
    if (!new.target) return new Real(now()).toString()
    const arguments_ = (given.length === 0 ? [now()] : given) as DateArguments
    return new.target === DateDoor ? new Real(...arguments_) : Reflect.construct(Real, arguments_, new.target)
  }
  for (const name of Reflect.ownKeys(Real))
    Object.defineProperty(DateDoor, name, Object.getOwnPropertyDescriptor(Real, name)!)
  // `new Date().constructor === Date` holds, by which libraries compare dates.
  Object.defineProperty(Real.prototype, 'constructor', { value: DateDoor, configurable: true, writable: true })
  return DateDoor as unknown as DateConstructor
}

/** `Date` and `Date.now`. */
function hangDate(): void {
  const Real = nativeOf('Date', () => Date)
  hang('Date.now', Real, 'now', () => () => now())
  hang('Date', globalThis, 'Date', () => dateDoor(Real))
}

/** Dates that a formatter is not given are the present one. */
function hangFormatters(): void {
  const { prototype } = Intl.DateTimeFormat
  const format = Object.getOwnPropertyDescriptor(prototype, 'format')!.get!
  const bound = new WeakMap<Intl.DateTimeFormat, Intl.DateTimeFormat['format']>()
  Object.defineProperty(prototype, 'format', {
    configurable: true,
    get(this: Intl.DateTimeFormat) {
      let door = bound.get(this)
      if (!door) {
        const real = format.call(this) as Intl.DateTimeFormat['format']
        bound.set(this, (door = (date) => real(date ?? now())))
      }
      return door
    },
  })
  hang('Intl.formatToParts', prototype, 'formatToParts', (real) => {
    return function (this: Intl.DateTimeFormat, date) {
      return real.call(this, date ?? now())
    }
  })
}

/** The part of `Temporal` (in Node 26 and later) that reads the present time. */
interface TemporalLike {
  Now: Record<
    'instant' | 'zonedDateTimeISO' | 'plainDateTimeISO' | 'plainDateISO' | 'plainTimeISO',
    (zone?: unknown) => unknown
  >
  Instant: { fromEpochMilliseconds(ms: number): { toZonedDateTimeISO(zone: unknown): Zoned } }
}
type Zoned = Record<'toPlainDateTime' | 'toPlainDate' | 'toPlainTime', () => unknown>

function hangTemporal({ Now, Instant }: TemporalLike & { Now: { timeZoneId?(): string } }): void {
  const instant = (): ReturnType<TemporalLike['Instant']['fromEpochMilliseconds']> =>
    Instant.fromEpochMilliseconds(Math.floor(now()))
  const zoned = (zone: unknown): Zoned => instant().toZonedDateTimeISO(zone ?? Now.timeZoneId!())
  hang('Temporal.instant', Now, 'instant', () => instant)
  hang('Temporal.zonedDateTimeISO', Now, 'zonedDateTimeISO', () => zoned)
  hang('Temporal.plainDateTimeISO', Now, 'plainDateTimeISO', () => (zone) => zoned(zone).toPlainDateTime())
  hang('Temporal.plainDateISO', Now, 'plainDateISO', () => (zone) => zoned(zone).toPlainDate())
  hang('Temporal.plainTimeISO', Now, 'plainTimeISO', () => (zone) => zoned(zone).toPlainTime())
}

/** Hangs the doors of `Date`, of date formatters, and of `Temporal` where there is one. */
export function hangDates(): void {
  hangDate()
  hangFormatters()
  const { Temporal } = globalThis as { Temporal?: TemporalLike }
  if (Temporal) hangTemporal(Temporal)
}
