import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkCase, InvalidCaseError, type Case } from './case.ts'

/** A case that once failed, as it is kept. */
export interface Regression {
  /** The name of its file, without the ending. */
  name: string
  orchestration: string
  case: Case
}

/**
 * The kept cases of an orchestration, by name.
 *
 * @throws InvalidCaseError naming the file
 */
export function readRegressions(folder: string, orchestration: string): Regression[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .flatMap((file) => {
      const path = join(folder, file)
      let read: { orchestration?: unknown; case?: unknown }
      try {
        read = JSON.parse(readFileSync(path, 'utf8')) as typeof read
      } catch (error) {
        throw new InvalidCaseError(`${path} is not JSON: ${(error as Error).message}`)
      }
      if (read.orchestration !== orchestration) return []
      return [{ name: file.slice(0, -'.json'.length), orchestration, case: checkCase(read.case, path) }]
    })
}

/** Keeps a case, and says where; the same case is kept once. */
export function keepRegression(folder: string, orchestration: string, of: Case): string {
  const text = `${JSON.stringify({ orchestration, case: of }, null, 2)}\n`
  const slug = orchestration
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const file = join(folder, `${slug.slice(0, 40)}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.json`)
  writeFileSync(file, text)
  return file
}
