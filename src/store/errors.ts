/** Thrown when a store cannot be opened, read or written. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: 'LONGHAUL_STORE_IN_USE' | 'LONGHAUL_STORE_DAMAGED' | 'LONGHAUL_STORE_VERSION' | 'LONGHAUL_STORE_FAILED'
  constructor(code: StoreError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

const SQLITE_BUSY = 5
const SQLITE_READONLY = 8
const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_NOTADB = 26

/** What SQLite says, in words that tell what to do. */
export function storeError(error: unknown, file: string): StoreError {
  const { errcode, message } = error as { errcode?: number; message: string }
  switch ((errcode ?? 0) & 0xff) {
    case SQLITE_BUSY:
      return new StoreError(
        'LONGHAUL_STORE_IN_USE',
        `${file} is in use by another process. Stop that process, or give another file.`,
        error,
      )
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new StoreError(
        'LONGHAUL_STORE_DAMAGED',
        `${file} is not a store, or is damaged (${message}). longhaul changed nothing. Restore the file from a backup, or move the file to start with an empty store.`,
        error,
      )
    case SQLITE_FULL:
      return new StoreError(
        'LONGHAUL_STORE_FAILED',
        `The disk of ${file} is full. All earlier changes are saved; free some space and restart.`,
        error,
      )
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return new StoreError(
        'LONGHAUL_STORE_FAILED',
        `${file} cannot be written (${message}). Check that the folder exists, and check the permissions and the disk.`,
        error,
      )
    default:
      return new StoreError('LONGHAUL_STORE_FAILED', `${file}: ${message}`, error)
  }
}
