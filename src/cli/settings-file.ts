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
  // A name such as `cache` is a setting of its own, and begins those of its block.
  const isWhole = known.includes(name) && !known.some((each) => each.startsWith(`${name}_`))
  if (!isObject(value) || isWhole) return [[name, value]]
  return Object.entries(value).flatMap(([key, each]) => flattened(each, [...path, snake(key)], known))
}

/**
 * Files of longhaul that are no settings, by what only they have: the results of the reporter, and the dashboard for
 * Grafana, which the package contains as `longhaul.json`.
 */
const OTHER_FILES: readonly { what: string; isIt: (read: Readonly<Record<string, unknown>>) => boolean }[] = [
  {
    what: 'the results of longhaul/reporter',
    isIt: ({ tests, sweeps }) => Array.isArray(tests) && Array.isArray(sweeps),
  },
  {
    what: 'a dashboard for Grafana',
    isIt: ({ panels, schemaVersion }) => Array.isArray(panels) && typeof schemaVersion === 'number',
  },
]
const otherFile = (read: unknown) => OTHER_FILES.find(({ isIt }) => isObject(read) && isIt(read))

/** @throws UsageError for a file that cannot be read */
function contents(file: string): unknown {
  try {
    // Tags make values of other kinds: sets, dates, bytes.
    return yaml().parse(readFileSync(file, 'utf8'), { version: '1.2', resolveKnownTags: false })
  } catch (error) {
    throw new UsageError(`The settings file ${file} cannot be read: ${(error as Error).message.split('\n')[0]}`)
  }
}

/** The first file of a usual name here that is no other file of longhaul. */
function found(): { file: string; read: unknown } | undefined {
  for (const name of NAMES) {
    const file = resolve(name)
    if (!existsSync(file)) continue
    const read = contents(file)
    if (!otherFile(read)) return { file, read }
  }
  return undefined
}

/** @throws UsageError for a file that cannot be read, or that is another file of longhaul */
function named(name: string): { file: string; read: unknown } {
  const file = resolve(name)
  const read = contents(file)
  const other = otherFile(read)
  if (other) throw new UsageError(`${file} has no settings: it is ${other.what}. Name the settings file.`)
  return { file, read }
}

/** What a settings file says. */
export interface SettingsFile {
  /** Where it is; nothing where there is none. */
  file: string | undefined
  /** By names with `_`, in one level. */
  values: Readonly<Record<string, unknown>>
}

/**
 * Reads the settings of a daemon: the file that is named, else `longhaul.yaml` or `longhaul.json` here, else none. A file
 * here that longhaul wrote for something else, such as the results of its reporter, is not read.
 *
 * @param name the path of a file
 * @param known the names of settings
 * @throws UsageError for a file that cannot be read, or a name that nobody knows
 */
export function readSettingsFile(name: string | undefined, known: readonly string[]): SettingsFile {
  const { file, read } = (name === undefined ? found() : named(name)) ?? { file: undefined, read: undefined }
  if (file === undefined || read === null || read === undefined) return { file, values: {} }
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
