const DAY_S = 86_400
const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'))

/** The day that was written last; runs stay within one for thousands of answers. */
let newest = { day: Number.NaN, text: '' }

/**
 * A date as headers say it, such as `Tue, 01 Jan 2030 00:00:05 GMT`. Source: RFC 9110, IMF-fixdate.
 *
 * @param unixMs Unix time in milliseconds
 */
export function httpDate(unixMs: number): string {
  const seconds = Math.floor(unixMs / 1_000)
  const day = Math.floor(seconds / DAY_S)
  const ofDay = seconds - day * DAY_S
  // All that comes before the time: `Tue, 01 Jan 2030 `.
  if (newest.day !== day) newest = { day, text: new Date(day * DAY_S * 1_000).toUTCString().slice(0, -12) }
  const [hours, minutes] = [Math.floor(ofDay / 3_600), Math.floor(ofDay / 60) % 60]
  return `${newest.text}${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes]}:${TWO_DIGITS[ofDay % 60]} GMT`
}
