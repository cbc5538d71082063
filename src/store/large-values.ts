import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** What stands in an event in place of a value that is kept beside the log. */
interface Reference {
  $ref: string
  length: number
}

/** Whether a value is kept beside the log. */
export function isReference(value: unknown): value is Reference {
  const { $ref: hash } = (value ?? {}) as Partial<Reference>
  return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)
}

/** Thrown when a stored value differs from its checksum. */
export class DamagedValueError extends Error {
  override readonly name = 'DamagedValueError'
  readonly code = 'LONGHAUL_DAMAGED_VALUE'
}

const PART = '.part'
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Writes a file so that it is whole on the disk when its name is there. */
function writeSynced(file: string, text: string): void {
  const descriptor = openSync(`${file}${PART}`, 'w', 0o600)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(`${file}${PART}`, file)
}

/** Lets a folder remember a name that it has been given. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Values that are too long for a line of a log, in a folder beside it, each once, by the hash of what it holds. They
 * belong to the one file of the log: they count with it, are put aside and removed with it.
 */
export class LargeValues {
  readonly folder: string
  #bytes = 0

  /** @param folder is made when there is a first value */
  constructor(folder: string) {
    this.folder = folder
    for (const name of namesIn(folder)) {
      const file = join(folder, name)
      // Half a value, of a process that was killed: nothing refers to it.
      if (name.endsWith(PART)) rmSync(file, { force: true })
      else this.#bytes += statSync(file, { throwIfNoEntry: false })?.size ?? 0
    }
  }

  /** What all of them take. Bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Keeps a value, given as JSON: it is on the disk when this returns. */
  keep(text: string): Reference {
    const hash = hashOf(text)
    const file = join(this.folder, hash)
    const size = Buffer.byteLength(text)
    const there = statSync(file, { throwIfNoEntry: false })?.size
    // One that is there with another size was damaged.
    if (there !== size) {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 })
      writeSynced(file, text)
      syncFolder(this.folder)
      this.#bytes += size - (there ?? 0)
    }
    return { $ref: hash, length: text.length }
  }
}

/** The value that a reference stands for. @throws DamagedValueError with its file */
export function valueOf(folder: string, { $ref: hash }: Reference): unknown {
  const file = join(folder, hash)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new DamagedValueError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  if (hashOf(text) !== hash) throw new DamagedValueError(`${file} is damaged: its checksum does not match.`)
  return JSON.parse(text) as unknown
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
