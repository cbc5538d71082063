import { readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suggestion } from '../options/index.ts'

/** The patterns that come with longhaul. */
const SHIPPED = fileURLToPath(new URL('../orchestrations', import.meta.url))

/** Where patterns are looked for by name, first to last: here, in folders of one's own, and among those that come with longhaul. */
const FOLDERS: readonly string[] = ['orchestrations', join('var', 'lib', 'compositions', 'orchestrations'), SHIPPED]

/** Thrown when no pattern with a name exists. */
export class PatternNotFoundError extends Error {
  override readonly name = 'PatternNotFoundError'
  readonly code = 'LONGHAUL_NO_PATTERN'
  /** The files that longhaul looked for. */
  readonly lookedFor: readonly string[]
  constructor(given: string, lookedFor: readonly string[], names: readonly string[]) {
    super(
      `There is no pattern "${given}". ${suggestion(given, names)} longhaul looked for ${lookedFor.join(', ')}.`.replace(
        '  ',
        ' ',
      ),
    )
    this.lookedFor = lookedFor
  }
}

/** Whether there is a file. A path that cannot be one, or that nobody lets us see, leads to none. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name)

/**
 * The file of a pattern: its path, or its name in `orchestrations/`, in further folders, or among those that come with longhaul.
 *
 * @param further folders that are looked into before those that come with longhaul
 * @throws PatternNotFoundError
 */
export function findPattern(given: string, further: readonly string[] = []): string {
  const names = isYaml(given) ? [given] : [`${given}.yaml`, `${given}.yml`]
  const folders = isAbsolute(given) ? [''] : ['', ...further, ...FOLDERS]
  const candidates = [
    ...(isYaml(given) ? [] : [given]),
    ...folders.flatMap((in_) => names.map((name) => join(in_, name))),
  ]
  const found = candidates.find(isFile)
  if (found !== undefined) return found
  throw new PatternNotFoundError(
    given,
    candidates,
    listPatterns(further).map(({ name }) => name),
  )
}

/** All patterns that are found by their name alone, the ones that go before others first. */
export function listPatterns(further: readonly string[] = []): { name: string; file: string }[] {
  const found = new Map<string, string>()
  for (const folder of [...further, ...FOLDERS])
    for (const file of filesIn(folder).filter(isYaml)) {
      const name = basename(file).replace(/\.ya?ml$/, '')
      if (!found.has(name)) found.set(name, join(folder, file))
    }
  return [...found].map(([name, file]) => ({ name, file }))
}

/** The names in a folder, in their order; none where there is no folder. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}

/** The folders of patterns, as absolute paths: those that are given, and the usual ones from where the process stands now. */
export const patternFolders = (further: readonly string[]): string[] =>
  [...further, ...FOLDERS].map((folder) => resolve(folder))

/** Whether a file is in one of the folders, wherever links lead. */
export function isWithin(file: string, folders: readonly string[]): boolean {
  const real = (path: string): string | undefined => {
    try {
      return realpathSync(path)
    } catch {
      return undefined
    }
  }
  const found = real(file)
  if (found === undefined) return false
  return folders.some((folder) => {
    const root = real(folder)
    if (root === undefined) return false
    const way = relative(root, found)
    return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
  })
}

/**
 * The file of a pattern in one of the folders, by its name or its path there. What is elsewhere is not found, whether it
 * is there or not.
 *
 * @throws PatternNotFoundError
 */
export function findWithin(given: string, folders: readonly string[]): string {
  const names = isYaml(given) ? [given] : [`${given}.yaml`, `${given}.yml`]
  const candidates = folders.flatMap((folder) => names.map((name) => resolve(folder, name)))
  const found = candidates.find((file) => isFile(file) && isWithin(file, folders))
  if (found !== undefined) return found
  const known = listPatterns(folders).map(({ name }) => name)
  throw new PatternNotFoundError(given, candidates, known)
}
