import { closeSync, openSync, readSync, statSync } from 'node:fs'

/** Source: SQLite, "WAL-mode File Format". Bytes. */
const HEADER = 32
const FRAME_HEADER = 24
const PAGE_SIZE_AT = 8

/**
 * What is wrong with the write-ahead log of a store, before it is opened: SQLite passes over a page that is not whole,
 * and what comes behind it, without a word.
 */
export function problemOfWal(file: string): string | undefined {
  const wal = `${file}-wal`
  const { size = 0 } = statSync(wal, { throwIfNoEntry: false }) ?? {}
  if (size === 0) return undefined
  const header = Buffer.alloc(HEADER)
  const descriptor = openSync(wal, 'r')
  try {
    if (readSync(descriptor, header, 0, HEADER, 0) < HEADER) return `${wal} is truncated: its newest changes are lost.`
  } finally {
    closeSync(descriptor)
  }
  const pageSize = header.readUInt32BE(PAGE_SIZE_AT)
  if ((size - HEADER) % (FRAME_HEADER + pageSize) === 0) return undefined
  return `${wal} ends in the middle of a page: the newest changes may be lost.`
}
