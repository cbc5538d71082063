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
        `${file} is in use by another process. Stop that one, or give another file.`,
        error,
      )
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new StoreError(
        'LONGHAUL_STORE_DAMAGED',
        `${file} is no store, or it is damaged (${message}). Nothing was changed. Put a copy in its place, or move it away to begin anew.`,
        error,
      )
    case SQLITE_FULL:
      return new StoreError(
        'LONGHAUL_STORE_FAILED',
        `There is no room left for ${file}. What was written before is safe; make room and start again.`,
        error,
      )
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return new StoreError(
        'LONGHAUL_STORE_FAILED',
        `${file} cannot be written to (${message}). Check that its folder is there, the permissions of both, and the disk.`,
        error,
      )
    default:
      return new StoreError('LONGHAUL_STORE_FAILED', `${file}: ${message}`, error)
  }
}
