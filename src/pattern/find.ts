import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suggestion } from '../options/index.ts'

/** The patterns that come with longhaul. */
const SHIPPED = fileURLToPath(new URL('../orchestrations', import.meta.url))

/** Where patterns are looked for by name, first to last: here, in folders of one's own, and among those that come with longhaul. */
const FOLDERS: readonly string[] = ['orchestrations', join('var', 'lib', 'compositions', 'orchestrations'), SHIPPED]

/** Thrown where there is no pattern of a name. */
export class PatternNotFoundError extends Error {
  override readonly name = 'PatternNotFoundError'
  readonly code = 'LONGHAUL_NO_PATTERN'
  /** The files that would have been it. */
  readonly lookedFor: readonly string[]
  constructor(given: string, lookedFor: readonly string[], names: readonly string[]) {
    super(
      `There is no pattern "${given}". ${suggestion(given, names)} Looked for ${lookedFor.join(', ')}.`.replace(
        '  ',
        ' ',
      ),
    )
    this.lookedFor = lookedFor
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
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
    for (const file of existsSync(folder) ? readdirSync(folder).filter(isYaml).toSorted() : []) {
      const name = basename(file).replace(/\.ya?ml$/, '')
      if (!found.has(name)) found.set(name, join(folder, file))
    }
  return [...found].map(([name, file]) => ({ name, file }))
}
