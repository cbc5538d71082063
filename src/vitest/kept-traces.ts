import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Attempt } from './attempt.ts'

/** Names of files are no longer; where one is cut, a hash tells it from others. */
const MAX_NAME = 100

/** A text as the name of a file. */
export const fileNameOf = (text: string): string => {
  const plain = text.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '')
  if (plain.length <= MAX_NAME) return plain
  return `${plain.slice(0, MAX_NAME)}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
}

/** Writes the trace of a test into the folder that `LONGHAUL_TRACES` names: `<folder>/<file of the test>/<its name>.ndjson`. */
export function keepTrace({ file, name, session }: Pick<Attempt<unknown>, 'file' | 'name' | 'session'>): void {
  const root = process.env['LONGHAUL_TRACES']
  if (!root) return
  const folder = join(root, fileNameOf(file))
  mkdirSync(folder, { recursive: true })
  session.trace.write(join(folder, `${fileNameOf(name)}.ndjson`))
}
