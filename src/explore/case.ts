import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { isDuration, type Duration } from '../clock/index.ts'
import { suggestion } from '../options/index.ts'
import { FAULT_NAMES, type Fault, type ScheduledFault } from '../provider/index.ts'
import type { Seed } from '../random/index.ts'

/** The conditions of one run of an orchestration, as plain data. An omitted part has the value of the options. */
export interface Case {
  /** The seed of all random draws of the run. */
  seed: Seed
  /** Share of calls that fail, from 0 to 1. */
  failRate?: number
  /** Factor on every latency. */
  latencyScale?: number
  /** The kinds of faults that chance may choose. */
  faults?: readonly Fault[]
  /** Exactly these calls fail; chance causes no other faults. */
  schedule?: readonly ScheduledFault[]
  /** The latency of every answered call. */
  latency?: Duration
  /** Replaces variables of the options. */
  vars?: Readonly<Record<string, unknown>>
  /** Replaces the agents of the options. */
  agents?: readonly string[]
  /** The simulated date at the start, in Unix milliseconds. Programs may put the date into prompts. */
  epoch?: number
}

/** Thrown for an invalid case of a sweep. */
export class InvalidCaseError extends Error {
  override readonly name = 'InvalidCaseError'
  readonly code = 'LONGHAUL_INVALID_CASE'
}

const VERSION = '1-'
/** Bytes of JSON; ids come from the environment. */
const MAX_BYTES = 1_000_000

/** A case as one word, to be repeated with `LONGHAUL_REPLAY`. */
export const encodeCase = (of: Case): string =>
  VERSION + deflateRawSync(JSON.stringify(of), { level: 9 }).toString('base64url')

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')
const isFault = (value: unknown): value is Fault => (FAULT_NAMES as readonly unknown[]).includes(value)

/** What each part of a case has to be. */
const PARTS: Readonly<Record<keyof Case, (value: unknown) => boolean>> = {
  seed: (value) => typeof value === 'string' || Number.isSafeInteger(value),
  failRate: (value) => isNumber(value) && value <= 1,
  latencyScale: isNumber,
  faults: (value) => Array.isArray(value) && value.every(isFault),
  schedule: (value) =>
    Array.isArray(value) &&
    value.every(
      (each) => isObject(each) && typeof each['agent'] === 'string' && isNumber(each['nth']) && isFault(each['fault']),
    ),
  latency: isDuration,
  vars: isObject,
  agents: isTexts,
  epoch: isNumber,
}

/** A case with the name of today of `latency`, which was a number of milliseconds. */
const caseOfToday = ({
  latencyMs,
  ...given
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  ...(latencyMs !== undefined && { latency: latencyMs }),
  ...given,
})

/**
 * Checks that something is a case.
 *
 * @throws InvalidCaseError
 */
export function checkCase(read: unknown, where: string): Case {
  if (!isObject(read)) throw new InvalidCaseError(`${where} is not a case: a case is an object with a seed.`)
  const given = caseOfToday(read)
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(PARTS, name))
      throw new InvalidCaseError(`${where}: a case has no part "${name}". ${suggestion(name, Object.keys(PARTS))}`)
    if (!PARTS[name as keyof Case](value))
      throw new InvalidCaseError(`${where}: ${name} is ${JSON.stringify(value)?.slice(0, 100)}, which is not valid.`)
  }
  if (given['seed'] === undefined) throw new InvalidCaseError(`${where}: the seed is missing.`)
  return given as unknown as Case
}

/**
 * Reads what `encodeCase` has written.
 *
 * @throws InvalidCaseError
 */
export function decodeCase(id: string): Case {
  if (!id.startsWith(VERSION))
    throw new InvalidCaseError(`"${id.slice(0, 40)}" is not a case: the text must start with "${VERSION}".`)
  let read: unknown
  try {
    const bytes = inflateRawSync(Buffer.from(id.slice(VERSION.length), 'base64url'), { maxOutputLength: MAX_BYTES })
    read = JSON.parse(bytes.toString('utf8'), (key, value: unknown) => (key === '__proto__' ? undefined : value))
  } catch {
    throw new InvalidCaseError(`"${id.slice(0, 40)}…" is not a case: the text was truncated or changed.`)
  }
  return checkCase(read, 'The replay')
}
