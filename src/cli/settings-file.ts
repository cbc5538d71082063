import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { yaml } from '../packages/index.ts'
import { nearest, suggestion } from '../options/index.ts'
import { UsageError } from './flags.ts'

/** Names under which the settings are looked for in the current folder. */
const NAMES: readonly string[] = ['longhaul.yaml', 'longhaul.yml', 'longhaul.json']

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const snake = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll('-', '_')

/** `retry: { first_delay: 2s }` as `retry_first_delay`. */
function flattened(value: unknown, path: readonly string[], known: readonly string[]): [string, unknown][] {
  const name = path.join('_')
  if (!isObject(value) || known.includes(name)) return [[name, value]]
  return Object.entries(value).flatMap(([key, each]) => flattened(each, [...path, snake(key)], known))
}

/** What a settings file says. */
export interface SettingsFile {
  /** Where it is; nothing where there is none. */
  file: string | undefined
  /** By names with `_`, in one level. */
  values: Readonly<Record<string, unknown>>
}

/**
 * Reads the settings of a daemon: the file that is named, else `longhaul.yaml` or `longhaul.json` here, else none.
 *
 * @param known the names of settings
 * @throws UsageError for a file that cannot be read, or a name that nobody knows
 */
export function readSettingsFile(named: string | undefined, known: readonly string[]): SettingsFile {
  const file =
    named === undefined ? NAMES.map((name) => resolve(name)).find((name) => existsSync(name)) : resolve(named)
  if (file === undefined) return { file, values: {} }
  let read: unknown
  try {
    // Tags make values of other kinds: sets, dates, bytes.
    read = yaml().parse(readFileSync(file, 'utf8'), { version: '1.2', resolveKnownTags: false })
  } catch (error) {
    throw new UsageError(`The settings file ${file} cannot be read: ${(error as Error).message.split('\n')[0]}`)
  }
  if (read === null || read === undefined) return { file, values: {} }
  if (!isObject(read))
    throw new UsageError(
      `The settings file ${file} must be a block of names and values, such as failover: [claude-haiku-4-5].`,
    )
  const values = Object.fromEntries(
    Object.entries(read).flatMap(([name, value]) => flattened(value, [snake(name)], known)),
  )
  const unknown = Object.keys(values).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new UsageError(
      `${file}: there is no setting "${unknown}". ${nearest(unknown, known) ? suggestion(unknown, known) : `There are: ${known.join(', ')}.`}`,
    )
  return { file, values }
}
