import { parseDuration, type Milliseconds } from '../clock/index.ts'
import type { Json } from './json.ts'

/** Reads a duration of the language: seconds as a number, or text such as `'15s'`. */
export const millisecondsOf = (value: Json): Milliseconds =>
  typeof value === 'number' ? parseDuration(value * 1_000) : parseDuration(value as string)
